/*
 * adjustment_decide.h: manual bookings in two steps: somebody asks for one (pending), somebody
 * accepts or rejects it. Accepting moves the money: an asset and what it stands against.
 *
 * Who decides may be who asked; an operator that wants four eyes gives `create` and `update` of
 * Adjustment to different roles.
 */
#ifndef ACCOUNTING_ACTIONS_ADJUSTMENT_DECIDE_H
#define ACCOUNTING_ACTIONS_ADJUSTMENT_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/store/adjustments.h"
#include "base/err.h"

struct adjustment_draft {
    const char *reason, *description, *category, *currency_id, *receiving_member_uid;
    struct param_dec amount; /* below zero: taken away */
    struct param_i64 asset_account_code, receiving_account_code;
};

/* The words of adjustments.category: 1 is the first. */
extern const char adjustment_categories[];
int64_t adjustment_category_number(const char *word); /* 0: no such word */
const char *adjustment_category_word(int64_t number);
const char *adjustment_state_word(enum adjustment_state state);

/* ERR_INVALID, with the contract's key where it has one. */
bool adjustment_create(const struct change *change, const struct adjustment_draft *draft,
                       uint64_t creator_id, struct adjustment *ret_adjustment, struct err *err)
    MUST_CHECK;

/* ERR_NOT_FOUND; ERR_STATE_CONFLICT: decided before; ERR_FUNDS_INSUFFICIENT: the member has less.
 * */
struct adjustment_decision {
    uint64_t id, validator_id;
    bool accept; /* else reject */
};
bool adjustment_settle(const struct change *change, const struct adjustment_decision *decision,
                       struct adjustment *ret_adjustment, struct err *err) MUST_CHECK;

/* "usd-201-ID1234": what receiving_account_number holds. */
struct receiving_account {
    int64_t code;
    const char *uid; /* in the number; NULL: none */
};
struct receiving_account receiving_account_of(const struct adjustment *adjustment);

#endif
