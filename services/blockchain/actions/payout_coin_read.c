#include "blockchain/actions/payout_coin_read.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "blockchain/store/coins.h"
#include "chain/psbt.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

bool coin_ask_raw(struct node *node, void *arg, struct err *err)
{
    const struct coin_raw_question *question = arg;
    char params[96];
    const char *text;
    size_t length;
    snprintf(params, sizeof(params), "[\"%s\"]", question->txid);
    if (!rpc_call_text(node->rpc, "getrawtransaction", params, &text, &length, err))
        return false;
    str_clear(question->out);
    return hex_read(text, length, question->out) ||
           err_set(err, ERR_PROTOCOL, "getrawtransaction answers no bytes");
}

bool payout_psbt_of_request(const char *request, struct arena *arena, struct coin_tx *ret_tx,
                            struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct psbt psbt;
    if (!json_read(request, strlen(request), &root, err))
        return false;
    const char *text = json_member_text(root, "psbt");
    if (!text)
        return err_set(err, ERR_INVALID, "a transaction that was not made here");
    if (!psbt_parse_text(text, strlen(text), arena, &psbt, err))
        return false;
    *ret_tx = psbt.tx;
    return true;
}

bool payout_coin_fee(struct payout_worker *worker, const char *txid,
                     char ret_units[static PAYOUT_UNITS_SIZE], struct err *err)
{
    AUTO(str_release) struct str raw = STR_INIT(COIN_TX_BYTES_MAX);
    struct coin_raw_question question = {.txid = txid, .out = &raw};
    uint64_t in, out, count;
    uint8_t id[TXID_SIZE];
    char text[TXID_TEXT_SIZE];
    struct coin_tx tx;
    ret_units[0] = '\0';
    if (!providers_ask(worker->session, coin_ask_raw, &question, err) ||
        !coin_tx_parse(span_of_str(&raw), worker->arena, &tx, err))
        return false;
    coin_tx_id(&tx, id);
    if (strcmp(txid_text(id, text), txid) != 0 || !coin_tx_value(&tx, &out))
        return err_set(err, ERR_PROTOCOL, "a node answers another transaction than %s", txid);
    if (!coins_spent_by(worker->db, worker->chain->key, txid, &in, &count, err))
        return false;
    if (count == tx.inputs_count && in >= out)
        snprintf(ret_units, PAYOUT_UNITS_SIZE, "%llu", (unsigned long long)(in - out));
    return true;
}
