/*
 * rlp.h: the recursive length prefix of Ethereum. Reading is strict: the shortest form only, nothing
 * past the end, so that one value has one spelling. Nothing is recursive here; pure, any thread.
 *
 *     struct span rest = raw;
 *     struct rlp_item list, nonce;
 *     if (!rlp_read(&rest, &list) || !list.is_list || rest.length != 0) ...
 *     rest = list.content;
 *     if (!rlp_read(&rest, &nonce)) ...
 */
#ifndef CHAIN_RLP_H
#define CHAIN_RLP_H

#include "chain/bytes.h"
#include "chain/u256.h"

struct rlp_item {
    bool is_list;
    struct span content; /* the bytes, or the items of the list one after the other */
};

/* Takes the first item off `rest`. False: there is none, or it is malformed; `rest` stays. */
bool rlp_read(struct span *rest, struct rlp_item *ret_item) MUST_CHECK;

/* The first item as a number without zeros in front; false also when it is a list or too long. */
bool rlp_read_u64(struct span *rest, uint64_t *ret_number) MUST_CHECK;
bool rlp_read_u256(struct span *rest, struct u256 *ret_number) MUST_CHECK;

/* Whether it is one item, well-formed to the bottom, at most `depth_max` lists deep. */
bool rlp_check(struct span bytes, unsigned depth_max) MUST_CHECK;

void rlp_add_bytes(struct str *out, struct span bytes);
void rlp_add_u64(struct str *out, uint64_t number);
void rlp_add_u256(struct str *out, struct u256 number);
/* A list of the items that were written to `content`. */
void rlp_add_list(struct str *out, struct span content);

#endif
