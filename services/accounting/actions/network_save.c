/*
 * network_save.c: a network is created, changed or removed: on which chain a currency moves, in
 * which unit, and at what cost.
 */
#include "accounting/actions/catalog_change.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/store/wallets.h"

enum { OPTIONS_CHARACTERS_MAX = 1000, SUBUNITS_MAX = 18 };

struct work {
    const struct change *change;
    const struct network_draft *draft;
    int64_t id;
    struct network row;
};

/* ---- rules ---- */

/* 10^subunits, so that an amount on the chain is a decimal with that many digits. */
static bool base_factor_check(int64_t base_factor, struct err *err)
{
    int64_t power = 1;
    for (int subunits = 0; subunits <= SUBUNITS_MAX; subunits++) {
        if (base_factor == power)
            return true;
        if (subunits < SUBUNITS_MAX)
            power *= 10;
    }
    return err_set(err, ERR_INVALID, "Base factor must be a power of ten up to 10^18");
}

static bool parent_check(struct db *db, struct arena *arena, const struct network *row,
                         struct err *err)
{
    struct currency parent;
    bool has_parent;
    if (!row->parent_id)
        return true;
    if (strcmp(row->parent_id, row->currency_id) == 0)
        return err_set(err, ERR_INVALID, "Parent is the currency itself");
    if (!currency_get(db, arena, row->parent_id, &parent, err))
        return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INVALID, "Parent does not exist")
                                          : false;
    if (!parent.is_coin)
        return err_set(err, ERR_INVALID, "Parent must be a coin");
    if (!currency_has_parent(db, row->parent_id, &has_parent, err))
        return false;
    return !has_parent || err_set(err, ERR_INVALID, "Parent must not be a token itself");
}

static bool chain_check(struct db *db, const struct network *row, bool is_coin, struct err *err)
{
    bool exists;
    if (!is_coin) {
        if (row->blockchain_key || row->parent_id)
            return err_set(err, ERR_INVALID, "Blockchain key and parent must be blank for fiat");
        return true;
    }
    if (!rule_present("Blockchain key", row->blockchain_key, err) ||
        !blockchain_key_exists(db, row->blockchain_key, &exists, err))
        return false;
    return exists || err_set(err, ERR_INVALID, "Blockchain key does not exist");
}

static bool row_check(struct db *db, struct arena *arena, const struct network *row, bool is_coin,
                      struct err *err)
{
    bool taken;
    if (!chain_check(db, row, is_coin, err) || !parent_check(db, arena, row, err) ||
        !rule_not_negative("Min deposit amount", row->min_deposit_amount, err) ||
        !rule_not_negative("Min collection amount", row->min_collection_amount, err) ||
        !rule_not_negative("Withdraw fee", row->withdraw_fee, err) ||
        !rule_not_negative("Min withdraw amount", row->min_withdraw_amount, err) ||
        !rule_word("Status", row->status, "enabled disabled hidden", err) ||
        !rule_object("Options", row->options, OPTIONS_CHARACTERS_MAX, err) ||
        !base_factor_check(row->base_factor, err) ||
        !network_exists(db, row->currency_id, row->blockchain_key, row->id, &taken, err))
        return false;
    return !taken || err_set(err, ERR_INVALID, "Blockchain key has already been taken");
}

/* ---- the draft ---- */

bool network_draft_is_empty(const struct network_draft *draft)
{
    return !draft->blockchain_key && !draft->parent_id && !draft->status && !draft->options &&
           !draft->deposit_fee.given && !draft->min_deposit_amount.given &&
           !draft->min_collection_amount.given && !draft->withdraw_fee.given &&
           !draft->min_withdraw_amount.given && !draft->deposit_enabled.given &&
           !draft->withdrawal_enabled.given && !draft->auto_update_fees_enabled.given &&
           !draft->base_factor.given && !draft->subunits.given;
}

