/* withdraw_limit_save.c: how much a group at a level of identification may withdraw. */
#include "accounting/actions/catalog_change.h"

#include "accounting/actions/change_rules.h"

enum { WORD_CHARACTERS_MAX = 32 };

struct work {
    const struct change *change;
    const struct withdraw_limit_draft *draft;
    int64_t id;
    struct withdraw_limit row;
};

static bool row_check(struct db *db, const struct withdraw_limit *row, struct err *err)
{
    bool taken;
    if (!rule_present("Group", row->group, err) ||
        !rule_length("Group", row->group, WORD_CHARACTERS_MAX, err) ||
        !rule_present("Kyc level", row->kyc_level, err) ||
        !rule_length("Kyc level", row->kyc_level, WORD_CHARACTERS_MAX, err) ||
        !rule_not_negative("Limit 24 hour", row->limit_24_hour, err) ||
        !rule_not_negative("Limit 1 month", row->limit_1_month, err) ||
        !withdraw_limit_exists(db, row->group, row->kyc_level, row->id, &taken, err))
        return false;
    return !taken || err_set(err, ERR_INVALID, "Group has already been taken");
}

static void lay_over(const struct change *change, struct withdraw_limit *row,
                     const struct withdraw_limit_draft *draft)
{
    take_text(&row->group, lower_text(change->arena, draft->group));
    take_text(&row->kyc_level, lower_text(change->arena, draft->kyc_level));
    take_dec(&row->limit_24_hour, draft->limit_24_hour);
    take_dec(&row->limit_1_month, draft->limit_1_month);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    work->row = (struct withdraw_limit){.group = "any", .kyc_level = "any"};
    lay_over(work->change, &work->row, work->draft);
    return row_check(db, &work->row, err) &&
           rule_unique("Group", withdraw_limit_insert(db, &work->row, work->change->now_us, err),
                       err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    if (!withdraw_limit_find_locked(db, work->change->arena, work->draft->id.value, &work->row,
                                    err))
        return false;
    lay_over(work->change, &work->row, work->draft);
    work->row.updated_at = work->change->now_us;
    return row_check(db, &work->row, err) &&
           rule_unique("Group", withdraw_limit_update(db, &work->row, work->change->now_us, err),
                       err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    return withdraw_limit_find_locked(db, work->change->arena, work->id, &work->row, err) &&
           withdraw_limit_delete_row(db, work->id, err);
}

static bool run(struct work *work, db_unit *unit, struct withdraw_limit *ret_row, struct err *err)
{
    if (!db_transaction(work->change->db, unit, work, err))
        return false;
    *ret_row = work->row;
    return true;
}

bool withdraw_limit_create(const struct change *change, const struct withdraw_limit_draft *draft,
                           struct withdraw_limit *ret_row, struct err *err)
{
    return run(&(struct work){.change = change, .draft = draft}, create_unit, ret_row, err);
}

bool withdraw_limit_change(const struct change *change, const struct withdraw_limit_draft *draft,
                           struct withdraw_limit *ret_row, struct err *err)
{
    return run(&(struct work){.change = change, .draft = draft}, change_unit, ret_row, err);
}

bool withdraw_limit_remove(const struct change *change, int64_t id, struct withdraw_limit *ret_row,
                           struct err *err)
{
    return run(&(struct work){.change = change, .id = id}, remove_unit, ret_row, err);
}
