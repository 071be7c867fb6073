/* engine_save.c: an engine (who matches a market) is created or changed. */
#include "accounting/actions/catalog_change.h"

#include "accounting/actions/change_rules.h"

struct work {
    const struct change *change;
    const struct engine_draft *draft;
    struct engine_row row;
};

static bool row_check(const struct engine_row *row, struct err *err)
{
    return rule_present("Name", row->name, err) && rule_length("Name", row->name, 255, err) &&
           rule_present("Driver", row->driver, err) &&
           rule_length("Driver", row->driver, 255, err) && rule_length("Uid", row->uid, 255, err) &&
           rule_url("Url", row->url, err) && rule_length("Url", row->url, 255, err) &&
           rule_length("Key", row->key, 255, err) && rule_length("Secret", row->secret, 255, err) &&
           rule_object("Data", row->data, 1024, err) && rule_range("State", row->state, 0, 1, err);
}

static void lay_over(struct engine_row *row, const struct engine_draft *draft)
{
    take_text(&row->name, draft->name);
    take_text(&row->driver, draft->driver);
    take_text(&row->uid, draft->uid);
    take_text(&row->url, draft->url);
    take_text(&row->key, draft->key);
    take_text(&row->secret, draft->secret);
    take_text(&row->data, draft->data);
    take_i64(&row->state, draft->state);
}

/* Names are compared as the column does: without regard to case. */
static bool name_is_free(struct db *db, const struct engine_row *row, struct err *err)
{
    int64_t id;
    if (!engine_id_of(db, row->name, &id, err))
        return false;
    return id == 0 || id == row->id || err_set(err, ERR_INVALID, "Name has already been taken");
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    work->row = (struct engine_row){.state = 1};
    lay_over(&work->row, work->draft);
    return row_check(&work->row, err) && name_is_free(db, &work->row, err) &&
           rule_unique("Name", engine_insert(db, &work->row, work->change->now_us, err), err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    if (!engine_find_locked(db, work->change->arena, work->draft->id.value, &work->row, err))
        return false;
    lay_over(&work->row, work->draft);
    work->row.updated_at = work->change->now_us;
    return row_check(&work->row, err) && name_is_free(db, &work->row, err) &&
           rule_unique("Name", engine_update(db, &work->row, work->change->now_us, err), err);
}

bool engine_create(const struct change *change, const struct engine_draft *draft,
                   struct engine_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

bool engine_change(const struct change *change, const struct engine_draft *draft,
                   struct engine_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, change_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
