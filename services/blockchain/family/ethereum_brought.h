/*
 * ethereum_brought.h: what the tokens of one block brought to those that their logs name (W-05). A token may keep a fee, move
 * balances by itself or lie in its logs, today or after an upgrade: so the balances before and behind the block are asked
 * for every receiver of ours, and have to differ by what all logs of the block say.
 */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_BROUGHT_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_BROUGHT_H

#include "blockchain/evm/answers.h"
#include "blockchain/family/family.h"

enum { BROUGHT_MAX = 2000 /* receivers of one block; of more nothing is known */ };

/* Begins the reason of what is parked because something else arrived: for a person, whatever is found later. */
#define BROUGHT_WORD "brought_otherwise"

enum brought_verdict { BROUGHT_UNKNOWN, BROUGHT_AS_SAID, BROUGHT_OTHERWISE };

/* One of our addresses and one token. */
struct brought {
    struct evm_address contract, holder;
    struct u256 in, out; /* what the logs of the block say */
    struct u256 before, after;
    enum brought_verdict verdict;
};

struct brought_set {
    struct brought *rows;
    size_t count, capacity;
};

/* A receiver of a log, once; of what comes above BROUGHT_MAX nothing is known. False: no memory. */
bool brought_add(struct brought_set *set, const struct evm_log *log) MUST_CHECK;
/* NULL: nothing is known of it. */
const struct brought *brought_find(const struct brought_set *set, const struct evm_log *log);
/* Sums up the logs (those to and from ours must be all of the block) and asks the node, two questions for
 * each token and CHAIN_BALANCES_MAX receivers. A node or a token that can't say leaves BROUGHT_UNKNOWN; it is no
 * error. ERR_PEER_UNAVAILABLE: no answer, or the node has another block of that height now. */
bool brought_judge(struct brought_set *set, struct node *node, const struct evm_logs *logs,
                   uint64_t height, const char *hash, struct err *err) MUST_CHECK;
/* "brought_otherwise: in 100, out 0, balance 5, then 103"; of BROUGHT_OTHERWISE. */
void brought_story(const struct brought *row, char *buffer, size_t size);
void brought_release(struct brought_set *set);

#endif
