"""The chains of a local stack: a litecoind in regtest and an anvil.

nodes.py            speaks with them: blocks on demand, test coins, what an address holds
package.json        anvil, and the compiler of contracts, from the npm registry
token.sol, .hex     the ERC-20 "USDT" that the first start puts on the chain
wallets.yml         the exchange's own wallets on them
compile             contract to creation code
"""
