/*
 * bitcoin_block.h: a raw block, read once from its hexadecimal digits: what it pays to our addresses
 * and which of our coins it spends. Pure but for the sink.
 *
 * W-10: only scripts that pay exactly one address are credited (p2pkh, p2sh, p2wpkh, p2wsh, p2tr), each
 * output for itself; OP_RETURN, bare keys, bare multisig and unknown witness versions are not ours
 * whatever they contain. A coinbase waits for its maturity. The identity of a transaction is its txid
 * without witness, so a malleated witness changes nothing.
 *
 * The hash of the header must be the one that was asked for, and the ids of the transactions must make
 * the header's Merkle root: a node can't add or change a transaction of a block. (It can leave the
 * block away: see the second opinion.) So there is no half-read block: any error is ERR_PROTOCOL and
 * nothing of it counts.
 */
#ifndef BLOCKCHAIN_FAMILY_BITCOIN_BLOCK_H
#define BLOCKCHAIN_FAMILY_BITCOIN_BLOCK_H

#include "blockchain/family/family.h"
#include "chain/bytes.h"

bool bitcoin_block_read(const struct chain_client *client, const struct block_question *question,
                        const char *hex, size_t hex_length, const struct block_sink *sink,
                        struct block_head *ret_head, struct err *err) MUST_CHECK;

/* What a script pays to, if it pays exactly one address. */
bool bitcoin_script_key(struct span script, enum watch_kind *ret_kind, struct span *ret_key);

#endif
