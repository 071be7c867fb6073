/* outgoing_tell.h: the signed model events of beneficiaries and withdrawals (reference 7.3), into the
 * outbox, in the caller's transaction. */
#ifndef ACCOUNTING_ACTIONS_OUTGOING_TELL_H
#define ACCOUNTING_ACTIONS_OUTGOING_TELL_H

#include <stdbool.h>

#include "accounting/domain/beneficiary.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"
#include "db/db.h"

/* was NULL: it was created. No event when nothing of it changed. */
bool withdraw_tell(struct db *db, const struct withdraw *row, const struct withdraw *was,
                   int64_t now_us, struct err *err) MUST_CHECK;

/* `pin`: the code for the mail; 0: not told. A new code in an update has the change "pin": 0, since
 * nobody knows the old one any more. */
bool beneficiary_tell(struct db *db, const struct beneficiary *row, const struct beneficiary *was,
                      int pin, int64_t now_us, struct err *err) MUST_CHECK;

#endif
