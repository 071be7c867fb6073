/*
 * watch_set.h: what the followers look for, in memory: hashes that scripts and logs pay to, and ids of
 * transactions. Open addressing over 32-byte keys: a million addresses take 80 MB. Pure.
 *
 * Each key has a kind, so that the same 20 bytes as a public key's hash and as a script's hash are two
 * things, and an id, which is never 0.
 *
 * Any thread: a lock inside, held for one probe (or one growth).
 */
#ifndef BLOCKCHAIN_DOMAIN_WATCH_SET_H
#define BLOCKCHAIN_DOMAIN_WATCH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum { WATCH_KEY_BYTES_MAX = 32 };

enum watch_kind {
    WATCH_NONE = 0,
    WATCH_PKH,     /* 20 bytes: pay to public key hash */
    WATCH_SH,      /* 20: pay to script hash */
    WATCH_WPKH,    /* 20: version 0 witness, key */
    WATCH_WSH,     /* 32: version 0 witness, script */
    WATCH_TR,      /* 32: taproot */
    WATCH_ACCOUNT, /* 20: an Ethereum-like account */
    WATCH_COIN_TX, /* 32: a transaction with coins of ours; id 1 */
    WATCH_TX,      /* 32: a transaction that we sent and wait for; id 1 */
    WATCH_CUSTODY  /* 32: SHA-256 of an address that a custody provider made */
};

struct watch_set;

struct watch_set *watch_set_new(void); /* NULL: no memory */
void watch_set_free(struct watch_set *set);

/* What is there already keeps its id. False: no memory. */
bool watch_set_add(struct watch_set *set, enum watch_kind kind, const uint8_t *bytes, size_t length,
                   uint64_t id) MUST_CHECK;
/* 0: not there. */
uint64_t watch_set_find(const struct watch_set *set, enum watch_kind kind, const uint8_t *bytes,
                        size_t length);
size_t watch_set_count(const struct watch_set *set);
size_t watch_set_bytes(const struct watch_set *set); /* of memory */

#endif
