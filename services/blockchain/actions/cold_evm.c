/*
 * Files of cold wallets of Ethereum-like chains. A file is a row (store/cold_files.h) before it is handed out:
 * what comes back signed is sent only if it is byte for byte what a row asked for, by whom it was asked of.
 * Nonces make that one payment: two files with one nonce are one payment at most, and the same payment asked
 * again, as long as it is not mined, is the same file. The bytes are stored before the node gets them.
 */
#include "blockchain/actions/cold_family.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/clock.h"
#include "blockchain/actions/payout_evm.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/store/cold_files.h"
#include "blockchain/store/coins.h"
#include "chain/erc20.h"
#include "coldfile/evm_file.h"

DEFINE_AUTO(struct arena, arena_free);

enum { ARENA_BYTES_MAX = 64 << 20, LOCK_NAME_SIZE = 48, LOCK_WAIT_S = 20 };

/* ---- what is asked for ---- */

struct making {
    struct cold_place *place;
    const struct cold_ask *ask;
    struct arena *arena;
    struct evm_file file;
    const struct chain_asset *asset;
    uint64_t chain_nonce, pending_nonce;
    struct str data;
};

static bool asset_find(struct making *making, struct err *err)
{
    const struct chain_entry *entry = making->place->entry;
    const char *word = making->ask->asset;
    struct evm_file *file = &making->file;
    for (size_t i = 0; i < entry->assets_count && !making->asset; i++) {
        const struct chain_asset *asset = &entry->assets[i];
        if (word ? strcmp(asset->currency, word) == 0 || strcasecmp(asset->contract, word) == 0
                 : asset->contract[0] == '\0')
            making->asset = asset;
    }
    if (!making->asset)
        return err_set(err, ERR_NOT_FOUND, "asset: %.32s has no %.64s", entry->key,
                       word ? word : "native coin");
    snprintf(file->currency, sizeof(file->currency), "%.64s", making->asset->currency);
    file->decimals = making->asset->decimals;
    return making->asset->contract[0] == '\0' ||
           evm_address_parse(making->asset->contract, &file->payment.contract, err);
}

/* A withdrawal is paid by the hot account alone, or it could be paid twice: a file for it fills that account. */
static bool payout_check(struct making *making, struct err *err)
{
    struct cold_place *place = making->place;
    const char *id = making->ask->payout_id;
    struct address_form form;
    struct own_address own;
    struct payout payout;
    if (!id)
        return true;
    if (!payout_find(place->db, making->arena, id, &payout, NULL, err))
        return err_wrap(err, "for");
    if (strcmp(payout.chain_key, place->entry->key) != 0 ||
        strcasecmp(payout.contract, making->asset->contract) != 0)
        return err_set(err, ERR_INVALID, "for: %.64s is paid with another asset", id);
    if (payout.state != PAYOUT_QUEUED && payout.state != PAYOUT_WAITING)
        return err_set(err, ERR_STATE_CONFLICT, "for: %.64s is %s, and waits for nothing", id,
                       payout_state_name(payout.state));
    place->node.client->family->address_form(place->node.client, place->node.network,
                                             making->ask->to, &form);
    if (!own_address_find(place->db, place->entry->key, form.canonical, &own, err))
        return false;
    if (strcmp(own.purpose, "hot") != 0)
        return err_set(err, ERR_INVALID,
                       "for: %.64s is paid out of the hot account: send to an address of that", id);
    snprintf(making->file.payout_id, sizeof(making->file.payout_id), "%.64s", id);
    return true;
}

