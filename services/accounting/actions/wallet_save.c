#include "accounting/actions/wallet_save.h"

#include <string.h>

#include "accounting/actions/change_rules.h"
#include "base/auto.h"
#include "json/read.h"

enum { WALLET_CURRENCIES_MAX = 100 };

struct work {
    const struct change *change;
    const struct wallet_draft *draft;
    bool remove;
    struct wallet_row row;
};

/* ---- rules ---- */

static bool is_gateway(const char *name)
{
    for (size_t i = 0; wallet_gateways[i]; i++)
        if (name && strcmp(wallet_gateways[i], name) == 0)
            return true;
    return false;
}

/* Secrets are not ours to keep. */
static bool settings_clean(struct arena *arena, const char **settings, struct err *err)
{
    cJSON *root;
    if (!*settings)
        return true;
    if (!rule_object("Settings", *settings, 1024, err) ||
        !json_read(*settings, strlen(*settings), &root, err))
        return false;
    cJSON_DeleteItemFromObjectCaseSensitive(root, "secret");
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    *settings = text ? arena_strdup(arena, text) : NULL;
    cJSON_free(text);
    return *settings != NULL || err_set(err, ERR_BUSY, "no memory for settings");
}

static bool row_check(struct db *db, const struct wallet_row *row, struct err *err)
{
    bool exists;
    if (!rule_present("Blockchain key", row->blockchain_key, err) ||
        !rule_length("Blockchain key", row->blockchain_key, 32, err) ||
        !rule_present("Name", row->name, err) || !rule_length("Name", row->name, 64, err) ||
        !rule_length("Address", row->address, 128, err) ||
        !rule_word("Status", row->status, "active disabled retired", err) ||
        !rule_not_negative("Max balance", row->max_balance, err))
        return false;
    if (row->kind == 0)
        return err_set(err, ERR_INVALID, "Kind is not included in the list");
    if (!is_gateway(row->gateway))
        return err_set(err, ERR_INVALID, "Gateway is not included in the list");
    if (!blockchain_key_exists(db, row->blockchain_key, &exists, err))
        return false;
    return exists || err_set(err, ERR_INVALID, "Blockchain key is not included in the list");
}

static bool lay_over(struct arena *arena, struct wallet_row *row, const struct wallet_draft *draft,
                     struct err *err)
{
    take_text(&row->blockchain_key, draft->blockchain_key);
    take_text(&row->name, draft->name);
    take_text(&row->gateway, draft->gateway);
    take_text(&row->address, draft->address);
    take_text(&row->status, draft->status);
    take_dec(&row->max_balance, draft->max_balance);
    if (draft->kind)
        row->kind = wallet_kind_number(draft->kind);
    if (!draft->settings)
        return true;
    row->settings = draft->settings;
    return settings_clean(arena, &row->settings, err);
}

/* ---- currencies ---- */

static bool link_one(struct db *db, int64_t wallet_id, const char *currency_id, struct err *err)
{
    bool exists;
    if (!currency_exists(db, currency_id, &exists, err))
        return false;
    if (!exists)
        return err_set(err, ERR_INVALID, "Currencies is invalid");
    return wallet_currency_add(db, wallet_id, currency_id, err);
}

static bool link_listed(struct db *db, struct arena *arena, int64_t wallet_id, const char *listed,
                        struct err *err)
{
    for (const char *at = listed; *at;) {
        size_t length = strcspn(at, ", ");
        char *code = arena_alloc(arena, length + 1);
        if (!code)
            return err_set(err, ERR_BUSY, "no memory for a currency");
        memcpy(code, at, length);
        code[length] = '\0';
        if (length > 0 && !link_one(db, wallet_id, code, err))
            return false;
        at += length + (at[length] != '\0');
    }
    return true;
}

static bool link_all(struct db *db, struct work *work, struct err *err)
{
    const struct wallet_draft *draft = work->draft;
    int64_t id = work->row.id;
    if (draft->currencies.count > WALLET_CURRENCIES_MAX)
        return err_set(err, ERR_INVALID, "Currencies is too long");
    for (size_t i = 0; i < draft->currencies.count; i++)
        if (!link_one(db, id, draft->currencies.items[i], err))
            return false;
    return (!draft->currency || link_one(db, id, draft->currency, err)) &&
           (!draft->currency_ids ||
            link_listed(db, work->change->arena, id, draft->currency_ids, err));
}

static bool names_currencies(const struct wallet_draft *draft)
{
    return draft->currencies.count > 0 || draft->currency || draft->currency_ids;
}

