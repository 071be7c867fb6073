/* seed_catalog.c: the seed files of the catalog: the keys of their rows, and how a row is added. */
#include "accounting/actions/seed_files.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/actions/wallet_save.h"

#define KEY(name, kind_, type, member)                                                             \
    {                                                                                              \
        .key = (name), .kind = (kind_), .offset = offsetof(type, member)                           \
    }

/* ---- accounts.yml ---- */

struct account_seed {
    struct param_i64 code;
    const char *type, *kind, *currency_type, *description, *scope;
};

static const struct seed_field account_keys[] = {
    KEY("code", SEED_I64, struct account_seed, code),
    KEY("type", SEED_TEXT, struct account_seed, type),
    KEY("kind", SEED_TEXT, struct account_seed, kind),
    KEY("currency_type", SEED_TEXT, struct account_seed, currency_type),
    KEY("description", SEED_TEXT, struct account_seed, description),
    KEY("scope", SEED_TEXT, struct account_seed, scope),
    {.key = NULL},
};

/* The code says the same as type, kind and currency type: entries are booked by the code alone. */
static bool account_check(const struct account_seed *draft, struct err *err)
{
    static const char *const types[] = {"asset", "liability", "revenue", "expense"};
    if (!draft->code.given)
        return err_set(err, ERR_INVALID, "Code can't be blank");
    if (!rule_word("Type", draft->type, "asset liability revenue expense", err) ||
        !rule_word("Kind", draft->kind, "main locked suspense", err) ||
        !rule_word("Currency type", draft->currency_type, "fiat coin", err) ||
        !rule_word("Scope", draft->scope, "platform member", err) ||
        !rule_length("Description", draft->description, 100, err))
        return false;
    int64_t code = strcmp(draft->currency_type, "coin") == 0 ? 2 : 1;
    if (strcmp(draft->kind, "locked") == 0)
        code += 10;
    if (strcmp(draft->kind, "suspense") == 0)
        code += 20;
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(draft->type, types[i]) == 0)
            code += 100 * ((int64_t)i + 1);
    return code == draft->code.value ||
           err_set(err, ERR_INVALID, "Code must be %lld for this type, kind and currency type",
                   (long long)code);
}

static bool account_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                        struct err *err)
{
    const struct account_seed *draft = from;
    bool exists;
    snprintf(ret_label, SEED_LINE_SIZE, "account %lld", (long long)draft->code.value);
    if (!account_check(draft, err) ||
        !operations_account_exists(seed->db, draft->code.value, &exists, err))
        return false;
    *ret_added = !exists;
    struct operations_account_row row = {draft->code.value,    draft->type,        draft->kind,
                                         draft->currency_type, draft->description, draft->scope};
    return exists || operations_account_insert(seed->db, &row, err);
}

/* ---- blockchains.yml ---- */

static const struct seed_field explorer_keys[] = {
    KEY("address", SEED_TEXT, struct blockchain_draft, explorer_address),
    KEY("transaction", SEED_TEXT, struct blockchain_draft, explorer_transaction),
    {.key = NULL},
};

static const struct seed_field blockchain_keys[] = {
    KEY("key", SEED_TEXT, struct blockchain_draft, key),
    KEY("name", SEED_TEXT, struct blockchain_draft, name),
    KEY("client", SEED_TEXT, struct blockchain_draft, client),
    KEY("server", SEED_TEXT, struct blockchain_draft, server),
    KEY("height", SEED_I64, struct blockchain_draft, height),
    KEY("min_confirmations", SEED_I64, struct blockchain_draft, min_confirmations),
    {.key = "explorer", .kind = SEED_MAP, .fields = explorer_keys},
    KEY("status", SEED_TEXT, struct blockchain_draft, status),
    KEY("protocol", SEED_TEXT, struct blockchain_draft, protocol),
    KEY("description", SEED_TEXT, struct blockchain_draft, description),
    KEY("warning", SEED_TEXT, struct blockchain_draft, warning),
    KEY("collection_gas_speed", SEED_TEXT, struct blockchain_draft, collection_gas_speed),
    KEY("withdrawal_gas_speed", SEED_TEXT, struct blockchain_draft, withdrawal_gas_speed),
    KEY("min_deposit_amount", SEED_DEC, struct blockchain_draft, min_deposit_amount),
    KEY("withdraw_fee", SEED_DEC, struct blockchain_draft, withdraw_fee),
    KEY("min_withdraw_amount", SEED_DEC, struct blockchain_draft, min_withdraw_amount),
    {.key = NULL},
};