static bool ask_read(struct making *making, struct err *err)
{
    const struct cold_ask *ask = making->ask;
    struct evm_file *file = &making->file;
    uint8_t call[ERC20_TRANSFER_SIZE];
    if (ask->xpub)
        return err_set(err, ERR_INVALID,
                       "XPUB and PATH are words of Bitcoin-like chains: key=ACCOUNT/INDEX");
    if (!evm_address_parse(ask->from, &file->from, err))
        return err_wrap(err, "FROM");
    if (!evm_address_parse(ask->to, &file->payment.to, err))
        return err_wrap(err, "TO");
    if (!u256_parse(ask->units, &file->payment.units) || u256_is_zero(file->payment.units))
        return err_set(err, ERR_INVALID, "UNITS: %.30s is no amount", ask->units);
    if (!asset_find(making, err) || !payout_check(making, err))
        return false;
    snprintf(file->client, sizeof(file->client), "%s", making->place->node.client->name);
    file->account = ask->account;
    file->index = ask->index;
    file->has_from = file->has_payment = true;
    if (!str_to_u64(making->place->node.network, &file->tx.chain_id))
        return err_set(err, ERR_PROTOCOL, "the node names no chain id");
    if (evm_address_is_zero(file->payment.contract)) {
        file->tx.to = file->payment.to;
        file->tx.value = file->payment.units;
    } else {
        file->tx.to = file->payment.contract;
        erc20_transfer_write(file->payment.to, file->payment.units, call);
        str_add_bytes(&making->data, call, sizeof(call));
        file->tx.data = span_of_str(&making->data);
    }
    return true;
}

/* ---- what the node says ---- */

static bool balance_check(struct making *making, struct err *err)
{
    struct node *node = &making->place->node;
    struct evm_file *file = &making->file;
    char from[EVM_ADDRESS_TEXT_SIZE], text[CHAIN_UNITS_SIZE];
    struct u256 cost, native, token;
    evm_address_text(file->from, from);
    if (!node->client->family->balance(node, from, "", text, err))
        return false;
    if (!u256_parse(text, &native) || !evm_tx_cost_max(&file->tx, &cost))
        return err_set(err, ERR_PROTOCOL, "a balance that is no number");
    if (u256_cmp(native, cost) < 0)
        return err_set(err, ERR_FUNDS_INSUFFICIENT,
                       "%s holds %.80s units of the native coin: too little with its fee", from,
                       text);
    if (making->asset->contract[0] == '\0')
        return true;
    if (!node->client->family->balance(node, from, making->asset->contract, text, err))
        return false;
    if (!u256_parse(text, &token))
        return err_set(err, ERR_PROTOCOL, "a balance that is no number");
    return u256_cmp(token, file->payment.units) >= 0 ||
           err_set(err, ERR_FUNDS_INSUFFICIENT, "%s holds %.80s units of %s", from, text,
                   making->asset->currency);
}

static bool price_it(struct making *making, struct err *err)
{
    struct node *node = &making->place->node;
    const struct blockchain_config *config = making->place->config;
    const struct fee_bounds bounds = gas_fee_bounds(config);
    struct evm_tx *tx = &making->file.tx;
    AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
    char from[EVM_ADDRESS_TEXT_SIZE], to[EVM_ADDRESS_TEXT_SIZE], value[U256_TEXT_SIZE];
    struct gas_price price;
    struct fee_rate rate;
    uint64_t estimate;
    str_add(&data, "0x");
    str_add_hex(&data, tx->data.bytes, tx->data.length);
    const struct ethereum_call call = {.from = evm_address_text(making->file.from, from),
                                       .to = evm_address_text(tx->to, to),
                                       .units = u256_text(tx->value, value),
                                       .data = str_data(&data)};
    if (!ethereum_estimate_gas(node, &call, &estimate, err) ||
        !gas_limit_choose(estimate, config->gas_limit_cap, &tx->gas, err) ||
        !node->client->family->fee_rate(node, "standard", &rate, err) ||
        !evm_price_today(&bounds, &rate, &price, err))
        return false;
    tx->kind = rate.is_gas_price ? EVM_TX_LEGACY : EVM_TX_FEE_MARKET;
    tx->max_fee = u256_from_u64(price.max_fee);
    tx->max_priority_fee = u256_from_u64(rate.is_gas_price ? 0 : price.tip);
    return true;
}

/* ---- the row ---- */

static bool is_same_payment(const struct evm_file *a, const struct evm_file *b)
{
    return evm_address_equal(a->payment.contract, b->payment.contract) &&
           evm_address_equal(a->payment.to, b->payment.to) &&
           u256_cmp(a->payment.units, b->payment.units) == 0 &&
           strcmp(a->payout_id, b->payout_id) == 0;
}

static bool row_file_read(const struct cold_file_row *row, struct str *data,
                          struct evm_file *ret_file, struct err *err)
{
    return evm_file_read(row->file, strlen(row->file), data, ret_file, err) ||
           err_wrap(err, "file %llu of a cold wallet", (unsigned long long)row->id);
}

