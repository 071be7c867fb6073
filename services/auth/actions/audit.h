/*
 * audit.h: what an administrator changed: a row of the activity log with the thing as it was and as
 * it is now (reliability A-18). Inside the transaction of the change: there is no change without its
 * row. The row that authz writes beside it says who called what; this one says what came of it.
 *
 *     struct audit audit = {.topic = "users", .action = "update", .target_uid = user.uid,
 *                           .fields = audit_user_fields, .before = &before, .after = &user};
 *     if (!audit_record(call, admin, &audit, err)) return false;
 *
 * `data` of the row is {"before":{...},"after":{...}}; one of them is null when the thing is new or
 * gone. The tables of fields show nothing that is secret.
 */
#ifndef AUTH_ACTIONS_AUDIT_H
#define AUTH_ACTIONS_AUDIT_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "json/field.h"

struct audit {
    const char *topic, *action; /* "users", "create" "update" "delete" */
    const char *target_uid;     /* NULL: nobody in particular */
    const struct json_field *fields;
    const void *before, *after; /* of `fields`; NULL: there was, is none */
};

bool audit_record(struct call *call, const struct user *admin, const struct audit *audit,
                  struct err *err) MUST_CHECK;

extern const struct json_field audit_user_fields[];  /* struct user */
extern const struct json_field audit_label_fields[]; /* struct label */

#endif
