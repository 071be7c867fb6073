/* blockchain_save.c: a blockchain is created or changed. Load, lay the draft over it, check, write.
 * */
#include "accounting/actions/catalog_change.h"

#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/server_seal.h"

const char *const blockchain_clients[] = {"bitcoin", "litecoin", "dash",      "geth",
                                          "parity",  "geth-bsc", "geth-heco", "geth-polygon",
                                          "bitgo",   NULL};

enum { HEIGHT_MAX = 2000000000 };

struct work {
    const struct change *change;
    const struct blockchain_draft *draft;
    struct secret_store *secrets;
    struct blockchain_row row; /* its server: sealed when it is written */
};

static bool client_check(const char *client, struct err *err)
{
    for (size_t i = 0; blockchain_clients[i]; i++)
        if (client && strcmp(client, blockchain_clients[i]) == 0)
            return true;
    return err_set(err, ERR_INVALID, "Client is not included in the list");
}

static bool text_check(const struct blockchain_row *row, struct err *err)
{
    static const char speeds[] = "standard safelow fast";
    return rule_present("Key", row->key, err) && rule_length("Key", row->key, 255, err) &&
           rule_present("Name", row->name, err) && rule_length("Name", row->name, 255, err) &&
           client_check(row->client, err) && rule_urls("Server", row->server, err) &&
           rule_length("Server", row->server, 1024, err) &&
           rule_length("Protocol", row->protocol, 255, err) &&
           rule_length("Description", row->description, 16000, err) &&
           rule_length("Warning", row->warning, 16000, err) &&
           rule_length("Explorer address", row->explorer_address, 255, err) &&
           rule_length("Explorer transaction", row->explorer_transaction, 255, err) &&
           rule_word("Status", row->status, "active disabled idle", err) &&
           (!row->collection_gas_speed ||
            rule_word("Collection gas speed", row->collection_gas_speed, speeds, err)) &&
           (!row->withdrawal_gas_speed ||
            rule_word("Withdrawal gas speed", row->withdrawal_gas_speed, speeds, err));
}

static bool row_check(const struct blockchain_row *row, struct err *err)
{
    return text_check(row, err) && rule_range("Height", row->height, 0, HEIGHT_MAX, err) &&
           rule_range("Min confirmations", row->min_confirmations, 1, 100000, err) &&
           rule_not_negative("Min deposit amount", row->min_deposit_amount, err) &&
           rule_not_negative("Withdraw fee", row->withdraw_fee, err) &&
           rule_not_negative("Min withdraw amount", row->min_withdraw_amount, err);
}

static void lay_over(struct blockchain_row *row, const struct blockchain_draft *draft)
{
    take_text(&row->key, draft->key);
    take_text(&row->name, draft->name);
    take_text(&row->client, draft->client);
    take_text(&row->server, draft->server);
    take_text(&row->protocol, draft->protocol);
    take_text(&row->status, draft->status);
    take_text(&row->description, draft->description);
    take_text(&row->warning, draft->warning);
    take_text(&row->collection_gas_speed, draft->collection_gas_speed);
    take_text(&row->withdrawal_gas_speed, draft->withdrawal_gas_speed);
    take_text(&row->explorer_address, draft->explorer_address);
    take_text(&row->explorer_transaction, draft->explorer_transaction);
    take_i64(&row->height, draft->height);
    take_i64(&row->min_confirmations, draft->min_confirmations);
    take_dec(&row->min_deposit_amount, draft->min_deposit_amount);
    take_dec(&row->withdraw_fee, draft->withdraw_fee);
    take_dec(&row->min_withdraw_amount, draft->min_withdraw_amount);
    if (!row->protocol)
        row->protocol = "";
}

static bool key_is_free(struct db *db, const char *key, struct err *err)
{
    bool exists;
    if (!blockchain_key_exists(db, key, &exists, err))
        return false;
    return !exists || err_set(err, ERR_INVALID, "Key has already been taken");
}

static bool row_seal(struct work *work, struct err *err)
{
    struct blockchain_row *row = &work->row;
    return server_seal(work->secrets, work->change->arena, row->key, row->server, &row->server,
                       err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct blockchain_row *row = &work->row;
    *row = (struct blockchain_row){.status = "active", .min_confirmations = 6, .protocol = ""};
    lay_over(row, work->draft);
    return row_check(row, err) && key_is_free(db, row->key, err) && row_seal(work, err) &&
           rule_unique("Key", blockchain_insert(db, row, work->change->now_us, err), err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct blockchain_row *row = &work->row;
    if (!blockchain_find_locked(db, work->change->arena, work->draft->id.value, row, err))
        return false;
    const char *key_was = row->key;
    const char *sealed_was = row->server;
    row->server = NULL;
    lay_over(row, work->draft);
    if (!row_check(row, err))
        return false;
    /* Networks name their chain by its key. */
    if (strcmp(key_was, row->key) != 0)
        return err_set(err, ERR_INVALID, "Key can't be changed");
    row->updated_at = work->change->now_us;
    if (!work->draft->server)
        row->server = sealed_was; /* as it is: nobody has to open it */
    else if (!row_seal(work, err))
        return false;
    return blockchain_update(db, row, work->change->now_us, err);
}

bool blockchain_create(const struct change *change, const struct blockchain_draft *draft,
                       struct secret_store *secrets, struct blockchain_row *ret_row,
                       struct err *err)
{
    struct work work = {.change = change, .draft = draft, .secrets = secrets};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

bool blockchain_change(const struct change *change, const struct blockchain_draft *draft,
                       struct secret_store *secrets, struct blockchain_row *ret_row,
                       struct err *err)
{
    struct work work = {.change = change, .draft = draft, .secrets = secrets};
    if (!db_transaction(change->db, change_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}

bool blockchain_try(const struct change *change, const struct blockchain_draft *draft,
                    struct secret_store *secrets, struct blockchain_row *ret_row, struct err *err)
{
    struct work work = {.change = change, .draft = draft, .secrets = secrets};
    if (!unit_try(change->db, create_unit, &work, err))
        return false;
    *ret_row = work.row;
    ret_row->id = 0;
    return true;
}
