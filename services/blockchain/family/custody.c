#include "blockchain/family/custody.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "chain/u256.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"

enum { BODY_BYTES_MAX = 16 * 1024, PATH_SIZE = 256, OK = 200, CREATED = 201, ACCEPTED = 202 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- values ---- */

/* Ids go into paths, so they are letters and digits and nothing else. */
static bool id_copy(const char *text, char *ret_id, size_t size)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    memcpy(ret_id, text, length + 1);
    return true;
}

static bool is_address(const char *text)
{
    size_t length = strlen(text);
    if (length < 8 || length >= CHAIN_ADDRESS_SIZE)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f || strchr("\"\\/", *text))
            return false;
    return true;
}

static enum custody_state state_of(const char *text)
{
    static const struct {
        const char *name;
        enum custody_state state;
    } states[] = {{"confirmed", CUSTODY_CONFIRMED}, {"unconfirmed", CUSTODY_UNCONFIRMED},
                  {"failed", CUSTODY_FAILED},       {"removed", CUSTODY_FAILED},
                  {"rejected", CUSTODY_FAILED},     {"replaced", CUSTODY_FAILED}};
    for (size_t i = 0; text && i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].name, text) == 0)
            return states[i].state;
    return CUSTODY_PENDING;
}

/* ---- a transfer ---- */

static uint32_t index_of(const cJSON *outputs, const char *address)
{
    const cJSON *output;
    int64_t index;
    cJSON_ArrayForEach(output, outputs)
    {
        const char *text = json_member_text(output, "address");
        if (text && strcmp(text, address) == 0 && json_member_i64(output, "index", &index) &&
            index >= 0 && index <= INT32_MAX)
            return (uint32_t)index;
    }
    return 0;
}

/* Positive entries are what came in. */
static bool entries_read(const cJSON *root, struct custody_transfer *transfer, struct err *err)
{
    const cJSON *entry, *outputs = json_member(root, "outputs");
    cJSON_ArrayForEach(entry, json_member(root, "entries"))
    {
        const char *address = json_member_text(entry, "address"),
                   *value = json_member_text(entry, "valueString");
        struct custody_entry *row = &transfer->entries[transfer->entries_count];
        struct u256 units;
        if (!address || !value || value[0] == '-' || strcmp(value, "0") == 0)
            continue;
        if (transfer->entries_count == CUSTODY_ENTRIES_MAX)
            return err_set(err, ERR_PROTOCOL, "a transfer of more than %d entries",
                           CUSTODY_ENTRIES_MAX);
        if (!is_address(address) || !u256_parse(value, &units))
            return err_set(err, ERR_PROTOCOL, "a transfer with an odd entry");
        snprintf(row->address, sizeof(row->address), "%s", address);
        u256_text(units, row->units);
        row->index = index_of(outputs, address);
        transfer->entries_count++;
    }
    return true;
}

bool custody_transfer_parse(const char *text, size_t length, struct custody_transfer *ret_transfer,
                            struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_transfer transfer = {.state = CUSTODY_PENDING};
    struct err why;
    struct u256 fee;
    int64_t height;

    if (!json_read(text, length, &root, &why))
        return err_set(err, ERR_PROTOCOL, "transfer: %s", why.what);
    if (!id_copy(json_member_text(root, "id"), transfer.id, sizeof(transfer.id)))
        return err_set(err, ERR_PROTOCOL, "a transfer without its id");
    const char *txid = json_member_text(root, "txid"),
               *fee_text = json_member_text(root, "feeString");
    if (txid && txid[0] && !id_copy(txid, transfer.txid, sizeof(transfer.txid)))
        return err_set(err, ERR_PROTOCOL, "a transfer with an odd transaction id");
    if (json_member_text(root, "coin") &&
        !id_copy(json_member_text(root, "coin"), transfer.coin, sizeof(transfer.coin)))
        return err_set(err, ERR_PROTOCOL, "a transfer of an odd coin");
    if (json_member_text(root, "wallet") &&
        !id_copy(json_member_text(root, "wallet"), transfer.wallet, sizeof(transfer.wallet)))
        return err_set(err, ERR_PROTOCOL, "a transfer of an odd wallet");
    transfer.state = state_of(json_member_text(root, "state"));
    if (json_member_i64(root, "height", &height) && height > 0 && height < INT32_MAX)
        transfer.height = (uint64_t)height;
    if (fee_text && u256_parse(fee_text, &fee))
        u256_text(fee, transfer.fee_units);
    if (!entries_read(root, &transfer, err))
        return false;
    *ret_transfer = transfer;
    return true;
}

bool custody_notice_parse(const char *text, size_t length, struct custody_notice_body *ret_notice,
                          struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_notice_body notice = {.is_transfer = false};

    if (!json_read(text, length, &root, err))
        return false;
    const char *type = json_member_text(root, "type");
    if (!type)
        return err_set(err, ERR_INVALID, "a webhook without its type");
    notice.is_transfer = strcmp(type, "transfer") == 0;
    if (notice.is_transfer &&
        (!id_copy(json_member_text(root, "transfer"), notice.transfer_id,
                  sizeof(notice.transfer_id)) ||
         !id_copy(json_member_text(root, "wallet"), notice.wallet, sizeof(notice.wallet)) ||
         !id_copy(json_member_text(root, "state"), notice.state, sizeof(notice.state))))
        return err_set(err, ERR_INVALID, "a webhook of a transfer lacks a member");
    *ret_notice = notice;
    return true;
}

