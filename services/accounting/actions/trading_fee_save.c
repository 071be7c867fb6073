/* trading_fee_save.c: a row of the fee table is created, changed or removed. Open orders keep the
 * rates that were copied onto them. */
#include "accounting/actions/catalog_change.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"

enum { RATE_DIGITS_MAX = 6, GROUP_CHARACTERS_MAX = 32 };

struct work {
    const struct change *change;
    const struct trading_fee_draft *draft;
    int64_t id;
    struct trading_fee row;
};

static bool rate_check(const char *field, struct dec rate, struct err *err)
{
    struct dec half = {DEC_ONE_UNITS / 2};
    if (!rule_not_negative(field, rate, err))
        return false;
    if (dec_cmp(rate, half) > 0)
        return err_set(err, ERR_INVALID, "%s must be less than or equal to 0.5", field);
    return dec_digits(rate) <= RATE_DIGITS_MAX ||
           err_set(err, ERR_INVALID, "%s must have at most %d decimals", field, RATE_DIGITS_MAX);
}

static bool market_check(struct db *db, const char *market_id, struct err *err)
{
    bool exists;
    if (strcmp(market_id, "any") == 0)
        return true;
    if (!market_exists(db, market_id, &exists, err))
        return false;
    return exists || err_set(err, ERR_INVALID, "Market does not exist");
}

static bool row_check(struct db *db, const struct trading_fee *row, struct err *err)
{
    bool taken;
    if (!rule_present("Group", row->group, err) || !rate_check("Maker", row->maker, err) ||
        !rate_check("Taker", row->taker, err) || !market_check(db, row->market_id, err) ||
        !rule_word("Market type", row->market_type, "spot", err) ||
        !trading_fee_exists(db, row->market_id, row->group, row->id, &taken, err))
        return false;
    return !taken || err_set(err, ERR_INVALID, "Group has already been taken");
}

static bool lay_over(const struct change *change, struct trading_fee *row,
                     const struct trading_fee_draft *draft, struct err *err)
{
    const char *group = lower_text(change->arena, draft->group);
    if (!rule_length("Group", group, GROUP_CHARACTERS_MAX, err) ||
        !rule_length("Market", draft->market_id, MARKET_ID_SIZE - 1, err))
        return false;
    if (group && strlen(group) >= sizeof(row->group))
        return err_set(err, ERR_INVALID, "Group is invalid");
    if (group)
        snprintf(row->group, sizeof(row->group), "%s", group);
    if (draft->market_id)
        snprintf(row->market_id, sizeof(row->market_id), "%s", draft->market_id);
    take_text(&row->market_type, draft->market_type);
    take_dec(&row->maker, draft->maker);
    take_dec(&row->taker, draft->taker);
    return true;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct trading_fee *row = &work->row;
    *row = (struct trading_fee){.market_id = "any", .group = "any", .market_type = "spot"};
    return lay_over(work->change, row, work->draft, err) && row_check(db, row, err) &&
           rule_unique("Group", trading_fee_insert(db, row, work->change->now_us, err), err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct trading_fee *row = &work->row;
    if (!trading_fee_find_locked(db, work->change->arena, work->draft->id.value, row, err))
        return false;
    row->updated_at = work->change->now_us;
    return lay_over(work->change, row, work->draft, err) && row_check(db, row, err) &&
           rule_unique("Group", trading_fee_update(db, row, work->change->now_us, err), err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    return trading_fee_find_locked(db, work->change->arena, work->id, &work->row, err) &&
           trading_fee_delete_row(db, work->id, err);
}

static bool run(struct work *work, db_unit *unit, struct trading_fee *ret_row, struct err *err)
{
    if (!db_transaction(work->change->db, unit, work, err))
        return false;
    *ret_row = work->row;
    return true;
}

bool trading_fee_create(const struct change *change, const struct trading_fee_draft *draft,
                        struct trading_fee *ret_row, struct err *err)
{
    return run(&(struct work){.change = change, .draft = draft}, create_unit, ret_row, err);
}

bool trading_fee_change(const struct change *change, const struct trading_fee_draft *draft,
                        struct trading_fee *ret_row, struct err *err)
{
    return run(&(struct work){.change = change, .draft = draft}, change_unit, ret_row, err);
}

bool trading_fee_remove(const struct change *change, int64_t id, struct trading_fee *ret_row,
                        struct err *err)
{
    return run(&(struct work){.change = change, .id = id}, remove_unit, ret_row, err);
}
