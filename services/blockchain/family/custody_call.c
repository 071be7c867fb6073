/*
 * The calls of a custody provider. A question to pay is asked once, of one provider, and has an outcome
 * instead of an error; everything else may be asked again, of any provider of the same wallet.
 */
#include "blockchain/family/custody_call.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "chain/u256.h"
#include "json/field.h"

enum { BODY_BYTES_MAX = 64 * 1024, PATH_SIZE = 256, OK = 200, CREATED = 201, ACCEPTED = 202 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- one call ---- */

static bool is_bounded(const struct rpc_answer *answer)
{
    return answer->length <= CUSTODY_ANSWER_BYTES_MAX;
}

static bool call(struct node *node, const char *method, const char *path, const char *body,
                 struct rpc_answer *ret_answer, struct err *err)
{
    long status;
    if (!rpc_rest(node->rpc, method, path, body, false, &status, ret_answer, err))
        return false;
    if (status == 404)
        return err_set(err, ERR_NOT_FOUND, "%s: not there", rpc_label(node->rpc));
    if (status != OK && status != CREATED && status != ACCEPTED)
        return err_set(err, ERR_NODE_REFUSED, "%s: HTTP status %ld", rpc_label(node->rpc), status);
    return is_bounded(ret_answer) || err_set(err, ERR_PROTOCOL, "%s: an answer of %zu bytes",
                                             rpc_label(node->rpc), ret_answer->length);
}

static bool call_tree(struct node *node, const char *method, const char *path, const char *body,
                      cJSON **ret_root, struct err *err)
{
    struct rpc_answer answer;
    struct err why;
    if (!call(node, method, path, body, &answer, err))
        return false;
    return json_read(answer.result, answer.length, ret_root, &why) ||
           err_set(err, ERR_PROTOCOL, "%s: %.120s", rpc_label(node->rpc), why.what);
}

bool custody_get(struct node *node, const char *path, cJSON **ret_root, struct err *err)
{
    return call_tree(node, "GET", path, NULL, ret_root, err);
}

/* "/transfer/" and an id: false if that is none. */
static bool path_of(const char *prefix, const char *id, char path[static PATH_SIZE],
                    struct err *err)
{
    char copy[CUSTODY_ID_SIZE];
    if (!custody_id_copy(id, copy, sizeof(copy)))
        return err_set(err, ERR_INVALID, "no id of a provider");
    snprintf(path, PATH_SIZE, "%s%s", prefix, copy);
    return true;
}

/* ---- addresses, the wallet ---- */

static bool address_take(const cJSON *root, struct custody_address *ret_address, struct err *err)
{
    struct custody_address made = {.id = ""};
    const char *address = json_member_text(root, "address");
    if (!custody_id_copy(json_member_text(root, "id"), made.id, sizeof(made.id)) ||
        (address && address[0] && !custody_is_address(address)))
        return err_set(err, ERR_PROTOCOL, "an odd address of the provider");
    snprintf(made.address, sizeof(made.address), "%s", address ? address : "");
    *ret_address = made;
    return true;
}

bool custody_address_new(struct node *node, struct custody_address *ret_address, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    return call_tree(node, "POST", "/address", "{}", &root, err) &&
           address_take(root, ret_address, err);
}

bool custody_address_read(struct node *node, const char *id, struct custody_address *ret_address,
                          struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[PATH_SIZE];
    return path_of("/address/", id, path, err) && custody_get(node, path, &root, err) &&
           address_take(root, ret_address, err);
}

bool custody_wallet_read(struct node *node, struct custody_wallet *ret_wallet, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_wallet wallet;
    struct u256 balance, spendable;
    if (!custody_get(node, "", &root, err))
        return false;
    const char *text = json_member_text(root, "balanceString"),
               *free_text = json_member_text(root, "spendableBalanceString");
    if (!custody_id_copy(json_member_text(root, "id"), wallet.id, sizeof(wallet.id)))
        return err_set(err, ERR_PROTOCOL, "the provider's wallet lacks its id");
    if (!text || !u256_parse(text, &balance) ||
        !u256_parse(free_text ? free_text : text, &spendable))
        return err_set(err, ERR_PROTOCOL, "the provider's wallet lacks its balance");
    u256_text(balance, wallet.balance_units);
    u256_text(spendable, wallet.spendable_units);
    *ret_wallet = wallet;
    return true;
}

/* ---- transfers ---- */

bool custody_transfer_read(struct node *node, const char *id, struct custody_transfer *ret_transfer,
                           struct err *err)
{
    struct rpc_answer answer;
    char path[PATH_SIZE];
    if (!path_of("/transfer/", id, path, err) || !call(node, "GET", path, NULL, &answer, err) ||
        !custody_transfer_parse(answer.result, answer.length, ret_transfer, err))
        return false;
    return strcmp(ret_transfer->id, id) == 0 ||
           err_set(err, ERR_PROTOCOL, "another transfer than %s", id);
}

bool custody_transfer_of_sequence(struct node *node, const char *sequence_id,
                                  struct custody_transfer *ret_transfer, struct err *err)
{
    struct rpc_answer answer;
    char path[PATH_SIZE];
    return path_of("/transfer/sequenceId/", sequence_id, path, err) &&
           call(node, "GET", path, NULL, &answer, err) &&
           custody_transfer_parse(answer.result, answer.length, ret_transfer, err);
}

bool custody_list_read(struct node *node, const char *before, struct custody_list *ret_list,
                       struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct custody_list list = {.count = 0};
    const cJSON *row;
    char path[PATH_SIZE];
    if (before[0] && !path_of("/transfer?limit=25&type=receive&prevId=", before, path, err))
        return false;
    if (!custody_get(node, before[0] ? path : "/transfer?limit=25&type=receive", &root, err))
        return false;
    const cJSON *rows = json_member(root, "transfers");
    if (!cJSON_IsArray(rows))
        return err_set(err, ERR_PROTOCOL, "%s: no list of transfers", rpc_label(node->rpc));
    cJSON_ArrayForEach(row, rows)
    {
        struct custody_listed *listed = &list.rows[list.count];
        if (list.count == CUSTODY_LIST_MAX)
            return err_set(err, ERR_PROTOCOL, "%s: more transfers than were asked for",
                           rpc_label(node->rpc));
        if (custody_id_copy(json_member_text(row, "id"), listed->id, sizeof(listed->id)) &&
            custody_id_copy(json_member_text(row, "state"), listed->said, sizeof(listed->said)))
            list.count++;
    }
    if (!custody_id_copy(json_member_text(root, "nextBatchPrevId"), list.next, sizeof(list.next)))
        list.next[0] = '\0';
    *ret_list = list;
    return true;
}

/* ---- payments ---- */

void custody_send(struct node *node, const char *request, const char *passphrase,
                  struct custody_answer *ret_answer)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    struct rpc_answer answer;
    struct err err;
    long status;
    size_t length = strlen(request);
    assert(length > 2 && request[length - 1] == '}');
    str_add_bytes(&body, request, length - 1);
    if (passphrase[0]) {
        str_add(&body, ",\"walletPassphrase\":");
        json_write_string(&body, passphrase);
    }
    str_add_char(&body, '}');
    *ret_answer = (struct custody_answer){.outcome = CUSTODY_NO_WORD};
    if (!str_ok(&body))
        snprintf(ret_answer->said, sizeof(ret_answer->said), "the request is too long");
    else if (!rpc_rest(node->rpc, "POST", "/sendcoins", str_data(&body), true, &status, &answer,
                       &err))
        snprintf(ret_answer->said, sizeof(ret_answer->said), "%.110s", err.what);
    else if (!is_bounded(&answer))
        snprintf(ret_answer->said, sizeof(ret_answer->said), "an answer of %zu bytes",
                 answer.length);
    else
        custody_answer_parse(status, answer.result, answer.length, ret_answer);
    if (body.data)
        explicit_bzero(body.data, body.length);
}