/* ---- calls ---- */

static bool call(struct node *node, const char *method, const char *path, const char *body,
                 long *ret_status, cJSON **ret_root, struct rpc_answer *ret_answer, struct err *err)
{
    struct err why;
    if (!rpc_rest(node->rpc, method, path, NULL, body, ret_status, ret_answer, err))
        return false;
    if (*ret_status == 404)
        return err_set(err, ERR_NOT_FOUND, "%s: not there", rpc_label(node->rpc));
    if (*ret_status != OK && *ret_status != CREATED && *ret_status != ACCEPTED)
        return err_set(err, ERR_NODE_REFUSED, "%s: HTTP status %ld", rpc_label(node->rpc),
                       *ret_status);
    if (ret_root && !json_read(ret_answer->result, ret_answer->length, ret_root, &why))
        return err_set(err, ERR_PROTOCOL, "%s: %.120s", rpc_label(node->rpc), why.what);
    return true;
}

static bool address_take(const cJSON *root, struct custody_address *ret_address, struct err *err)
{
    struct custody_address made = {.id = ""};
    const char *address = json_member_text(root, "address");
    if (!id_copy(json_member_text(root, "id"), made.id, sizeof(made.id)) ||
        (address && address[0] && !is_address(address)))
        return err_set(err, ERR_PROTOCOL, "an odd address of the provider");
    snprintf(made.address, sizeof(made.address), "%s", address ? address : "");
    *ret_address = made;
    return true;
}

bool custody_address_new(struct node *node, struct custody_address *ret_address, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct rpc_answer answer;
    long status;
    return call(node, "POST", "/address", "{}", &status, &root, &answer, err) &&
           address_take(root, ret_address, err);
}

bool custody_address_read(struct node *node, const char *id, struct custody_address *ret_address,
                          struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct rpc_answer answer;
    char path[PATH_SIZE];
    long status;
    snprintf(path, sizeof(path), "/address/%s", id);
    return call(node, "GET", path, NULL, &status, &root, &answer, err) &&
           address_take(root, ret_address, err);
}

bool custody_transfer_read(struct node *node, const char *id, struct custody_transfer *ret_transfer,
                           struct err *err)
{
    struct rpc_answer answer;
    char path[PATH_SIZE], copy[CUSTODY_ID_SIZE];
    long status;
    if (!id_copy(id, copy, sizeof(copy)))
        return err_set(err, ERR_INVALID, "no id of a transfer");
    snprintf(path, sizeof(path), "/transfer/%s", copy);
    if (!call(node, "GET", path, NULL, &status, NULL, &answer, err) ||
        !custody_transfer_parse(answer.result, answer.length, ret_transfer, err))
        return false;
    return strcmp(ret_transfer->id, id) == 0 ||
           err_set(err, ERR_PROTOCOL, "another transfer than %s", id);
}

/* ---- as a family ---- */

static const char no_hash[] = "c057000000000000000000000000000000000000000000000000000000000000";

static bool ask_wallet(struct node *node, cJSON **ret_root, struct err *err)
{
    struct rpc_answer answer;
    long status;
    return call(node, "GET", "", NULL, &status, ret_root, &answer, err);
}

/* Coins of test networks begin with a t: tbtc. */
static bool bitgo_identify(struct node *node, struct chain_identity *ret_identity, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    if (!ask_wallet(node, &root, err))
        return false;
    const char *coin = json_member_text(root, "coin");
    char id[CUSTODY_ID_SIZE];
    if (!coin || !id_copy(json_member_text(root, "id"), id, sizeof(id)))
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
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct u256 units;
    (void)address; /* of the whole wallet: that is all it tells */
    if (contract[0])
        return err_set(err, ERR_INVALID, "this wallet holds one coin");
    if (!ask_wallet(node, &root, err))
        return false;
    const char *balance = json_member_text(root, "balanceString");
    if (!balance || !u256_parse(balance, &units))
        return err_set(err, ERR_PROTOCOL, "the provider's wallet lacks its balance");
    u256_text(units, ret_units);
    return true;
}

static bool bitgo_broadcast(struct node *node, const char *raw_hex, struct err *err)
{
    (void)node;
    (void)raw_hex;
    return err_set(err, ERR_NODE_REFUSED, "custody signs by itself");
}

static bool bitgo_fee_rate(struct node *node, const char *speed, struct fee_rate *ret_rate,
                           struct err *err)
{
    (void)node;
    (void)speed;
    (void)ret_rate;
    return err_set(err, ERR_NODE_REFUSED, "custody tells its fee with each payment");
}

static void bitgo_address_form(const struct chain_client *client, const char *network,
                               const char *text, struct address_form *ret_form)
{
    struct address_form form = {.is_valid = is_address(text)};
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