/* ---- wallets ---- */

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct wallet_row *row = &work->row;
    *row = (struct wallet_row){.status = "active"};
    return lay_over(work->change->arena, row, work->draft, err) && row_check(db, row, err) &&
           wallet_insert(db, row, work->change->now_us, err) && link_all(db, work, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct wallet_row *row = &work->row;
    if (!wallet_find_locked(db, work->change->arena, work->draft->id.value, row, err))
        return false;
    const char *key_was = row->blockchain_key;
    if (!lay_over(work->change->arena, row, work->draft, err) || !row_check(db, row, err))
        return false;
    /* Addresses that members have belong to its chain. */
    if (strcmp(key_was, row->blockchain_key) != 0)
        return err_set(err, ERR_INVALID, "Blockchain key can't be changed");
    if (!wallet_update(db, row, work->change->now_us, err))
        return false;
    return !names_currencies(work->draft) ||
           (wallet_currencies_clear(db, row->id, err) && link_all(db, work, err));
}

static bool link_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    if (!wallet_find_locked(db, work->change->arena, work->draft->id.value, &work->row, err))
        return false;
    if (!work->remove)
        return link_all(db, work, err);
    for (size_t i = 0; i < work->draft->currencies.count; i++) {
        bool was;
        const char *code = work->draft->currencies.items[i];
        if (!wallet_currency_remove(db, work->row.id, code, &was, err))
            return false;
        if (!was)
            return err_set(err, ERR_NOT_FOUND, "the wallet does not serve %.16s", code);
    }
    return true;
}

static bool run(struct work *work, db_unit *unit, struct wallet_row *ret_row, struct err *err)
{
    const struct change *change = work->change;
    return db_transaction(change->db, unit, work, err) &&
           wallet_get(change->db, change->arena, work->row.id, ret_row, err);
}

bool wallet_create(const struct change *change, const struct wallet_draft *draft,
                   struct wallet_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    return run(&work, create_unit, ret_row, err);
}

bool wallet_change(const struct change *change, const struct wallet_draft *draft,
                   struct wallet_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft};
    return run(&work, change_unit, ret_row, err);
}

bool wallet_link(const struct change *change, const struct wallet_draft *draft, bool remove,
                 struct wallet_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft, .remove = remove};
    return run(&work, link_unit, ret_row, err);
}

/* ---- contracts ---- */

struct contract_work {
    const struct change *change;
    const struct contract_draft *draft;
    struct contract_row row;
};

static bool contract_check(struct db *db, const struct contract_row *row, struct err *err)
{
    bool exists;
    if (!rule_present("Address", row->address, err) ||
        !rule_length("Address", row->address, 191, err) ||
        !rule_present("Blockchain key", row->blockchain_key, err) ||
        !rule_length("Description", row->description, 255, err) ||
        !rule_word("State", row->state, "active disabled", err) ||
        !blockchain_key_exists(db, row->blockchain_key, &exists, err))
        return false;
    if (!exists)
        return err_set(err, ERR_INVALID, "Blockchain key is not included in the list");
    if (!contract_exists(db, row->blockchain_key, row->address, row->id, &exists, err))
        return false;
    return !exists || err_set(err, ERR_INVALID, "Address has already been taken");
}

static void contract_lay_over(struct contract_row *row, const struct contract_draft *draft)
{
    take_text(&row->blockchain_key, draft->blockchain_key);
    take_text(&row->address, draft->address);
    take_text(&row->description, draft->description);
    take_text(&row->state, draft->state);
}

static bool contract_create_unit(struct db *db, void *arg, struct err *err)
{
    struct contract_work *work = arg;
    work->row = (struct contract_row){.state = "active"};
    contract_lay_over(&work->row, work->draft);
    return contract_check(db, &work->row, err) &&
           rule_unique("Address", contract_insert(db, &work->row, work->change->now_us, err), err);
}

static bool contract_change_unit(struct db *db, void *arg, struct err *err)
{
    struct contract_work *work = arg;
    if (!contract_find_locked(db, work->change->arena, work->draft->id.value, &work->row, err))
        return false;
    contract_lay_over(&work->row, work->draft);
    work->row.updated_at = work->change->now_us;
    return contract_check(db, &work->row, err) &&
           rule_unique("Address", contract_update(db, &work->row, work->change->now_us, err), err);
}

static bool contract_run(const struct change *change, const struct contract_draft *draft,
                         db_unit *unit, struct contract_row *ret_row, struct err *err)
{
    struct contract_work work = {.change = change, .draft = draft};
    if (!db_transaction(change->db, unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

bool contract_create(const struct change *change, const struct contract_draft *draft,
                     struct contract_row *ret_row, struct err *err)
{
    return contract_run(change, draft, contract_create_unit, ret_row, err);
}

bool contract_change(const struct change *change, const struct contract_draft *draft,
                     struct contract_row *ret_row, struct err *err)
{
    return contract_run(change, draft, contract_change_unit, ret_row, err);
}
