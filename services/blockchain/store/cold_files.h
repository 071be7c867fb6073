/*
 * cold_files.h: the files of cold wallets of Ethereum-like chains. A row is made before its file is handed
 * out, and gets the signed bytes before a node does.
 *
 * Texts belong to the arena that was given. The caller's connection, the caller's transaction.
 */
#ifndef BLOCKCHAIN_STORE_COLD_FILES_H
#define BLOCKCHAIN_STORE_COLD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { COLD_DIGEST_SIZE = 67, COLD_FROM_SIZE = 43, COLD_FILES_MAX = 100 };

struct cold_file_row {
    uint64_t id;
    const char *chain_key;
    char from[COLD_FROM_SIZE];
    uint64_t nonce;
    char digest[COLD_DIGEST_SIZE];
    const char *file;
    char txid[COLD_DIGEST_SIZE]; /* "": not signed yet */
    const char *raw;             /* NULL: the same */
};

struct cold_file_list {
    struct cold_file_row *rows;
    size_t count;
};

bool cold_file_insert(struct db *db, const struct cold_file_row *row, int64_t now_us,
                      struct err *err) MUST_CHECK;
bool cold_file_of_digest(struct db *db, struct arena *arena, const char *chain_key,
                         const char *digest, struct cold_file_row *ret_row, bool *ret_found,
                         struct err *err) MUST_CHECK;
/* Those of an address from a nonce on, by nonce. */
bool cold_files_from(struct db *db, struct arena *arena, const char *chain_key, const char *from,
                     uint64_t nonce, struct cold_file_list *ret_list, struct err *err) MUST_CHECK;
/* ret_first false: it has its bytes already. */
bool cold_file_signed(struct db *db, uint64_t id, const char *txid, const char *raw, int64_t now_us,
                      bool *ret_first, struct err *err) MUST_CHECK;

#endif
