/*
 * changes.h: how a change is announced to the caches of all processes. Written in the transaction of
 * the change, so that it is known exactly when the change is.
 *
 *     users_update(...) && change_announce(db, CHANGE_USER, user->uid, err)
 *
 * A new kind: a row in the enum, its name in changes.c, and the cache that drops what it names.
 *
 * Readers: `seq` is given when a row is written and becomes visible with the commit, so a lower one
 * may appear after a higher one. A reader therefore reads from some way below the highest it knows
 * (everything of the last CHANGES_LOOK_BACK_S) and drops a thing twice rather than never.
 */
#ifndef AUTH_STORE_CHANGES_H
#define AUTH_STORE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum change_kind {
    CHANGE_USER,            /* key: uid: any column, the second factor, labels that count */
    CHANGE_SERVICE_ACCOUNT, /* key: uid */
    CHANGE_SESSION,         /* key: hex of the session's id: ended, or bound anew */
    CHANGE_USER_SESSIONS,   /* key: uid: all sessions of the user but those still in the table */
    CHANGE_ALL_SESSIONS,    /* key: "": every session of everybody ended */
    CHANGE_API_KEY,         /* key: kid */
    CHANGE_PERMISSIONS,     /* key: "" */
    CHANGE_RESTRICTIONS,    /* key: "" */
    CHANGE_LEVELS,          /* key: "" */
    CHANGE_OAUTH_CLIENT,    /* key: client id */
    CHANGE_OAUTH_GRANT,     /* key: grant id: consent or token family revoked */
    CHANGE_SIGNING_KEYS,    /* key: "" */
    CHANGE_KIND_MAX
};

/* A transaction lasts at most as long as its connection's deadline: nothing older comes late. */
enum { CHANGES_LOOK_BACK_S = 2 * DB_TIMEOUT_S, CHANGE_KEY_SIZE = 256 };

struct change_row {
    uint64_t seq;
    enum change_kind kind;
    char key[CHANGE_KEY_SIZE];
};

bool change_announce(struct db *db, enum change_kind kind, const char *key, struct err *err)
    MUST_CHECK;

/* Calls take() for the rows of the last CHANGES_LOOK_BACK_S with a seq above `after`, in the order of
 * seq, at most `max`; *ret_all: there were fewer. Rows of an unknown kind (a newer version writes them) are skipped. */
bool changes_read(struct db *db, uint64_t after, size_t max,
                  void (*take)(void *arg, const struct change_row *row), void *arg, bool *ret_all,
                  struct err *err) MUST_CHECK;

/* The highest seq; 0: none. */
bool changes_last(struct db *db, uint64_t *ret_seq, struct err *err) MUST_CHECK;

/* Forgets what no reader looks at any more. */
bool changes_sweep(struct db *db, struct err *err) MUST_CHECK;

#endif
