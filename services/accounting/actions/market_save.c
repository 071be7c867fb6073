/* market_save.c: a market is created or changed. Its steps may not move under what is counted in
 * them. */
#include "accounting/actions/catalog_change.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"

enum { DATA_CHARACTERS_MAX = 16000 };

struct work {
    const struct change *change;
    const struct market_draft *draft;
    struct market was, row;
};

/* ---- rules ---- */

static bool currency_check(struct db *db, const char *field, const char *id, struct err *err)
{
    bool exists;
    if (!rule_present(field, id, err) || !currency_exists(db, id, &exists, err))
        return false;
    return exists || err_set(err, ERR_INVALID, "%s does not exist", field);
}

static bool engine_check(struct db *db, const struct market_draft *draft, struct market *row,
                         struct err *err)
{
    bool exists;
    if (draft->engine_name && !engine_id_of(db, draft->engine_name, &row->engine_id, err))
        return false;
    if (draft->engine_id.given)
        row->engine_id = draft->engine_id.value;
    if (!engine_exists(db, row->engine_id, &exists, err))
        return false;
    return exists || err_set(err, ERR_INVALID, "Engine must exist");
}

static bool precision_of(const char *field, struct param_i64 given, int32_t *slot, struct err *err)
{
    if (!given.given)
        return true;
    if (!rule_range(field, given.value, 0, MARKET_PRECISION_SUM_MAX, err))
        return false;
    *slot = (int32_t)given.value;
    return true;
}

static bool lay_over(struct market *row, const struct market_draft *draft, struct err *err)
{
    take_dec(&row->min_price, draft->min_price);
    take_dec(&row->max_price, draft->max_price);
    take_dec(&row->min_amount, draft->min_amount);
    take_text(&row->data, draft->data);
    if (draft->state && !market_state_parse(draft->state, &row->state))
        return err_set(err, ERR_INVALID, "State is not included in the list");
    return precision_of("Amount precision", draft->amount_precision, &row->amount_precision, err) &&
           precision_of("Price precision", draft->price_precision, &row->price_precision, err) &&
           rule_object("Data", row->data, DATA_CHARACTERS_MAX, err) &&
           (!draft->position.given ||
            rule_range("Position", draft->position.value, 1, INT32_MAX, err)) &&
           market_validate(row, err);
}

/*
 * Orders, commands on their way and the worker's last price are whole numbers of the market's
 * steps, and a request in flight was checked with the old ones. So the steps change only while the
 * market is closed, before its first trade, with nothing open and everything settled.
 */
static bool steps_check(struct db *db, const struct market *was, const struct market *row,
                        struct err *err)
{
    bool is_free;
    if (was->amount_precision == row->amount_precision &&
        was->price_precision == row->price_precision)
        return true;
    if (market_is_active(was))
        return err_set(err, ERR_INVALID,
                       "Precisions can't change while %s is %s: set its state to disabled first",
                       row->id, market_state_name(was->state));
    if (!market_steps_are_free(db, row->id, &is_free, err))
        return false;
    return is_free ||
           err_set(err, ERR_INVALID,
                   "Precisions can't change while %s has open orders or commands that are"
                   " not settled, nor once it has traded",
                   row->id);
}

static bool pair_check(struct db *db, const struct market_draft *draft, const struct market *row,
                       struct err *err)
{
    bool exists;
    if (draft->id && strcmp(draft->id, row->id) != 0)
        return err_set(err, ERR_INVALID, "Symbol must be %s", row->id);
    if (!market_pair_exists(db, row, &exists, err))
        return false;
    if (exists)
        return err_set(err, ERR_INVALID, "Market of these currencies already exists");
    /* ab + c and a + bc share a symbol. */
    if (!market_exists(db, row->id, &exists, err))
        return false;
    return !exists || err_set(err, ERR_INVALID, "Symbol has already been taken");
}

/* ---- inside of the transaction ---- */

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct market_draft *draft = work->draft;
    struct market *row = &work->row;

    *row = (struct market){
        .type = "spot", .state = MARKET_ENABLED, .amount_precision = 4, .price_precision = 4};
    if (!currency_check(db, "Base currency", draft->base, err) ||
        !currency_check(db, "Quote currency", draft->quote, err))
        return false;
    snprintf(row->base, sizeof(row->base), "%s", draft->base);
    snprintf(row->quote, sizeof(row->quote), "%s", draft->quote);
    snprintf(row->id, sizeof(row->id), "%s%s", row->base, row->quote);
    return engine_check(db, draft, row, err) && lay_over(row, draft, err) &&
           pair_check(db, draft, row, err) &&
           rule_unique("Symbol", market_insert(db, row, work->change->now_us, err), err) &&
           position_place(db, POSITIONED_MARKETS, row->id, draft->position.value, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct market_draft *draft = work->draft;
    struct market *row = &work->row;

    if (!market_find_locked(db, work->change->arena, draft->id, row, err))
        return false;
    work->was = *row;
    return engine_check(db, draft, row, err) && lay_over(row, draft, err) &&
           steps_check(db, &work->was, row, err) &&
           market_update(db, row, work->change->now_us, err) &&
           (!draft->position.given ||
            position_place(db, POSITIONED_MARKETS, row->id, draft->position.value, err));
}

/* ---- actions ---- */

bool market_create(const struct change *change, const struct market_draft *draft,
                   struct market *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

bool market_change(const struct change *change, const struct market_draft *draft,
                   struct market *ret_was, struct market *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, change_unit, &work, err))
        return false;
    *ret_was = work.was;
    *ret_row = work.row;
    return true;
}
