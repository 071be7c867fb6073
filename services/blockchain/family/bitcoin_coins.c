#include "blockchain/family/bitcoin_coins.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/family/rpc.h"
#include "decimal/dec.h"
#include "json/field.h"
#include "json/read.h"

enum { QUESTION_BYTES = 160, UNITS_OF_DEC = 100000000 /* 10^-16 of a coin to 10^-8 */ };

DEFINE_AUTO(cJSON, cJSON_Delete);

static bool nonsense(struct err *err, const struct node *node, const char *what)
{
    return err_set(err, ERR_PROTOCOL, "%s: gettxout: %s", rpc_label(node->rpc), what);
}

/* Older nodes have a list of one. */
static const char *address_of(const cJSON *coin)
{
    const cJSON *script = json_member(coin, "scriptPubKey");
    const cJSON *list = json_member(script, "addresses");
    const char *address = json_member_text(script, "address");
    if (address || !cJSON_IsArray(list) || !list->child || !cJSON_IsString(list->child))
        return address;
    return list->child->valuestring;
}

static bool read_coin(struct node *node, const cJSON *coin, const struct coin_asked *asked,
                      const char *hash, char ret_units[static CHAIN_UNITS_SIZE], struct err *err)
{
    const char *best = json_member_text(coin, "bestblock"), *address = address_of(coin);
    char text[JSON_NUMBER_TEXT_SIZE];
    const cJSON *value = json_member(coin, "value");
    struct dec amount;
    if (!best || !cJSON_IsNumber(value) || !json_number_text(value, text) ||
        !dec_parse(text, &amount) || dec_is_negative(amount) || amount.units % UNITS_OF_DEC != 0 ||
        amount.units / UNITS_OF_DEC > INT64_MAX)
        return nonsense(err, node, "no coin");
    if (strcmp(best, hash) != 0)
        return err_set(err, ERR_STATE_CONFLICT, "%s: the node is at another block",
                       rpc_label(node->rpc));
    /* Somebody else's coin in our records is none of ours. */
    bool is_ours = !address || strcmp(address, asked->address) == 0;
    snprintf(ret_units, CHAIN_UNITS_SIZE, "%lld",
             is_ours ? (long long)(amount.units / UNITS_OF_DEC) : 0LL);
    return true;
}

static bool ask(struct node *node, const struct coin_asked *coins, size_t count,
                cJSON **ret_answers, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(CHAIN_BALANCES_MAX * QUESTION_BYTES + 16);
    struct rpc_answer answer;
    for (size_t i = 0; i < count; i++) {
        str_add_format(&body,
                       "%s{\"jsonrpc\":\"1.0\",\"id\":%zu,\"method\":\"gettxout\",\"params\":[",
                       i == 0 ? "[" : ",", i);
        json_write_string(&body, coins[i].txid);
        str_add_format(&body, ",%u,false]}", (unsigned)coins[i].vout);
    }
    str_add_char(&body, ']');
    if (!str_ok(&body))
        return err_set(err, ERR_INVALID, "too many coins in one question");
    return rpc_post(node->rpc, "gettxout", str_data(&body), body.length, &answer, err) &&
           json_read(answer.result, answer.length, ret_answers, err);
}

bool bitcoin_coins(struct node *node, const struct coin_asked *coins, size_t count,
                   const char *hash, char (*ret_units)[CHAIN_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *answers = NULL;
    size_t at = 0;
    assert(count <= CHAIN_BALANCES_MAX);
    if (count == 0)
        return true;
    if (!ask(node, coins, count, &answers, err))
        return err->code == ERR_BODY_INVALID ? nonsense(err, node, "no JSON") : false;
    for (const cJSON *one = cJSON_IsArray(answers) ? answers->child : NULL; one; one = one->next) {
        const cJSON *error = json_member(one, "error"), *result = json_member(one, "result");
        int64_t id;
        if (at == count || !json_member_i64(one, "id", &id) || id != (int64_t)at ||
            (error && !cJSON_IsNull(error)) || !result)
            return nonsense(err, node, "not what was asked for");
        if (cJSON_IsNull(result))
            snprintf(ret_units[at], CHAIN_UNITS_SIZE, "0");
        else if (!read_coin(node, result, &coins[at], hash, ret_units[at], err))
            return false;
        at++;
    }
    return at == count || nonsense(err, node, "not what was asked for");
}