static bool blockchain_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                           struct err *err)
{
    const struct blockchain_draft *draft = from;
    struct blockchain_row row;
    bool exists;
    if (!rule_present("Key", draft->key, err) ||
        !blockchain_key_exists(seed->db, draft->key, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "blockchain %s", draft->key);
    *ret_added = !exists;
    return exists || blockchain_create(&seeding_of(seed)->change, draft, NULL, &row, err);
}

/* ---- currencies.yml: 2.6 keeps what is about the chain on the currency ---- */

static const struct seed_field currency_keys[] = {
    KEY("id", SEED_TEXT, struct currency_draft, id),
    KEY("code", SEED_TEXT, struct currency_draft, id),
    KEY("name", SEED_TEXT, struct currency_draft, name),
    KEY("description", SEED_TEXT, struct currency_draft, description),
    KEY("homepage", SEED_TEXT, struct currency_draft, homepage),
    KEY("icon_url", SEED_TEXT, struct currency_draft, icon_url),
    KEY("type", SEED_TEXT, struct currency_draft, type),
    KEY("status", SEED_TEXT, struct currency_draft, status),
    KEY("visible", SEED_BOOL, struct currency_draft, visible),
    KEY("precision", SEED_I64, struct currency_draft, precision),
    KEY("position", SEED_I64, struct currency_draft, position),
    KEY("price", SEED_DEC, struct currency_draft, price),
    KEY("withdraw_limit_24h", SEED_DEC, struct currency_draft, withdraw_limit_24h),
    KEY("withdraw_limit_72h", SEED_DEC, struct currency_draft, withdraw_limit_72h),
    KEY("blockchain_key", SEED_TEXT, struct currency_draft, network.blockchain_key),
    KEY("parent_id", SEED_TEXT, struct currency_draft, network.parent_id),
    KEY("base_factor", SEED_I64, struct currency_draft, network.base_factor),
    KEY("subunits", SEED_I64, struct currency_draft, network.subunits),
    KEY("deposit_enabled", SEED_BOOL, struct currency_draft, network.deposit_enabled),
    KEY("withdrawal_enabled", SEED_BOOL, struct currency_draft, network.withdrawal_enabled),
    KEY("deposit_fee", SEED_DEC, struct currency_draft, network.deposit_fee),
    KEY("min_deposit_amount", SEED_DEC, struct currency_draft, network.min_deposit_amount),
    KEY("min_collection_amount", SEED_DEC, struct currency_draft, network.min_collection_amount),
    KEY("withdraw_fee", SEED_DEC, struct currency_draft, network.withdraw_fee),
    KEY("min_withdraw_amount", SEED_DEC, struct currency_draft, network.min_withdraw_amount),
    KEY("options", SEED_JSON, struct currency_draft, network.options),
    {.key = NULL},
};

static bool currency_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                         struct err *err)
{
    const struct currency_draft *draft = from;
    bool exists;
    if (!rule_present("Id", draft->id, err) || !currency_exists(seed->db, draft->id, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "currency %s", draft->id);
    *ret_added = !exists;
    return exists || currency_create(&seeding_of(seed)->change, draft, err);
}

/* ---- engines.yml ---- */

struct engine_seed {
    struct engine_draft draft;
    const char *state; /* online, offline; 1, 0 */
};

static const struct seed_field engine_keys[] = {
    KEY("name", SEED_TEXT, struct engine_seed, draft.name),
    KEY("driver", SEED_TEXT, struct engine_seed, draft.driver),
    KEY("uid", SEED_TEXT, struct engine_seed, draft.uid),
    KEY("url", SEED_TEXT, struct engine_seed, draft.url),
    KEY("key", SEED_TEXT, struct engine_seed, draft.key),
    KEY("secret", SEED_TEXT, struct engine_seed, draft.secret),
    KEY("data", SEED_JSON, struct engine_seed, draft.data),
    KEY("state", SEED_TEXT, struct engine_seed, state),
    {.key = NULL},
};

static bool engine_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                       struct err *err)
{
    struct engine_seed *engine = from;
    struct engine_row row;
    int64_t id;
    if (engine->state) {
        if (!rule_word("State", engine->state, "online offline 1 0", err))
            return false;
        bool is_online = strcmp(engine->state, "online") == 0 || strcmp(engine->state, "1") == 0;
        engine->draft.state = (struct param_i64){is_online, true};
    }
    if (!rule_present("Name", engine->draft.name, err) ||
        !engine_id_of(seed->db, engine->draft.name, &id, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "engine %s", engine->draft.name);
    *ret_added = id == 0;
    return id != 0 || engine_create(&seeding_of(seed)->change, &engine->draft, &row, err);
}

/* ---- markets.yml, with the names of older versions ---- */

struct market_seed {
    struct market_draft draft;
    struct param_bool enabled;
};

static const struct seed_field market_keys[] = {
    KEY("id", SEED_TEXT, struct market_seed, draft.id),
    KEY("symbol", SEED_TEXT, struct market_seed, draft.id),
    KEY("engine_name", SEED_TEXT, struct market_seed, draft.engine_name),
    KEY("base_unit", SEED_TEXT, struct market_seed, draft.base),
    KEY("ask_unit", SEED_TEXT, struct market_seed, draft.base),
    KEY("quote_unit", SEED_TEXT, struct market_seed, draft.quote),
    KEY("bid_unit", SEED_TEXT, struct market_seed, draft.quote),
    KEY("amount_precision", SEED_I64, struct market_seed, draft.amount_precision),
    KEY("ask_precision", SEED_I64, struct market_seed, draft.amount_precision),
    KEY("price_precision", SEED_I64, struct market_seed, draft.price_precision),
    KEY("bid_precision", SEED_I64, struct market_seed, draft.price_precision),
    KEY("min_price", SEED_DEC, struct market_seed, draft.min_price),
    KEY("min_ask_price", SEED_DEC, struct market_seed, draft.min_price),
    KEY("max_price", SEED_DEC, struct market_seed, draft.max_price),
    KEY("max_bid_price", SEED_DEC, struct market_seed, draft.max_price),
    KEY("min_amount", SEED_DEC, struct market_seed, draft.min_amount),
    KEY("min_ask_amount", SEED_DEC, struct market_seed, draft.min_amount),
    KEY("min_bid_amount", SEED_DEC, struct market_seed, draft.min_amount),
    KEY("position", SEED_I64, struct market_seed, draft.position),
    KEY("data", SEED_JSON, struct market_seed, draft.data),
    KEY("state", SEED_TEXT, struct market_seed, draft.state),
    KEY("enabled", SEED_BOOL, struct market_seed, enabled),
    {.key = NULL},
};

static bool market_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                       struct err *err)
{
    struct market_seed *market = from;
    struct market_draft *draft = &market->draft;
    struct market row;
    bool exists;
    if (!draft->state && market->enabled.given)
        draft->state = market->enabled.value ? "enabled" : "disabled";
    if (!rule_present("Base unit", draft->base, err) ||
        !rule_length("Base unit", draft->base, CURRENCY_ID_SIZE - 1, err) ||
        !rule_present("Quote unit", draft->quote, err) ||
        !rule_length("Quote unit", draft->quote, CURRENCY_ID_SIZE - 1, err) ||
        !rule_present("Engine name", draft->engine_name, err))
        return false;
    char id[4 * CURRENCY_ID_SIZE];
    snprintf(id, sizeof(id), "%s%s", draft->base, draft->quote);
    snprintf(ret_label, SEED_LINE_SIZE, "market %s", id);
    if (!market_exists(seed->db, id, &exists, err))
        return false;
    *ret_added = !exists;
    return exists || market_create(&seeding_of(seed)->change, draft, &row, err);
}

