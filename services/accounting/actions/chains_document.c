#include "accounting/actions/chains_document.h"

#include <string.h>

#include "accounting/actions/server_seal.h"
#include "accounting/domain/units.h"
#include "accounting/store/wallets.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { DOCUMENT_BYTES_MAX = 8 << 20 };

struct catalogue {
    struct arena *arena;
    struct secret_store *secrets;
    struct listed chains, networks, currencies, wallets, contracts;
};

const char *network_contract(struct arena *arena, const struct network *network)
{
    static const char *const names[] = {"erc20_contract_address", "bep20_contract_address",
                                        "hrc20_contract_address"};
    struct err ignored;
    cJSON *root;
    const char *contract = "";
    if (!network->options ||
        !json_read(network->options, strlen(network->options), &root, &ignored))
        return "";
    for (size_t i = 0; i < ARRAY_LEN(names) && !*contract; i++) {
        const char *text = json_member_text(root, names[i]);
        if (text)
            contract = text;
    }
    contract = arena_strdup(arena, contract);
    cJSON_Delete(root);
    return contract;
}

static struct listing everything(struct arena *arena)
{
    return (struct listing){
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
}

static bool read_unit(struct db *db, void *arg, struct err *err)
{
    struct catalogue *all = arg;
    const struct blockchain_filter chains = {0};
    const struct network_filter networks = {0};
    const struct currency_filter currencies = {0};
    const struct wallet_filter wallets = {0};
    const struct contract_filter contracts = {0};
    struct listing listing = everything(all->arena);
    return blockchain_list(db, &chains, &listing, &all->chains, err) &&
           network_list(db, &networks, &listing, &all->networks, err) &&
           currency_list(db, &currencies, &listing, &all->currencies, err) &&
           wallet_list(db, &wallets, &listing, &all->wallets, err) &&
           contract_list(db, &contracts, &listing, &all->contracts, err);
}

static const struct currency *currency_of(const struct catalogue *all, const char *id)
{
    const struct currency *rows = all->currencies.rows;
    for (size_t i = 0; i < all->currencies.count; i++)
        if (strcmp(rows[i].id, id) == 0)
            return &rows[i];
    return NULL;
}

static void write_key(struct str *out, bool first, const char *key)
{
    str_add(out, first ? "\"" : ",\"");
    str_add(out, key);
    str_add(out, "\":");
}

static void write_text(struct str *out, bool first, const char *key, const char *text)
{
    write_key(out, first, key);
    json_write_string(out, text ? text : "");
}

/* The nodes, between blanks and commas. Servers that can't be opened, though the store is there, stop this chain
 * alone: it has none. */
static bool write_servers(struct str *out, const struct catalogue *all,
                          const struct blockchain_row *chain, struct err *err)
{
    static const char blanks[] = " \t\r\n,";
    const char *server;
    bool first = true;
    if (!server_open(all->secrets, all->arena, chain->key, chain->server, &server, err)) {
        if (err->code == ERR_BUSY || err->code == ERR_PEER_UNAVAILABLE)
            return false;
        server = NULL;
    }
    write_key(out, false, "servers");
    str_add_char(out, '[');
    for (const char *at = server; at && *(at += strspn(at, blanks)); first = false) {
        size_t length = strcspn(at, blanks);
        if (!first)
            str_add_char(out, ',');
        json_write_string_bytes(out, at, length);
        at += length;
    }
    str_add_char(out, ']');
    return true;
}

static bool write_asset(struct str *out, const struct catalogue *all, const struct network *network,
                        struct err *err)
{
    char units[UNITS_TEXT_SIZE];
    const struct currency *currency = currency_of(all, network->currency_id);
    const char *contract = network_contract(all->arena, network);
    int decimals = units_decimals(network->base_factor);
    if (!contract)
        return err_set(err, ERR_BUSY, "no memory for the chains");
    bool enabled = currency && strcmp(currency->status, "disabled") != 0 &&
                   strcmp(network->status, "disabled") != 0;
    units_from_dec_down(network->min_deposit_amount, decimals, units);
    str_add_char(out, '{');
    write_text(out, true, "currency", network->currency_id);
    write_text(out, false, "contract", contract);
    str_add_format(out, ",\"decimals\":%d", decimals);
    write_text(out, false, "min_deposit", units);
    str_add_format(out, ",\"deposit_enabled\":%s", network->deposit_enabled ? "true" : "false");
    write_text(out, false, "status", enabled ? "enabled" : "disabled");
    str_add_char(out, '}');
    return true;
}

static bool write_assets(struct str *out, const struct catalogue *all, const char *key,
                         struct err *err)
{
    const struct network *rows = all->networks.rows;
    bool first = true;
    write_key(out, false, "assets");
    str_add_char(out, '[');
    for (size_t i = 0; i < all->networks.count; i++) {
        if (!rows[i].blockchain_key || strcmp(rows[i].blockchain_key, key) != 0)
            continue;
        if (!first)
            str_add_char(out, ',');
        first = false;
        if (!write_asset(out, all, &rows[i], err))
            return false;
    }
    str_add_char(out, ']');
    return true;
}

static void write_currencies(struct str *out, const char *listed)
{
    write_key(out, false, "currencies");
    str_add_char(out, '[');
    for (const char *at = listed; at && *at;) {
        size_t length = strcspn(at, ",");
        if (at != listed)
            str_add_char(out, ',');
        json_write_string_bytes(out, at, length);
        at += length + (at[length] == ',');
    }
    str_add_char(out, ']');
}

static void write_wallets(struct str *out, const struct catalogue *all, const char *key)
{
    const struct wallet_row *rows = all->wallets.rows;
    bool first = true;
    write_key(out, false, "wallets");
    str_add_char(out, '[');
    for (size_t i = 0; i < all->wallets.count; i++) {
        if (strcmp(rows[i].blockchain_key, key) != 0)
            continue;
        str_add_format(out, "%s{\"id\":%lld", first ? "" : ",", (long long)rows[i].id);
        first = false;
        write_text(out, false, "kind", wallet_kind_word(rows[i].kind));
        write_text(out, false, "address",
                   wallet_address_is_real(rows[i].address) ? rows[i].address : "");
        write_text(out, false, "gateway", rows[i].gateway);
        write_text(out, false, "status", rows[i].status);
        write_currencies(out, rows[i].currencies);
        write_key(out, false, "max_balance");
        json_write_dec(out, rows[i].max_balance);
        str_add_char(out, '}');
    }
    str_add_char(out, ']');
}

static void write_whitelist(struct str *out, const struct catalogue *all, const char *key)
{
    const struct contract_row *rows = all->contracts.rows;
    bool first = true;
    write_key(out, false, "whitelist");
    str_add_char(out, '[');
    for (size_t i = 0; i < all->contracts.count; i++) {
        if (strcmp(rows[i].blockchain_key, key) != 0 || strcmp(rows[i].state, "active") != 0)
            continue;
        if (!first)
            str_add_char(out, ',');
        first = false;
        json_write_string(out, rows[i].address);
    }
    str_add_char(out, ']');
}

static bool write_chain(struct str *out, const struct catalogue *all,
                        const struct blockchain_row *chain, struct err *err)
{
    const char *collection = chain->collection_gas_speed, *withdrawal = chain->withdrawal_gas_speed;
    str_add_char(out, '{');
    write_text(out, true, "key", chain->key);
    write_text(out, false, "client", chain->client);
    write_text(out, false, "status", strcmp(chain->status, "active") == 0 ? "active" : "disabled");
    str_add_format(out, ",\"min_confirmations\":%lld,\"start_height\":%lld",
                   (long long)chain->min_confirmations, (long long)chain->height);
    if (!write_servers(out, all, chain, err))
        return false;
    str_add(out, ",\"gas_speed\":{");
    write_text(out, true, "collection", collection ? collection : "standard");
    write_text(out, false, "withdrawal", withdrawal ? withdrawal : "standard");
    str_add_char(out, '}');
    if (!write_assets(out, all, chain->key, err))
        return false;
    write_wallets(out, all, chain->key);
    write_whitelist(out, all, chain->key);
    str_add_char(out, '}');
    return true;
}

/* FNV-1a, cut to what a JSON number holds exactly. */
static int64_t digest_of(const struct str *text)
{
    uint64_t hash = 14695981039346656037u;
    const char *bytes = str_data(text);
    for (size_t i = 0; i < text->length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
    return (int64_t)(hash & ((1ull << 52) - 1)) | 1;
}

bool chains_document(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct str *out, int64_t *ret_version, struct err *err)
{
    AUTO(str_release) struct str chains = STR_INIT(DOCUMENT_BYTES_MAX);
    struct catalogue all = {.arena = arena, .secrets = secrets};
    if (!db_snapshot(db, read_unit, &all, err))
        return false;
    const struct blockchain_row *rows = all.chains.rows;
    str_add_char(&chains, '[');
    for (size_t i = 0; i < all.chains.count; i++) {
        if (i > 0)
            str_add_char(&chains, ',');
        if (!write_chain(&chains, &all, &rows[i], err))
            return false;
    }
    str_add_char(&chains, ']');
    if (!str_ok(&chains))
        return err_set(err, ERR_BUSY, "the chains are above %d bytes", DOCUMENT_BYTES_MAX);
    *ret_version = digest_of(&chains);
    str_add_format(out, "{\"version\":%lld,\"chains\":", (long long)*ret_version);
    str_add(out, str_data(&chains));
    str_add_char(out, '}');
    return true;
}
