/*
 * restriction_save.h: rows of the restriction table (reference barong.md §2.10), and links that let
 * their bearer's address in. One transaction each; the caches of every process drop the table.
 */
#ifndef AUTH_ACTIONS_RESTRICTION_SAVE_H
#define AUTH_ACTIONS_RESTRICTION_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/admin_action.h"
#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/store/restriction_rows.h"
#include "base/err.h"
#include "contract/param_value.h"

struct restriction_draft {
    struct param_i64 id;                          /* of a change */
    const char *scope, *value, *category, *state; /* NULL: unchanged */
    struct param_i64 code;
};

/* ERR_INVALID "admin.restriction.invalid_scope", "..._category", "..._state", "..._code",
 * "value.invalid"; ERR_CONFLICT "value.taken". An enabled `blocklogin` ends every session of
 * everybody. */
admin_action restriction_create MUST_CHECK;
/* ERR_NOT_FOUND, "admin.restriction.doesnt_exist". */
admin_action restriction_change MUST_CHECK;
admin_action restriction_remove MUST_CHECK;

enum { WHITELINK_BYTES = 32, WHITELINK_TEXT_SIZE = 2 * WHITELINK_BYTES + 1 };

/* A new link, good for this many seconds; its hash alone is stored. */
bool whitelink_create(struct call *call, const struct user *admin, int64_t lifetime_s,
                      char ret_token[static WHITELINK_TEXT_SIZE], struct err *err) MUST_CHECK;

#endif
