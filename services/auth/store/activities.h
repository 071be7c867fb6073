/*
 * activities.h: what people did (reference barong.md §2.11). Rows are added and never changed.
 *
 *     activity_record(db, &(struct activity){.user_id = user.id, .topic = "session",
 *                                            .action = "login", .result = ACTIVITY_SUCCEED},
 *                     &call->visitor, err)
 *
 * Inside the transaction of what happened; for a failure, alone. Without an address or a browser
 * nothing is stored, as the contract has it, and that is a success. Never put a password, a code or
 * a token into `data`.
 */
#ifndef AUTH_STORE_ACTIVITIES_H
#define AUTH_STORE_ACTIVITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/visitor.h"
#include "base/err.h"
#include "db/db.h"

enum activity_result { ACTIVITY_SUCCEED, ACTIVITY_FAILED, ACTIVITY_DENIED };

struct activity {
    uint64_t user_id;       /* who did it */
    const char *target_uid; /* of admin rows: to whom; NULL: to nobody */
    bool by_admin;          /* category admin, else user */
    const char *topic, *action;
    enum activity_result result;
    const char *data; /* JSON object as text; NULL: none */
};

bool activity_record(struct db *db, const struct activity *activity, const struct visitor *visitor,
                     struct err *err) MUST_CHECK;
/* A sign-in for an address that nobody has: by its digest, for some days, at the cost of a row of a
 * user. */
bool activity_record_stranger(struct db *db, const char *email, const struct visitor *visitor,
                              struct err *err) MUST_CHECK;

#endif
