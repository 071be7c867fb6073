/*
 * oauth_grants.h: grants and the tokens that come of them. Codes and refresh tokens are found by their
 * hash and stay after their use until they expire, so that a second use is seen. Functions that lock
 * belong into a transaction; the grant is locked first, then what hangs on it.
 */
#ifndef AUTH_STORE_OAUTH_GRANTS_H
#define AUTH_STORE_OAUTH_GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/oauth_code.h"
#include "contract/scope.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { OAUTH_JKT_SIZE = 44, OAUTH_SID_SIZE = 44, OAUTH_RESOURCE_SIZE = 1025 };

struct oauth_grant {
    uint64_t row;
    char grant_id[OAUTH_ID_SIZE];
    uint64_t client;  /* row */
    uint64_t user_id; /* 0: the client acts for itself */
    scope_set scopes;
    char resource[OAUTH_RESOURCE_SIZE]; /* "": none */
    bool has_session;
    uint8_t session_id[SESSION_ID_SIZE];
    char sid[OAUTH_SID_SIZE]; /* "": none */
    char methods[SESSION_METHODS_SIZE];
    int64_t authenticated_at; /* 0: nobody signed in */
    char jkt[OAUTH_JKT_SIZE]; /* "": not bound */
    int64_t created_at, used_at, expires_at;
    int64_t revoked_at; /* 0: lives */
};

/* Sets row. */
bool oauth_grants_insert(struct db *db, struct oauth_grant *grant, struct err *err) MUST_CHECK;
/* Locks. ERR_NOT_FOUND. */
bool oauth_grants_lock(struct db *db, uint64_t row, struct oauth_grant *ret_grant, struct err *err)
    MUST_CHECK;
bool oauth_grants_get(struct db *db, uint64_t row, struct oauth_grant *ret_grant, struct err *err)
    MUST_CHECK;
bool oauth_grants_find(struct db *db, const char *grant_id, struct oauth_grant *ret_grant,
                       struct err *err) MUST_CHECK;
bool oauth_grants_set_used(struct db *db, uint64_t row, const char *jkt, int64_t now_us,
                           struct err *err) MUST_CHECK;
/* Ends it, and tells the caches. Nothing happens to one that has ended. `why` is a word. */
bool oauth_grants_revoke(struct db *db, const struct oauth_grant *grant, const char *why,
                         int64_t now_us, struct err *err) MUST_CHECK;
/* All living ones of a user, of one client of his (0: of all clients), of one session (NULL: of all).
 * online: only those that were given for the time of the session. In the arena. */
struct oauth_grant_filter {
    uint64_t user_id;
    uint64_t client;
    const uint8_t *session_id;
    bool online;
};
bool oauth_grants_list(struct db *db, struct arena *arena, const struct oauth_grant_filter *filter,
                       int64_t now_us, struct oauth_grant **ret_grants, size_t *ret_count,
                       struct err *err) MUST_CHECK;

/* For lists of people: with the client and the user. */
struct oauth_grant_row {
    struct oauth_grant grant;
    char client_id[65], uid[USER_UID_SIZE];
    const char *client_name; /* in the arena; "" */
};
/* user_id 0, client 0: of all. Newest first. */
bool oauth_grants_page(struct db *db, struct arena *arena, uint64_t user_id, uint64_t client,
                       int64_t now_us, size_t offset, size_t limit,
                       struct oauth_grant_row **ret_rows, size_t *ret_count, uint64_t *ret_total,
                       struct err *err) MUST_CHECK;

/* ---- codes ---- */

struct oauth_code_row {
    uint64_t grant;
    char redirect_uri[1025], challenge[OAUTH_JKT_SIZE], jkt[OAUTH_JKT_SIZE];
    const char *nonce; /* in the arena; NULL: none */
    int64_t expires_at, used_at;
};
bool oauth_codes_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        const struct oauth_code_row *row, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool oauth_codes_find(struct db *db, struct arena *arena,
                      const uint8_t hash[static OAUTH_HASH_SIZE], struct oauth_code_row *ret_row,
                      struct err *err) MUST_CHECK;
/* ret_first: this call was the first use. */
bool oauth_codes_use(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                     bool *ret_first, struct err *err) MUST_CHECK;

/* ---- refresh tokens ---- */

struct oauth_refresh_row {
    uint64_t grant;
    uint8_t seed[OAUTH_HASH_SIZE];
    int64_t created_at, expires_at, used_at;
};
bool oauth_refresh_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                          const struct oauth_refresh_row *row, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool oauth_refresh_find(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        struct oauth_refresh_row *ret_row, struct err *err) MUST_CHECK;
bool oauth_refresh_use(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                       bool *ret_first, struct err *err) MUST_CHECK;

/* ---- access tokens ---- */

bool oauth_access_insert(struct db *db, const char *jti, uint64_t grant, int64_t expires_at,
                         struct err *err) MUST_CHECK;
/* Whether the token and its grant live; with the grant. ERR_NOT_FOUND: no. */
bool oauth_access_find(struct db *db, const char *jti, int64_t now_us,
                       struct oauth_grant *ret_grant, struct err *err) MUST_CHECK;
bool oauth_access_revoke(struct db *db, const char *jti, int64_t now_us, struct err *err)
    MUST_CHECK;

#endif