/* ---- trading_fees.yml ---- */

static const struct seed_field trading_fee_keys[] = {
    KEY("market_id", SEED_TEXT, struct trading_fee_draft, market_id),
    KEY("market_type", SEED_TEXT, struct trading_fee_draft, market_type),
    KEY("group", SEED_TEXT, struct trading_fee_draft, group),
    KEY("maker", SEED_DEC, struct trading_fee_draft, maker),
    KEY("taker", SEED_DEC, struct trading_fee_draft, taker),
    {.key = NULL},
};

static bool trading_fee_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                            struct err *err)
{
    struct trading_fee_draft *draft = from;
    struct trading_fee row;
    bool exists;
    const char *market = draft->market_id ? draft->market_id : "any";
    const char *group = draft->group ? lower_text(seed->arena, draft->group) : "any";
    if (!draft->maker.given || !draft->taker.given)
        return err_set(err, ERR_INVALID, "Maker and taker can't be blank");
    if (!trading_fee_exists(seed->db, market, group, 0, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "trading fee of %s on %s", group, market);
    *ret_added = !exists;
    return exists || trading_fee_create(&seeding_of(seed)->change, draft, &row, err);
}

/* ---- withdraw_limits.yml ---- */

static const struct seed_field withdraw_limit_keys[] = {
    KEY("kyc_level", SEED_TEXT, struct withdraw_limit_draft, kyc_level),
    KEY("group", SEED_TEXT, struct withdraw_limit_draft, group),
    KEY("limit_24_hour", SEED_DEC, struct withdraw_limit_draft, limit_24_hour),
    KEY("limit_1_month", SEED_DEC, struct withdraw_limit_draft, limit_1_month),
    {.key = NULL},
};

static bool withdraw_limit_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                               struct err *err)
{
    const struct withdraw_limit_draft *draft = from;
    struct withdraw_limit row;
    bool exists;
    struct arena *arena = seed->arena;
    const char *group = draft->group ? lower_text(arena, draft->group) : "any";
    const char *level = draft->kyc_level ? lower_text(arena, draft->kyc_level) : "any";
    if (!draft->limit_24_hour.given || !draft->limit_1_month.given)
        return err_set(err, ERR_INVALID, "Limit 24 hour and limit 1 month can't be blank");
    if (!withdraw_limit_exists(seed->db, group, level, 0, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "withdraw limit of %s at level %s", group, level);
    *ret_added = !exists;
    return exists || withdraw_limit_create(&seeding_of(seed)->change, draft, &row, err);
}

/* ---- wallets.yml ---- */

static const struct seed_field wallet_keys[] = {
    KEY("name", SEED_TEXT, struct wallet_draft, name),
    KEY("blockchain_key", SEED_TEXT, struct wallet_draft, blockchain_key),
    KEY("currency_ids", SEED_TEXT, struct wallet_draft, currency_ids),
    KEY("address", SEED_TEXT, struct wallet_draft, address),
    KEY("kind", SEED_TEXT, struct wallet_draft, kind),
    KEY("max_balance", SEED_DEC, struct wallet_draft, max_balance),
    KEY("status", SEED_TEXT, struct wallet_draft, status),
    KEY("gateway", SEED_TEXT, struct wallet_draft, gateway),
    KEY("settings", SEED_JSON, struct wallet_draft, settings),
    {.key = NULL},
};

static bool wallet_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                       struct err *err)
{
    const struct wallet_draft *draft = from;
    struct wallet_row row;
    bool exists;
    if (!rule_present("Name", draft->name, err) ||
        !rule_present("Blockchain key", draft->blockchain_key, err) ||
        !wallet_exists(seed->db, draft->blockchain_key, draft->name, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "wallet %s", draft->name);
    *ret_added = !exists;
    return exists || wallet_create(&seeding_of(seed)->change, draft, &row, err);
}

/* ---- whitelisted_smart_contracts.yml ---- */

static const struct seed_field contract_keys[] = {
    KEY("blockchain_key", SEED_TEXT, struct contract_draft, blockchain_key),
    KEY("address", SEED_TEXT, struct contract_draft, address),
    KEY("description", SEED_TEXT, struct contract_draft, description),
    KEY("state", SEED_TEXT, struct contract_draft, state),
    {.key = NULL},
};

static bool contract_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                         struct err *err)
{
    const struct contract_draft *draft = from;
    struct contract_row row;
    bool exists;
    if (!rule_present("Address", draft->address, err) ||
        !rule_present("Blockchain key", draft->blockchain_key, err) ||
        !contract_exists(seed->db, draft->blockchain_key, draft->address, 0, &exists, err))
        return false;
    snprintf(ret_label, SEED_LINE_SIZE, "contract %s", draft->address);
    *ret_added = !exists;
    return exists || contract_create(&seeding_of(seed)->change, draft, &row, err);
}

/* ---- all of them: what comes later refers to what came before ---- */

const struct seed_file seed_catalog_files[] = {
    {"accounts.yml", account_keys, sizeof(struct account_seed), account_add},
    {"blockchains.yml", blockchain_keys, sizeof(struct blockchain_draft), blockchain_add},
    {"currencies.yml", currency_keys, sizeof(struct currency_draft), currency_add},
    {"engines.yml", engine_keys, sizeof(struct engine_seed), engine_add},
    {"markets.yml", market_keys, sizeof(struct market_seed), market_add},
    {"wallets.yml", wallet_keys, sizeof(struct wallet_draft), wallet_add},
    {"trading_fees.yml", trading_fee_keys, sizeof(struct trading_fee_draft), trading_fee_add},
    {"withdraw_limits.yml", withdraw_limit_keys, sizeof(struct withdraw_limit_draft),
     withdraw_limit_add},
    {"whitelisted_smart_contracts.yml", contract_keys, sizeof(struct contract_draft), contract_add},
    {NULL, NULL, 0, NULL},
};