static bool fee_take(const cJSON *object, const char *key, struct u256 *ret_units)
{
    const char *text = json_member_text(object, key);
    int64_t number;
    if (text)
        return u256_parse(text, ret_units);
    if (!json_member_i64(object, key, &number) || number < 0)
        return false;
    *ret_units = u256_from_u64((uint64_t)number);
    return true;
}

bool custody_fee_estimate(struct node *node, const char *to, const char *units,
                          char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    struct u256 fee;
    str_add(&body, "{\"recipients\":[{\"address\":");
    json_write_string(&body, to);
    str_add(&body, ",\"amount\":");
    json_write_string(&body, units);
    str_add(&body, "}]}");
    if (!str_ok(&body))
        return err_set(err, ERR_INVALID, "too long an address");
    if (!call_tree(node, "POST", "/tx/build", str_data(&body), &root, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->code = ERR_NODE_REFUSED;
        return false;
    }
    const cJSON *info = json_member(root, "feeInfo");
    if (!fee_take(info, "feeString", &fee) && !fee_take(info, "fee", &fee) &&
        !fee_take(json_member(root, "txInfo"), "Fee", &fee))
        return err_set(err, ERR_NODE_REFUSED, "%s: a payment without its fee",
                       rpc_label(node->rpc));
    u256_text(fee, ret_units);
    return true;
}

bool custody_approval_read(struct node *node, const char *id, enum custody_approval *ret_state,
                           struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    char path[PATH_SIZE];
    if (!path_of(CUSTODY_COIN "/pendingapprovals/", id, path, err) ||
        !custody_get(node, path, &root, err))
        return false;
    const char *state = json_member_text(root, "state"), *said = json_member_text(root, "id");
    if (!state || !said || strcmp(said, id) != 0)
        return err_set(err, ERR_PROTOCOL, "%s: another approval than %s", rpc_label(node->rpc), id);
    *ret_state = strcmp(state, "rejected") == 0   ? CUSTODY_REJECTED
                 : strcmp(state, "approved") == 0 ? CUSTODY_APPROVED
                                                  : CUSTODY_APPROVAL_PENDING;
    return true;
}

/* ---- webhooks ---- */

static bool has_webhook(const cJSON *root, const char *type, const char *url)
{
    const cJSON *row;
    unsigned count = 0;
    cJSON_ArrayForEach(row, json_member(root, "webhooks"))
    {
        const char *row_type = json_member_text(row, "type"),
                   *row_url = json_member_text(row, "url");
        if (++count > CUSTODY_WEBHOOKS_MAX)
            break;
        if (row_type && row_url && strcmp(row_type, type) == 0 && strcmp(row_url, url) == 0)
            return true;
    }
    return false;
}

static bool webhook_post(struct node *node, const char *type, const char *url, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    struct rpc_answer answer;
    str_add(&body, "{\"type\":");
    json_write_string(&body, type);
    str_add(&body, ",\"url\":");
    json_write_string(&body, url);
    str_add(&body, ",\"label\":\"bourse\",\"allToken\":true,\"listenToFailureStates\":true}");
    return (str_ok(&body) || err_set(err, ERR_INVALID, "too long an address of webhooks")) &&
           call(node, "POST", "/webhooks", str_data(&body), &answer, err);
}

bool custody_webhooks_put(struct node *node, const char *url, bool *ret_is_new, struct err *err)
{
    static const char *const types[] = {"transfer", "pendingapproval", "address_confirmation"};
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    bool is_new = false;
    if (!custody_get(node, "/webhooks", &root, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (has_webhook(root, types[i], url))
            continue;
        if (!webhook_post(node, types[i], url, err))
            return false;
        is_new = true;
    }
    *ret_is_new = is_new;
    return true;
}