/* The next nonce of the address; or, in ret_row, the file that asks for the very same and may still be mined. */
static bool nonce_choose(struct making *making, const struct cold_file_row **ret_row,
                         struct err *err)
{
    struct cold_place *place = making->place;
    char from[EVM_ADDRESS_TEXT_SIZE];
    struct cold_file_list list;
    uint64_t *nonce = &making->file.tx.nonce;
    *ret_row = NULL;
    evm_address_text(making->file.from, from);
    if (!ethereum_nonce(&place->node, from, false, &making->chain_nonce, err) ||
        !ethereum_nonce(&place->node, from, true, &making->pending_nonce, err) ||
        !cold_files_from(place->db, making->arena, place->entry->key, from, making->chain_nonce,
                         &list, err))
        return false;
    if (making->ask->has_nonce) {
        *nonce = making->ask->nonce;
        return *nonce >= making->chain_nonce ||
               err_set(err, ERR_STATE_CONFLICT, "nonce: %s has used up %llu: the next is %llu",
                       from, (unsigned long long)*nonce, (unsigned long long)making->chain_nonce);
    }
    if (list.count == COLD_FILES_MAX)
        return err_set(err, ERR_BUSY, "%d files of %s wait: bring some back first", COLD_FILES_MAX,
                       from);
    *nonce = making->pending_nonce;
    for (size_t i = 0; i < list.count; i++) {
        AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
        struct evm_file there;
        if (!row_file_read(&list.rows[i], &data, &there, err))
            return false;
        if (is_same_payment(&there, &making->file))
            *ret_row = &list.rows[i];
        if (list.rows[i].nonce >= *nonce)
            *nonce = list.rows[i].nonce + 1;
    }
    return true;
}

static bool row_put(struct making *making, struct str *out, struct err *err)
{
    struct cold_place *place = making->place;
    struct evm_file *file = &making->file;
    AUTO(str_release) struct str text = STR_INIT(EVM_FILE_BYTES_MAX);
    struct cold_file_row row = {.chain_key = place->entry->key, .nonce = file->tx.nonce}, there;
    uint8_t digest[EVM_TX_HASH_SIZE];
    bool is_there;
    evm_address_text(file->from, row.from);
    evm_tx_digest(&file->tx, digest);
    evm_hash_text(digest, row.digest);
    snprintf(file->name, sizeof(file->name), "cold-%.32s-%llu-%.8s", place->entry->key,
             (unsigned long long)row.nonce, row.digest + 2);
    evm_file_write(file, &text);
    if (!str_ok(&text))
        return err_set(err, ERR_INTERNAL, "a file above its limit");
    row.file = text.data;
    if (!cold_file_of_digest(place->db, making->arena, row.chain_key, row.digest, &there, &is_there,
                             err) ||
        (!is_there && !cold_file_insert(place->db, &row, clock_now_us(&clock_real), err)))
        return false;
    str_add(out, is_there ? there.file : row.file);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no memory");
}

static bool make_locked(struct making *making, struct str *out, struct err *err)
{
    const struct cold_file_row *row;
    if (!nonce_choose(making, &row, err))
        return false;
    if (row && row->txid[0])
        return err_set(err, ERR_STATE_CONFLICT, "the same was signed and is on its way: %s",
                       row->txid);
    if (row) {
        str_add(out, row->file);
        return str_ok(out) || err_set(err, ERR_INTERNAL, "no memory");
    }
    return price_it(making, err) && balance_check(making, err) && row_put(making, out, err);
}

static bool make(struct cold_place *place, const struct cold_ask *ask, struct str *out,
                 struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct making making = {.place = place, .ask = ask, .arena = arena};
    char name[LOCK_NAME_SIZE];
    struct err own;
    making.data = STR_INIT(ERC20_TRANSFER_SIZE);
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    snprintf(name, sizeof(name), "cold.%s", place->entry->key);
    bool good = ask_read(&making, err) && db_lock(place->db, name, LOCK_WAIT_S, err);
    if (good) {
        good = make_locked(&making, out, err);
        if (!db_unlock(place->db, name, &own) && good) {
            *err = own;
            good = false;
        }
    }
    str_release(&making.data);
    return good;
}

/* ---- what comes back ---- */

struct signed_tx {
    struct str raw;
    struct evm_tx tx;
    struct evm_signature signature;
    struct evm_address sender;
    char digest[COLD_DIGEST_SIZE], txid[COLD_DIGEST_SIZE];
};

