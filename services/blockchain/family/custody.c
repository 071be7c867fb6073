#include "blockchain/family/custody.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/custody_call.h"
#include "chain/u256.h"
#include "crypto/crypto.h"
#include "json/read.h"

enum { PAYMENT_VBYTES = 372 }; /* one input of two keys in three, two outputs */

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- as a family ---- */

static const char no_hash[] = "c057000000000000000000000000000000000000000000000000000000000000";

/* Coins of test networks begin with a t: tbtc. */
static bool bitgo_identify(struct node *node, struct chain_identity *ret_identity, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!custody_get(node, "", &root, err))
        return false;
    const char *coin = json_member_text(root, "coin");
    char id[CUSTODY_ID_SIZE];
    if (!coin || !custody_id_copy(json_member_text(root, "id"), id, sizeof(id)))
        return err_set(err, ERR_PROTOCOL, "the provider's wallet lacks its coin or id");
    *ret_identity = (struct chain_identity){.is_syncing = false};
    snprintf(ret_identity->network, sizeof(ret_identity->network), "%s",
             coin[0] == 't' ? "test" : "main");
    snprintf(ret_identity->software, sizeof(ret_identity->software), "custody %.32s", coin);
    return true;
}

static bool bitgo_block_hash(struct node *node, uint64_t height,
                             char ret_hash[static CHAIN_HASH_SIZE], struct err *err)
{
    (void)node;
    if (height > 1)
        return err_set(err, ERR_NOT_FOUND, "custody has no blocks");
    memcpy(ret_hash, no_hash, sizeof(no_hash));
    ret_hash[sizeof(no_hash) - 2] = (char)('0' + height);
    return true;
}

static bool bitgo_tip(struct node *node, struct chain_tip *ret_tip, struct err *err)
{
    ret_tip->height = 1;
    return bitgo_block_hash(node, 1, ret_tip->hash, err);
}

static bool bitgo_block_head(struct node *node, const char *hash, struct block_head *ret_head,
                             struct err *err)
{
    struct block_head head = {.height = hash[sizeof(no_hash) - 2] == '1'};
    if (strlen(hash) != sizeof(no_hash) - 1 || !bitgo_block_hash(node, head.height, head.hash, err))
        return err_set(err, ERR_NOT_FOUND, "custody has no such block");
    memcpy(head.parent, no_hash, sizeof(no_hash));
    *ret_head = head;
    return true;
}

static bool bitgo_block_read(struct node *node, const struct block_question *question,
                             const struct block_sink *sink, struct block_head *ret_head,
                             struct err *err)
{
    (void)sink;
    return bitgo_block_head(node, question->hash, ret_head, err);
}

static bool bitgo_tx_status(struct node *node, const char *txid, struct tx_status *ret_status,
                            struct err *err)
{
    (void)node;
    (void)txid;
    (void)err;
    *ret_status = (struct tx_status){.place = TX_UNKNOWN};
    return true;
}

static bool bitgo_balance(struct node *node, const char *address, const char *contract,
                          char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    struct custody_wallet wallet;
    (void)address; /* of the whole wallet: that is all it tells */
    if (contract[0])
        return err_set(err, ERR_INVALID, "this wallet holds one coin");
    if (!custody_wallet_read(node, &wallet, err))
        return false;
    memcpy(ret_units, wallet.balance_units, sizeof(wallet.balance_units));
    return true;
}

static bool bitgo_broadcast(struct node *node, const char *raw_hex, struct err *err)
{
    (void)node;
    (void)raw_hex;
    return err_set(err, ERR_NODE_REFUSED, "custody signs by itself");
}

/* Of the coin, for a plain payment; what a certain payment costs is custody_fee_estimate(). */
static bool bitgo_fee_rate(struct node *node, const char *speed, struct fee_rate *ret_rate,
                           struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct fee_rate rate = {.is_estimated = true};
    char path[64];
    struct u256 units;
    int64_t per_kb;
    snprintf(path, sizeof(path), CUSTODY_COIN "/tx/fee?numBlocks=%d",
             strcmp(speed, "fast") == 0      ? 2
             : strcmp(speed, "safelow") == 0 ? 24
                                             : 6);
    if (!custody_get(node, path, &root, err))
        return false;
    const char *whole = json_member_text(root, "feeEstimate");
    if (json_member_i64(root, "feePerKb", &per_kb) && per_kb > 0 && per_kb < INT32_MAX) {
        rate.per_unit = (uint64_t)per_kb;
        units = u256_from_u64(rate.per_unit * PAYMENT_VBYTES / 1000);
    } else if (!whole || !u256_parse(whole, &units)) {
        return err_set(err, ERR_NODE_REFUSED, "the provider tells no fee of this coin");
    }
    char text[U256_TEXT_SIZE];
    snprintf(rate.native_units, sizeof(rate.native_units), "%.31s", u256_text(units, text));
    *ret_rate = rate;
    return true;
}

static void bitgo_address_form(const struct chain_client *client, const char *network,
                               const char *text, struct address_form *ret_form)
{
    struct address_form form = {.is_valid = custody_is_address(text)};
    (void)client;
    (void)network;
    if (form.is_valid) {
        snprintf(form.canonical, sizeof(form.canonical), "%s", text);
        form.kind = WATCH_CUSTODY;
        form.hash_length = SHA256_SIZE;
        sha256(text, strlen(text), form.hash);
    } else {
        snprintf(form.reason, sizeof(form.reason), "no address");
    }
    *ret_form = form;
}

static bool bitgo_address_derive(const struct chain_client *client, const char *network,
                                 const char *xpub, uint32_t index,
                                 struct derived_address *ret_address, struct err *err)
{
    (void)client;
    (void)network;
    (void)xpub;
    (void)index;
    (void)ret_address;
    return err_set(err, ERR_INVALID, "custody makes its addresses by itself");
}

const struct family family_bitgo = {
    .name = "bitgo",
    .identify = bitgo_identify,
    .tip = bitgo_tip,
    .block_hash = bitgo_block_hash,
    .block_head = bitgo_block_head,
    .block_read = bitgo_block_read,
    .tx_status = bitgo_tx_status,
    .balance = bitgo_balance,
    .broadcast = bitgo_broadcast,
    .fee_rate = bitgo_fee_rate,
    .address_form = bitgo_address_form,
    .address_derive = bitgo_address_derive,
};
