/*
 * authz.h: may this request pass the edge, and as whom (reference barong.md §3.2)? The order is the
 * contract: restrictions, block, pass, then the credentials: API key, bearer token, session cookie;
 * then the permissions of the role; then a session JWT for the service behind.
 *
 * Answers come from memory (state/gate.h). What is not there, and what must be written (a session that
 * ends, an audit row, a new JWT), needs a database and a thread that may wait: without one the result
 * is AUTHZ_NEEDS_DATABASE, and the same question is asked again with it.
 *
 * Whatever can't be found out is no: AUTHZ_FAILED becomes 503, and the edge lets nothing pass.
 */
#ifndef AUTH_ACTIONS_AUTHZ_H
#define AUTH_ACTIONS_AUTHZ_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "auth/domain/api_key_signature.h"
#include "auth/domain/authz_path.h"
#include "auth/domain/visitor.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

struct authz_question {
    const char *method;
    const char *path;  /* as it came behind /api/v2/auth, decoded */
    const char *query; /* as it came, "" if none */
    struct visitor visitor;
    struct api_key_headers key;
    const char *cookie;        /* value of the session cookie; NULL: none */
    const char *csrf;          /* X-CSRF-Token; NULL: none */
    const char *authorization; /* NULL: none */
    const char *dpop;          /* a proof that comes with an access token; NULL: none */
};

struct authz_answer {
    int status;         /* 200: pass */
    const char *code;   /* of a refusal: "authz.invalid_session" */
    const char *bearer; /* Authorization for the service behind; NULL: none. Lives with the arena */
    bool session_ended; /* the cookie is of no more use */
};

enum authz_result { AUTHZ_ANSWERED, AUTHZ_NEEDS_DATABASE, AUTHZ_FAILED };

/* `db` may be NULL. `err` is written for AUTHZ_FAILED. */
enum authz_result authz_ask(struct auth *app, struct db *db, struct arena *arena,
                            const struct authz_question *question, struct authz_answer *ret_answer,
                            struct err *err);

#endif