static bool signed_read(const struct str *file, const char *network, struct signed_tx *ret_signed,
                        struct err *err)
{
    struct span text = cold_trimmed(file);
    AUTO(str_release) struct str again = STR_INIT(EVM_TX_BYTES_MAX);
    struct signed_tx *got = ret_signed;
    uint8_t hash[EVM_TX_HASH_SIZE];
    uint64_t chain_id;
    if (text.length > 2 && memcmp(text.bytes, "0x", 2) == 0)
        text = span_of(text.bytes + 2, text.length - 2);
    if (!cold_is_hex(text) || !hex_read((const char *)text.bytes, text.length, &got->raw))
        return err_set(err, ERR_INVALID, "no signed transaction in hexadecimal digits");
    if (!evm_tx_parse(span_of_str(&got->raw), &got->tx, &got->signature, err))
        return false;
    if (!str_to_u64(network, &chain_id) || got->tx.chain_id != chain_id)
        return err_set(err, ERR_INVALID, "it is a transaction of chain %llu, not of %.24s",
                       (unsigned long long)got->tx.chain_id, network);
    if (!evm_tx_sender(&got->tx, &got->signature, &got->sender))
        return err_set(err, ERR_INVALID, "its signature is of nobody");
    evm_tx_write(&got->tx, &got->signature, &again);
    if (!span_equal(span_of_str(&again), span_of_str(&got->raw)))
        return err_set(err, ERR_INVALID, "it is not written as such transactions are");
    evm_tx_digest(&got->tx, hash);
    evm_hash_text(hash, got->digest);
    evm_tx_hash(span_of_str(&got->raw), hash);
    evm_hash_text(hash, got->txid);
    return true;
}

/* The first field that is not what was asked for. */
static void difference(const struct evm_file *asked, const struct evm_tx *tx, struct err *err)
{
    struct evm_payment payment;
    char is[U256_TEXT_SIZE], was[U256_TEXT_SIZE], to[EVM_ADDRESS_TEXT_SIZE];
    bool is_payment = evm_payment_of(tx, &payment);
    if (!is_payment || !evm_address_equal(payment.contract, asked->payment.contract))
        err_set(err, ERR_INVALID, "%s asked for a payment of another asset", asked->name);
    else if (!evm_address_equal(payment.to, asked->payment.to))
        err_set(err, ERR_INVALID, "to: it pays %s, which %s did not ask for",
                evm_address_text(payment.to, to), asked->name);
    else if (u256_cmp(payment.units, asked->payment.units) != 0)
        err_set(err, ERR_INVALID, "amount: it pays %s units, %s asked for %s",
                u256_text(payment.units, is), asked->name, u256_text(asked->payment.units, was));
    else
        err_set(err, ERR_INVALID, "%s: %s asked for another",
                asked->tx.gas != tx->gas                        ? "gas"
                : u256_cmp(asked->tx.max_fee, tx->max_fee) != 0 ? "max_fee"
                                                                : "max_priority_fee",
                asked->name);
}

/* No row has these fields: which are not the ones that were asked for. */
static bool unasked(struct cold_place *place, struct arena *arena, const struct signed_tx *got,
                    struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
    char from[EVM_ADDRESS_TEXT_SIZE];
    struct cold_file_list list;
    struct evm_file asked;
    evm_address_text(got->sender, from);
    if (!cold_files_from(place->db, arena, place->entry->key, from, got->tx.nonce, &list, err))
        return false;
    if (list.count == 0 || list.rows[0].nonce != got->tx.nonce)
        return err_set(err, ERR_INVALID, "no file asked %s for a transaction with number %llu",
                       from, (unsigned long long)got->tx.nonce);
    if (!row_file_read(&list.rows[0], &data, &asked, err))
        return false;
    difference(&asked, &got->tx, err);
    return false;
}

