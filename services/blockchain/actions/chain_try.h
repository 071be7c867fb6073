/*
 * chain_try.h: a chain that nobody saved yet is held against its nodes: each server is asked for its network and its
 * height. Nothing is changed, and nobody follows anything.
 */
#ifndef BLOCKCHAIN_ACTIONS_CHAIN_TRY_H
#define BLOCKCHAIN_ACTIONS_CHAIN_TRY_H

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"

enum { CHAIN_TRY_REASONS_MAX = 4 };

struct chain_try_asked {
    const char *key, *client;
    const char *servers; /* between blanks or commas */
};

struct chain_try_node {
    char url[256]; /* without credentials */
    char network[CHAIN_NETWORK_SIZE], software[64];
    uint64_t height;
    bool is_ok, is_syncing;
    char reason[CHAIN_REASON_SIZE]; /* "" if it is ok */
};

struct chain_tried {
    struct chain_try_node nodes[PROVIDERS_MAX];
    size_t nodes_count;
    const char
        *reasons[CHAIN_TRY_REASONS_MAX]; /* of all of them together; sentences, in the arena */
    size_t reasons_count;
};

/* A node that does not answer is part of the answer. ERR_INVALID: no such client. */
bool chain_try(struct blockchain *app, struct arena *arena, const struct chain_try_asked *asked,
               struct chain_tried *ret_tried, struct err *err) MUST_CHECK;

#endif
