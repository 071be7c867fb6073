/* authz_inquiry.h: inside of authz: one question on its way through the files authz_*.c. Each step gives
 * a result: AUTHZ_ANSWERED with `answer` written, or one that ends the walk. */
#ifndef AUTH_ACTIONS_AUTHZ_INQUIRY_H
#define AUTH_ACTIONS_AUTHZ_INQUIRY_H

#include "auth/actions/authz.h"
#include "auth/domain/permission.h"
#include "auth/state/gate.h"

struct inquiry {
    struct auth *app;
    struct db *db; /* NULL: on a thread that may not wait */
    struct arena *arena;
    const struct authz_question *question;
    const char *path; /* normalised, without a slash in front */
    const struct gate_tables *tables;
    struct authz_answer *answer;
    struct err *err;
    int64_t now_us;
};

/* Writes a refusal. Always AUTHZ_ANSWERED. */
enum authz_result authz_refuse(struct inquiry *inquiry, int status, const char *code);

/* ---- credentials: authz_session.c, authz_key.c, authz_bearer.c ---- */

enum authz_result authz_by_session(struct inquiry *inquiry);
enum authz_result authz_by_key(struct inquiry *inquiry);
/* Whether Authorization is what the visitor wants to be known by. */
bool authz_has_bearer(const struct authz_question *question);
enum authz_result authz_by_bearer(struct inquiry *inquiry);

/* ---- what comes after: authz_holder.c, authz_audit.c ---- */

/* From memory or from the table. AUTHZ_ANSWERED: *ret_found tells whether there is one. */
enum authz_result authz_holder(struct inquiry *inquiry, const char *uid, bool *ret_found,
                               struct gate_holder *ret_holder);
/* By the permission table; a refusal is audited. AUTHZ_ANSWERED with status 200: permitted. */
enum authz_result authz_permit(struct inquiry *inquiry, const struct user *user);
/* Passes as this holder: with a session JWT, which says what it may at most be used for. */
enum authz_result authz_pass_as(struct inquiry *inquiry, const struct gate_holder *holder,
                                scope_set scopes);
/* Writes what was done, or tried. A user without an id (service accounts, strangers) is not logged. */
enum authz_result authz_audit(struct inquiry *inquiry, const struct user *user, bool permitted,
                              const char *topic);

/* A session JWT of the holder. ERR_INTERNAL. */
bool authz_mint(struct auth *app, const struct gate_holder *holder, scope_set scopes,
                int64_t now_us, struct gate_bearer *ret_bearer, struct err *err) MUST_CHECK;

#endif