/* Mined already, or still possible; ret_mined. */
static bool place_check(struct cold_place *place, const struct cold_file_row *row, const char *txid,
                        bool *ret_mined, struct err *err)
{
    struct tx_status status;
    uint64_t nonce;
    if (!place->node.client->family->tx_status(&place->node, txid, &status, err) ||
        !ethereum_nonce(&place->node, row->from, false, &nonce, err))
        return false;
    *ret_mined = status.place == TX_MINED;
    if (*ret_mined && status.is_failed)
        return err_set(err, ERR_STATE_CONFLICT, "%s was mined in block %llu without effect", txid,
                       (unsigned long long)status.height);
    return *ret_mined || nonce <= row->nonce ||
           err_set(err, ERR_STATE_CONFLICT,
                   "number %llu of %s is used up by another transaction: make a new file",
                   (unsigned long long)row->nonce, row->from);
}

/* From here on it is the bytes of the row that are sent, and no others. */
static bool keep(struct cold_place *place, struct arena *arena, const struct signed_tx *got,
                 struct cold_file_row *row, struct err *err)
{
    AUTO(str_release) struct str hex = STR_INIT(2 * EVM_TX_BYTES_MAX + 4);
    bool is_first, is_found;
    if (row->txid[0])
        return true;
    str_add(&hex, "0x");
    str_add_hex(&hex, got->raw.data, got->raw.length);
    if (!str_ok(&hex))
        return err_set(err, ERR_INVALID, "a transaction above its limit");
    return cold_file_signed(place->db, row->id, got->txid, hex.data, clock_now_us(&clock_real),
                            &is_first, err) &&
           cold_file_of_digest(place->db, arena, place->entry->key, got->digest, row, &is_found,
                               err);
}

static bool take(struct cold_place *place, struct arena *arena, const struct signed_tx *got,
                 struct str *out, struct err *err)
{
    char sender[EVM_ADDRESS_TEXT_SIZE];
    struct cold_file_row row;
    bool is_found, is_mined;
    if (!cold_file_of_digest(place->db, arena, place->entry->key, got->digest, &row, &is_found,
                             err))
        return false;
    if (!is_found)
        return unasked(place, arena, got, err);
    if (strcmp(evm_address_text(got->sender, sender), row.from) != 0)
        return err_set(err, ERR_INVALID, "it is signed by %s, asked was %s", sender, row.from);
    if (!place_check(place, &row, row.txid[0] ? row.txid : got->txid, &is_mined, err) ||
        !keep(place, arena, got, &row, err))
        return false;
    if (!is_mined && !place->node.client->family->broadcast(&place->node, row.raw, err))
        return false;
    str_add(out, row.txid);
    return true;
}

static bool send(struct cold_place *place, const struct str *file, struct str *out, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct signed_tx got = {.txid = ""};
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    got.raw = STR_INIT(EVM_TX_BYTES_MAX);
    bool good =
        signed_read(file, place->node.network, &got, err) && take(place, arena, &got, out, err);
    str_release(&got.raw);
    return good;
}

/* ---- showing ---- */

static bool show_signed(const char *network, const struct str *file, struct str *out,
                        struct err *err)
{
    struct signed_tx got = {.txid = ""};
    got.raw = STR_INIT(EVM_TX_BYTES_MAX);
    bool good = signed_read(file, network, &got, err);
    if (good) {
        const struct evm_file shown = {.tx = got.tx};
        good = evm_file_show(&shown, got.sender, out, err);
        str_add_format(out, "  signed, %s\n", got.txid);
    }
    str_release(&got.raw);
    return good;
}

static bool show(const char *client, const char *network, const struct str *file, struct str *out,
                 struct err *err)
{
    AUTO(str_release) struct str data = STR_INIT(EVM_FILE_BYTES_MAX);
    struct span text = cold_trimmed(file);
    struct evm_file asked;
    char id[CHAIN_NETWORK_SIZE];
    if (text.length == 0 || text.bytes[0] != '{')
        return show_signed(network, file, out, err);
    if (!evm_file_read((const char *)text.bytes, text.length, &data, &asked, err))
        return false;
    snprintf(id, sizeof(id), "%llu", (unsigned long long)asked.tx.chain_id);
    if (strcmp(id, network) != 0 || strcmp(asked.client, client) != 0)
        return err_set(err, ERR_INVALID, "the file is of %s/%s", asked.client, id);
    if (!asked.has_from)
        return err_set(err, ERR_INVALID, "from is missing");
    if (!evm_file_show(&asked, asked.from, out, err))
        return false;
    str_add(out, "  not signed\n");
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no memory");
}

const struct cold_family cold_family_evm = {
    .name = "ethereum", .make = make, .show = show, .send = send};
