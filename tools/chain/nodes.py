"""The nodes of a local stack as a person with a purse full of test coins uses them.

    chains = nodes.of(settings)
    chains["ltc-regtest"].pay("ltc", "rltc1...", "1.5")
    chains["ltc-regtest"].mine(2)

Amounts are decimal text, so that no floating-point number holds one.
"""

import base64
import json
import secrets
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 60


class NodeError(Exception):
    """The node refused, or did not answer."""


class Node:
    def __init__(self, port, user="", password=""):
        self.url = f"http://127.0.0.1:{port}/"
        self.headers = {"Content-Type": "application/json"}
        if user:
            word = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {word}"

    def call(self, method, *parameters, timeout=SECONDS):
        """The result of a call; parameters: a list, or one dictionary of names."""
        if len(parameters) == 1 and isinstance(parameters[0], dict) and self.NAMED:
            parameters = parameters[0]
        body = json.dumps({"jsonrpc": self.VERSION, "id": 1, "method": method,
                           "params": parameters})
        request = urllib.request.Request(self.url, body.encode(), self.headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:  # litecoind says 500 with the reason inside
            text = error.read()
        except OSError as error:
            raise NodeError(f"{method}: {error}") from None
        try:
            answer = json.loads(text, parse_float=Decimal)
        except ValueError:
            raise NodeError(f"{method}: {text[:200]!r}") from None
        if answer.get("error"):
            raise NodeError(f"{method}: {answer['error'].get('message', answer['error'])}")
        return answer["result"]

    def answers(self):
        try:
            self.height()
            return True
        except NodeError:
            return False


class Litecoin(Node):
    """litecoind in regtest. Its wallet holds what the first blocks paid."""

    VERSION, NAMED = "1.0", True
    CURRENCIES = {"ltc": 8}
    WALLET = "purse"
    # The reward halves every 150 blocks and is spendable after 100: 5,000 LTC to begin with.
    FIRST_BLOCKS = 200

    def prepare(self):
        """The wallet, and coins in it; what is there already stays."""
        if self.WALLET not in self.call("listwallets"):
            known = [one["name"] for one in self.call("listwalletdir")["wallets"]]
            self.call("loadwallet" if self.WALLET in known else "createwallet",
                      {"filename" if self.WALLET in known else "wallet_name": self.WALLET,
                       "load_on_startup": True})
        missing = self.FIRST_BLOCKS - self.height()
        if missing > 0:
            self.mine(missing)

    def height(self):
        return self.call("getblockcount")

    def block_hash(self, height):
        return self.call("getblockhash", height)

    def mine(self, blocks):
        """The hashes of the new blocks. They are on the disk when this returns."""
        # To a new address each time: after a re-organisation the same block would be made again, which
        # the node has called invalid.
        hashes = self.call("generatetoaddress", blocks,
                           self.call("getnewaddress", "rewards", "bech32"))
        # litecoind keeps its index in memory for an hour; this call writes it, so that a killed node
        # comes back with every block.
        self.call("gettxoutsetinfo")
        return hashes

    def outside_address(self):
        """An address that is nobody's of the platform."""
        return self.call("getnewaddress", "outside", "bech32")

    def pay(self, currency, address, amount):
        """Sends test coins; the transaction waits for a block."""
        assert currency in self.CURRENCIES
        return self.call("sendtoaddress", address, str(amount))

    def balance(self, currency, address):
        """What lies on the address, blocks only."""
        assert currency in self.CURRENCIES
        return self.balances(currency, [address])

    def balances(self, currency, addresses):
        assert currency in self.CURRENCIES
        if not addresses:
            return Decimal(0)
        found = self.call("scantxoutset", "start", [f"addr({one})" for one in addresses])
        return Decimal(found["total_amount"])

    def reorg(self, depth):
        """The last blocks become orphans; their transactions wait again. As many and one more block
        have to follow, or the node has a lower height than before."""
        self.call("invalidateblock", self.block_hash(self.height() - depth + 1))


class Ethereum(Node):
    """anvil. Its first developer account is rich, and its first transaction made the token."""

    VERSION, NAMED = "2.0", False
    CURRENCIES = {"eth": 18, "usdt": 6}
    RICH = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    # Of RICH and its first nonce, so it is the same on every new chain.
    TOKEN = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
    TRANSFER, BALANCE_OF = "a9059cbb", "70a08231"

    def prepare(self):
        if self.call("eth_getCode", self.TOKEN, "latest") != "0x":
            return
        code = (HERE / "token.hex").read_text().strip()
        receipt = self.receipt(self.send({"data": "0x" + code, "gas": hex(3_000_000)}))
        if receipt["contractAddress"] != self.TOKEN:
            raise NodeError(f"the token has the address {receipt['contractAddress']}, not "
                            f"{self.TOKEN}: this chain was used before")

    def height(self):
        return int(self.call("eth_blockNumber"), 16)

    def block_hash(self, height):
        return self.call("eth_getBlockByNumber", hex(height), False)["hash"]

    def mine(self, blocks):
        first = self.height() + 1
        self.call("anvil_mine", hex(blocks))
        return [self.block_hash(height) for height in range(first, first + blocks)]

    def outside_address(self):
        """Nobody has its key: what is sent there stays."""
        return "0x" + secrets.token_hex(20)

    def pay(self, currency, address, amount):
        """Sends test coins; the node makes a block of it at once."""
        units = self.units(currency, amount)
        if currency == "eth":
            return self.send({"to": address, "value": hex(units)})
        return self.send({"to": self.TOKEN, "gas": hex(200_000),
                          "data": f"0x{self.TRANSFER}{address[2:].lower():0>64}{units:064x}"})

    def balance(self, currency, address):
        if currency == "eth":
            units = self.call("eth_getBalance", address, "latest")
        else:
            units = self.call("eth_call", {
                "to": self.TOKEN, "data": f"0x{self.BALANCE_OF}{address[2:].lower():0>64}"}, "latest")
        return Decimal(int(units, 16)).scaleb(-self.CURRENCIES[currency])

    def balances(self, currency, addresses):
        return sum((self.balance(currency, one) for one in addresses), Decimal(0))

    def reorg(self, depth):
        """The last blocks are replaced by as many empty ones."""
        self.call("anvil_reorg", depth, [])

    def units(self, currency, amount):
        units = Decimal(str(amount)).scaleb(self.CURRENCIES[currency])
        if units != int(units):
            raise NodeError(f"{currency} has {self.CURRENCIES[currency]} decimals")
        return int(units)

    def send(self, transaction):
        return self.call("eth_sendTransaction", {"from": self.RICH, **transaction})

    def receipt(self, txid, seconds=60):
        """anvil has a receipt some milliseconds after the transaction."""
        deadline = time.monotonic() + seconds
        while True:
            receipt = self.call("eth_getTransactionReceipt", txid)
            if receipt:
                return receipt
            if time.monotonic() > deadline:
                raise NodeError(f"{txid} was not mined")
            time.sleep(0.02)


def of_currency(chains, currency):
    """(chain key, node) of the chain on which the currency moves."""
    for key, node in chains.items():
        if currency in node.CURRENCIES:
            return key, node
    raise NodeError(f"no chain of this stack has the currency {currency}")