static bool lay_over(struct network *row, const struct network_draft *draft, bool is_coin,
                     struct err *err)
{
    if (!rule_not_negative("Deposit fee", draft->deposit_fee.value, err))
        return false;
    take_text(&row->blockchain_key, draft->blockchain_key);
    take_text(&row->parent_id, draft->parent_id);
    take_text(&row->status, draft->status);
    take_text(&row->options, draft->options);
    take_dec(&row->deposit_fee, draft->deposit_fee);
    take_dec(&row->min_deposit_amount, draft->min_deposit_amount);
    take_dec(&row->min_collection_amount, draft->min_collection_amount);
    take_dec(&row->withdraw_fee, draft->withdraw_fee);
    take_dec(&row->min_withdraw_amount, draft->min_withdraw_amount);
    take_bool(&row->deposit_enabled, draft->deposit_enabled);
    take_bool(&row->withdrawal_enabled, draft->withdrawal_enabled);
    take_bool(&row->auto_update_fees_enabled, draft->auto_update_fees_enabled);
    if (is_coin)
        row->deposit_fee = DEC_ZERO; /* only fiat deposits cost a fee (reference 4) */
    return true;
}

static bool base_factor_of(const struct network_draft *draft, int64_t *ret_factor, struct err *err)
{
    int64_t factor = 1;
    if (draft->base_factor.given) {
        *ret_factor = draft->base_factor.value;
        return true;
    }
    if (draft->subunits.given &&
        !rule_range("Subunits", draft->subunits.value, 0, SUBUNITS_MAX, err))
        return false;
    for (int64_t i = 0; draft->subunits.given && i < draft->subunits.value; i++)
        factor *= 10;
    *ret_factor = factor;
    return true;
}

static bool base_factor_stays(const struct network *row, const struct network_draft *draft,
                              struct err *err)
{
    int64_t factor;
    if (!draft->base_factor.given && !draft->subunits.given)
        return true;
    if (!base_factor_of(draft, &factor, err))
        return false;
    return factor == row->base_factor || err_set(err, ERR_INVALID, "Base factor can't be changed");
}

/* ---- inside of the transaction ---- */

static bool insert(const struct change *change, const struct currency *currency,
                   const struct network_draft *draft, struct network *row, struct err *err)
{
    *row = (struct network){.deposit_enabled = true,
                            .withdrawal_enabled = true,
                            .auto_update_fees_enabled = true,
                            .status = "enabled"};
    snprintf(row->currency_id, sizeof(row->currency_id), "%s", currency->id);
    return lay_over(row, draft, currency->is_coin, err) &&
           base_factor_of(draft, &row->base_factor, err) &&
           row_check(change->db, change->arena, row, currency->is_coin, err) &&
           rule_unique("Blockchain key", network_insert(change->db, row, change->now_us, err),
                       err) &&
           (!row->parent_id || !row->blockchain_key ||
            wallets_link_token(change->db, row->currency_id, row->parent_id, row->blockchain_key,
                               err));
}

static bool update(const struct change *change, const struct currency *currency,
                   const struct network_draft *draft, struct network *row, struct err *err)
{
    return lay_over(row, draft, currency->is_coin, err) && base_factor_stays(row, draft, err) &&
           row_check(change->db, change->arena, row, currency->is_coin, err) &&
           rule_unique("Blockchain key", network_update(change->db, row, change->now_us, err), err);
}

bool network_save_of_currency(const struct change *change, const struct currency *currency,
                              const struct network_draft *draft, struct network *ret_row,
                              struct err *err)
{
    if (network_find_of_currency_locked(change->db, change->arena, currency->id, ret_row, err))
        return update(change, currency, draft, ret_row, err);
    return err->code == ERR_NOT_FOUND && insert(change, currency, draft, ret_row, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct currency currency;
    if (!currency_get(db, work->change->arena, work->draft->currency_id, &currency, err))
        return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INVALID, "Currency does not exist")
                                          : false;
    return insert(work->change, &currency, work->draft, &work->row, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct currency currency;
    return network_find_locked(db, work->change->arena, work->draft->id.value, &work->row, err) &&
           currency_get(db, work->change->arena, work->row.currency_id, &currency, err) &&
           update(work->change, &currency, work->draft, &work->row, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    return network_find_locked(db, work->change->arena, work->id, &work->row, err) &&
           network_delete(db, work->id, err);
}

/* ---- actions ---- */

bool network_create(const struct change *change, const struct network_draft *draft, int64_t *ret_id,
                    struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_id = work.row.id;
    return true;
}

bool network_try(const struct change *change, const struct network_draft *draft,
                 struct network *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    if (!unit_try(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    ret_row->id = 0;
    return true;
}

bool network_change(const struct change *change, const struct network_draft *draft, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    return db_transaction(change->db, change_unit, &work, err);
}

bool network_remove(const struct change *change, int64_t id, struct network *ret_row,
                    struct err *err)
{
    struct work work = {.change = change, .id = id};
    if (!db_transaction(change->db, remove_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
