#include "accounting/actions/collect_wallets.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/chains_document.h"
#include "accounting/actions/collect.h"
#include "accounting/actions/payment_address.h"
#include "accounting/domain/units.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { PATH_SIZE = 512, CALL_MS = 3000, BALANCE_BYTES_MAX = 1024, NAME_SIZE = 32 };

bool gateway_balance(struct accounting *app, struct arena *arena, const char *blockchain_key,
                     const char *address, const char *contract, const char **ret_units,
                     struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    char path[PATH_SIZE];
    long status;
    cJSON *root;
    snprintf(path, sizeof(path), "/internal/chains/%.64s/balances?address=%.128s&contract=%.64s",
             blockchain_key, address, contract);
    const struct peer_request request = {
        .peer = PEER_BLOCKCHAIN, .path = path, .timeout_ms = CALL_MS};
    if (!peer_call(app->peers, &request, &status, &answer, err))
        return false;
    if (status != 200 || !json_read(str_data(&answer), answer.length, &root, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "no balance of %.64s: status %ld", address,
                       status);
    const char *units = json_member_text(root, "units");
    *ret_units = units && units_are_valid(units) ? arena_strdup(arena, units) : NULL;
    cJSON_Delete(root);
    return *ret_units || err_set(err, ERR_PEER_UNAVAILABLE, "no balance of %.64s", address);
}

bool network_on_chain(const struct change *change, const char *currency_id,
                      const char *blockchain_key, struct network *ret_network, struct err *err)
{
    const struct network_filter filter = {.currency_id = currency_id,
                                          .blockchain_key = blockchain_key};
    struct listing listing = {
        .arena = change->arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    struct listed listed;
    bool ok = network_list(change->db, &filter, &listing, &listed, err);
    str_release(&listing.where);
    if (!ok)
        return false;
    if (listed.count == 0)
        return err_set(err, ERR_NOT_FOUND, "%.16s is not on %.32s", currency_id, blockchain_key);
    *ret_network = *(const struct network *)listed.rows;
    return true;
}

bool wallet_holds(struct accounting *app, const struct change *change,
                  const struct wallet_row *wallet, const char *currency_id, struct dec *ret_amount,
                  struct err *err)
{
    struct network network;
    const char *units;
    uint64_t dust;
    if (!network_on_chain(change, currency_id, wallet->blockchain_key, &network, err))
        return false;
    const char *contract = network_contract(change->arena, &network);
    if (!contract)
        return err_set(err, ERR_BUSY, "no memory for a balance");
    if (!gateway_balance(app, change->arena, wallet->blockchain_key, wallet->address, contract,
                         &units, err))
        return false;
    return units_to_dec(units, units_decimals(network.base_factor), ret_amount, &dust) ||
           err_set(err, ERR_OVERFLOW, "wallet %lld holds more than any account",
                   (long long)wallet->id);
}

/* ---- rounds ---- */

static bool active_wallets(const struct change *change, struct listed *ret_listed, struct err *err)
{
    const struct wallet_filter filter = {.status = "active"};
    struct listing listing = {
        .arena = change->arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    bool ok = wallet_list(change->db, &filter, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool wallets_address(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    if (!active_wallets(change, &listed, err))
        return false;
    const struct wallet_row *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++) {
        char name[NAME_SIZE];
        const char *address;
        bool ours =
            rows[i].kind == WALLET_FEE || rows[i].kind == WALLET_HOT || rows[i].kind == WALLET_WARM;
        if (!ours || wallet_address_is_real(rows[i].address))
            continue;
        snprintf(name, sizeof(name), "wallet-%lld", (long long)rows[i].id);
        if (!gateway_address(app, change->arena, rows[i].blockchain_key, name,
                             wallet_kind_word(rows[i].kind), name, &address, err))
            return false;
        if (!wallet_address_set(change->db, rows[i].id, address, change->now_us, err))
            return false;
    }
    return true;
}

static bool weigh_one(struct accounting *app, const struct change *change,
                      const struct wallet_row *wallet, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(BALANCE_BYTES_MAX);
    bool first = true;
    str_add_char(&json, '{');
    for (const char *at = wallet->currencies; at && *at; first = false) {
        size_t length = strcspn(at, ",");
        char *code = arena_strndup(change->arena, at, length);
        struct dec amount;
        if (!code)
            return err_set(err, ERR_BUSY, "no memory for balances");
        if (!first)
            str_add_char(&json, ',');
        json_write_string(&json, code);
        str_add_char(&json, ':');
        if (wallet_holds(app, change, wallet, code, &amount, err))
            json_write_dec(&json, amount);
        else
            str_add(&json, "\"N/A\"");
        at += length + (at[length] == ',');
    }
    str_add_char(&json, '}');
    return !str_ok(&json) ||
           wallet_balance_set(change->db, wallet->id, str_data(&json), change->now_us, err);
}

bool wallets_weigh(struct accounting *app, const struct change *change, struct err *err)
{
    struct listed listed;
    if (!active_wallets(change, &listed, err))
        return false;
    const struct wallet_row *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (rows[i].kind != WALLET_DEPOSIT && wallet_address_is_real(rows[i].address) &&
            !weigh_one(app, change, &rows[i], err))
            return false;
    return true;
}
