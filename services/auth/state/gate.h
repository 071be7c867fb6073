/*
 * gate.h: what authz answers from: sessions, the users and service accounts behind them, API keys,
 * and the tables of permissions and restrictions, in memory, bounded, safe from any thread.
 *
 * Nothing here may be believed for long without a look at the table `changes` (actions/gate_poll.h):
 * gate_is_fresh() says whether the last look is recent enough. Rows that are dropped while they are
 * being read do not come back (state/cache.h: stamps).
 */
#ifndef AUTH_STATE_GATE_H
#define AUTH_STATE_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/api_key_signature.h"
#include "auth/domain/permission.h"
#include "auth/domain/restriction.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "auth/state/cache.h"
#include "base/err.h"
#include "contract/scope.h"

enum {
    GATE_SESSIONS_MAX = 32 * 1024,
    GATE_HOLDERS_MAX = 16 * 1024,
    GATE_KEYS_MAX = 8 * 1024,
    GATE_ACCESS_MAX = 8 * 1024,
    GATE_LIMITED_MAX = 4 * 1024,
    GATE_STRANGERS_MAX = 4 * 1024,
    GATE_USES_MAX = 2048,   /* sessions whose new end is not written yet */
    GATE_TOKEN_SIZE = 4096, /* of a session JWT, "Bearer " included */
    GATE_KID_SIZE = 33,
    GATE_ID_SIZE = 65, /* of grants and thumbprints */
    GATE_CLIENT_ID_SIZE = 129,
    GATE_FRESH_US = 5 * 1000000,
    GATE_WRITE_STEP_US = 15 * 1000000 /* so far an end moves before it is written */
};

/* A session, and whose it is. */
struct gate_session {
    struct session session; /* expires_at: as it slides here */
    int64_t written_at;     /* the expires_at that the table has, or will have soon */
    char uid[USER_UID_SIZE];
};

/* A session JWT that was minted for somebody. */
struct gate_bearer {
    char text[GATE_TOKEN_SIZE]; /* "Bearer ..." */
    int64_t until_us;           /* half of its life; 0: none was made */
    unsigned generation;        /* signing_generation() when it was made */
};

/* A user or a service account, and the token that was minted for him. */
struct gate_holder {
    struct user user;        /* of a service account: no id, username, referral */
    bool is_service_account; /* has no second factor of its own */
    struct gate_bearer bearer;
};

/* A token for requests that come with less than their holder has. It is good while `user`, of whom it
 * was made, is what the holder is now: so nobody has to drop it. */
struct gate_limited {
    struct user user;
    struct gate_bearer bearer;
};
struct gate_limited_key {
    char uid[USER_UID_SIZE];
    uint8_t scopes[sizeof(scope_set)]; /* its bytes: a key has no padding */
};

struct gate_key {
    char kid[GATE_KID_SIZE], uid[USER_UID_SIZE]; /* uid: of its holder */
    char secret[API_KEY_SECRET_MAX];
    scope_set scopes; /* what it may be used for */
    bool is_active;
};

/* An access token of the OAuth provider, verified and found alive. */
struct gate_access {
    char grant_id[GATE_ID_SIZE], client_id[GATE_CLIENT_ID_SIZE];
    char uid[USER_UID_SIZE]; /* "": the client acts for itself */
    scope_set scopes;
    bool is_bound; /* to a key, which must be proven with each request: jkt */
    char jkt[GATE_ID_SIZE];
    int64_t expires_at;
};

/* Permissions and restrictions of one moment. Immutable; taken and given back. */
struct gate_tables {
    atomic_int holders;
    struct permission_set *permissions;
    struct restriction_set *restrictions;
};

struct gate {
    struct cache *sessions;  /* by id (SESSION_ID_SIZE): struct gate_session */
    struct cache *holders;   /* by uid (USER_UID_SIZE): struct gate_holder */
    struct cache *keys;      /* by kid (GATE_KID_SIZE): struct gate_key */
    struct cache *limited;   /* by struct gate_limited_key: struct gate_limited */
    struct cache *access;    /* by the hash of the token (SESSION_ID_SIZE): struct gate_access */
    struct cache *strangers; /* hashes of cookies and kids that nobody has: they cost one query */

    pthread_mutex_t mutex; /* of the two below */
    struct gate_tables *tables;
    struct gate_use {
        uint8_t id[SESSION_ID_SIZE];
        int64_t expires_at;
    } uses[GATE_USES_MAX];
    size_t uses_count;

    /* Monotonic; when the last look at the changes that succeeded began. 0: none did. */
    _Atomic int64_t looked_us;
    /* When this process changed something last: a look from before does not know of it. */
    _Atomic int64_t changed_us;
    pthread_mutex_t look; /* one looks at a time: actions/gate_poll.c */
    struct gate_progress *progress;
};

struct gate *gate_new(void);       /* NULL: no memory */
void gate_free(struct gate *gate); /* NULL is fine */

bool gate_is_fresh(const struct gate *gate, int64_t monotonic_us);
/* Whether a request of this process changed something since the last look. */
bool gate_must_look(const struct gate *gate);

/* NULL: they were never read. */
struct gate_tables *gate_tables_take(struct gate *gate);
void gate_tables_give_back(struct gate_tables *tables); /* NULL is fine */
/* Takes the sets, also on failure. ERR_INTERNAL: no memory. */
bool gate_tables_set(struct gate *gate, struct permission_set *permissions,
                     struct restriction_set *restrictions, struct err *err) MUST_CHECK;

/* The session is used: its end moves. Remembers that the table should know. */
void gate_session_use(struct gate *gate, const uint8_t id[static SESSION_ID_SIZE],
                      int64_t expires_at);
/* Takes what must be written, up to `max`. */
size_t gate_uses_take(struct gate *gate, struct gate_use *ret_uses, size_t max);

void gate_forget_session(struct gate *gate, const uint8_t id[static SESSION_ID_SIZE]);
void gate_forget_sessions_of(struct gate *gate, const char *uid);
void gate_forget_holder(struct gate *gate, const char *uid);
void gate_forget_key(struct gate *gate, const char *kid);
void gate_forget_grant(struct gate *gate, const char *grant_id);
void gate_forget_client(struct gate *gate, const char *client_id);
void gate_forget_all(struct gate *gate);

#endif
