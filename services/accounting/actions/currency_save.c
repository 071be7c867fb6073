/*
 * currency_save.c: a currency is created or changed, together with the network that 2.6 keeps on
 * it.
 */
#include "accounting/actions/catalog_change.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"

enum { PRECISION_MAX = DEC_SCALE };

struct work {
    const struct change *change;
    const struct currency_draft *draft;
    struct currency row;
    struct network network; /* that came with it */
};

static bool row_check(const struct currency *row, struct err *err)
{
    return rule_length("Name", row->name, 255, err) &&
           rule_length("Description", row->description, 16000, err) &&
           rule_length("Homepage", row->homepage, 255, err) &&
           rule_length("Icon url", row->icon_url, 255, err) &&
           rule_word("Status", row->status, "enabled disabled hidden", err) &&
           rule_range("Precision", row->precision, 0, PRECISION_MAX, err) &&
           rule_not_negative("Price", row->price, err) &&
           rule_not_negative("Withdraw limit 24h", row->withdraw_limit_24h, err) &&
           rule_not_negative("Withdraw limit 72h", row->withdraw_limit_72h, err);
}

static bool lay_over(struct currency *row, const struct currency_draft *draft, struct err *err)
{
    int64_t precision = row->precision;
    take_text(&row->name, draft->name);
    take_text(&row->description, draft->description);
    take_text(&row->homepage, draft->homepage);
    take_text(&row->icon_url, draft->icon_url);
    if (draft->visible.given)
        row->status = draft->visible.value ? "enabled" : "disabled";
    take_text(&row->status, draft->status);
    take_i64(&precision, draft->precision);
    take_dec(&row->price, draft->price);
    take_dec(&row->withdraw_limit_24h, draft->withdraw_limit_24h);
    take_dec(&row->withdraw_limit_72h, draft->withdraw_limit_72h);
    if (!rule_range("Precision", precision, 0, PRECISION_MAX, err))
        return false;
    row->precision = (int32_t)precision;
    return row_check(row, err);
}

static bool position_check(const struct currency_draft *draft, struct err *err)
{
    return !draft->position.given ||
           rule_range("Position", draft->position.value, 1, INT32_MAX, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct currency_draft *draft = work->draft;
    const char *type = draft->type ? draft->type : "coin";
    struct currency *row = &work->row;
    bool exists;

    if (!rule_code("Code", draft->id, CURRENCY_ID_SIZE - 1, err) ||
        !rule_word("Type", type, "coin fiat", err) || !position_check(draft, err))
        return false;
    *row = (struct currency){.is_coin = strcmp(type, "coin") == 0,
                             .status = "enabled",
                             .precision = 8,
                             .price = dec_from_i64(1)};
    snprintf(row->id, sizeof(row->id), "%s", draft->id);
    if (!lay_over(row, draft, err) || !currency_exists(db, row->id, &exists, err))
        return false;
    if (exists)
        return err_set(err, ERR_INVALID, "Code has already been taken");
    if (!rule_unique("Code", currency_insert(db, row, work->change->now_us, err), err) ||
        !position_place(db, POSITIONED_CURRENCIES, row->id, draft->position.value, err))
        return false;
    if (row->is_coin && !draft->network.blockchain_key)
        return network_draft_is_empty(&draft->network) || rule_present("Blockchain key", NULL, err);
    return network_save_of_currency(work->change, row, &draft->network, &work->network, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct currency_draft *draft = work->draft;
    struct currency *row = &work->row;

    if (!position_check(draft, err) ||
        !currency_find_locked(db, work->change->arena, draft->id, row, err))
        return false;
    if (draft->type && strcmp(draft->type, row->is_coin ? "coin" : "fiat") != 0)
        return err_set(err, ERR_INVALID, "Type can't be changed");
    if (!lay_over(row, draft, err) || !currency_update(db, row, work->change->now_us, err))
        return false;
    if (draft->position.given &&
        !position_place(db, POSITIONED_CURRENCIES, row->id, draft->position.value, err))
        return false;
    return network_draft_is_empty(&draft->network) ||
           network_save_of_currency(work->change, row, &draft->network, &work->network, err);
}

bool currency_create(const struct change *change, const struct currency_draft *draft,
                     struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    return db_transaction(change->db, create_unit, &work, err);
}

bool currency_change(const struct change *change, const struct currency_draft *draft,
                     struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    return db_transaction(change->db, change_unit, &work, err);
}

bool currency_try(const struct change *change, const struct currency_draft *draft,
                  struct currency *ret_row, struct network *ret_network, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!unit_try(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    *ret_network = work.network;
    return true;
}
