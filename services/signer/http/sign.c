/* /internal/sign: what the gateway wants signed. */
#include <string.h>

#include "crypto/crypto.h"
#include "json/field.h"
#include "signer/actions/sign_evm.h"
#include "signer/actions/sign_psbt.h"
#include "signer/actions/signer.h"
#include "signer/http/body.h"
#include "signer/http/context.h"
#include "signer/http/routes_internal.h"
#include "signer/state/limits.h"
#include "signer/state/metrics.h"

enum { RAW_BYTES_MAX = 256 * 1024 };

/* Observes how long it took, whatever came of it. */
static void reply(struct http_request *request, int64_t begin_us, bool done, const struct err *err)
{
    struct signer *app = request_signer(request);
    metric_observe_us(app->metrics, METRIC_SIGN_SECONDS, clock_monotonic_us(app->clock) - begin_us);
    if (done)
        http_reply_built(request, 200);
    else
        http_reply_err(request, err);
}

static void write_member(struct str *out, const char *before, const char *name)
{
    str_add_format(out, "%s\"%s\":", before, name);
}

/* ---- POST /internal/sign/psbt ---- */

static const struct payment_claim *psbt_claims(struct body *body, size_t *ret_count)
{
    const cJSON *list = json_member(body->root, "payments"), *each;
    int count = cJSON_GetArraySize(list);
    size_t at = 0;
    if (!cJSON_IsArray(list) || count < 1 || count > PAYMENTS_MAX) {
        body_mistake(body, "payments");
        return NULL;
    }
    struct payment_claim *claims =
        arena_alloc(http_arena(body->request), (size_t)count * sizeof(*claims));
    if (!claims) {
        body_mistake(body, "payments");
        return NULL;
    }
    cJSON_ArrayForEach(each, list)
    {
        claims[at++] = body_claim(body, each, NULL);
    }
    *ret_count = at;
    return claims;
}

static bool psbt_read(struct http_request *request, struct psbt_request *asked, struct err *err)
{
    struct body body;
    if (!body_open(request, &body, err))
        return false;
    asked->client = body_text(&body, body.root, "client");
    asked->network = body_text(&body, body.root, "network");
    asked->purpose = body_text(&body, body.root, "purpose");
    asked->psbt = body_base64(&body, body.root, "psbt");
    asked->claims = psbt_claims(&body, &asked->claims_count);
    asked->approvals = body_approvals(&body);
    return body_ok(&body, err);
}

static void psbt_write(struct http_request *request, const struct psbt_answer *answer)
{
    struct str *out = http_reply_builder(request);
    write_member(out, "{", "psbt");
    str_add_char(out, '"');
    base64_write(out, str_data(&answer->psbt), answer->psbt.length);
    str_add_char(out, '"');
    write_member(out, ",", "raw");
    str_add_char(out, '"');
    str_add_hex(out, str_data(&answer->raw), answer->raw.length);
    str_add_char(out, '"');
    write_member(out, ",", "txid");
    json_write_string(out, answer->txid);
    write_member(out, ",", "complete");
    str_add(out, answer->complete ? "true}" : "false}");
}

static void psbt(struct http_request *request)
{
    struct signer *app = request_signer(request);
    int64_t begin_us = clock_monotonic_us(app->clock);
    AUTO(psbt_answer_release)
    struct psbt_answer answer = {.psbt = STR_INIT(BODY_BYTES_MAX), .raw = STR_INIT(BODY_BYTES_MAX)};
    struct psbt_request asked = {.client = NULL};
    struct err err;
    bool done = psbt_read(request, &asked, &err) &&
                sign_psbt(app, &asked, http_arena(request), &answer, &err);
    if (done)
        psbt_write(request, &answer);
    reply(request, begin_us, done, &err);
}

/* ---- POST /internal/sign/evm ---- */

/* max_fee and max_priority_fee, or gas_price for chains without a fee market. */
static void evm_fees(struct body *body, struct evm_tx *tx)
{
    if (json_member(body->root, "gas_price")) {
        tx->kind = EVM_TX_LEGACY;
        tx->max_fee = body_units(body, body->root, "gas_price");
        return;
    }
    tx->kind = EVM_TX_FEE_MARKET;
    tx->max_fee = body_units(body, body->root, "max_fee");
    tx->max_priority_fee = body_units(body, body->root, "max_priority_fee");
}

static void evm_transaction(struct body *body, struct evm_tx *tx)
{
    const cJSON *root = body->root;
    struct err why;
    tx->chain_id = body_u64(body, root, "chain_id", INT64_MAX);
    tx->nonce = body_u64(body, root, "nonce", INT64_MAX);
    tx->gas = body_u64(body, root, "gas", INT64_MAX);
    tx->value = body_units_or_zero(body, root, "value");
    tx->data = body_hex(body, root, "data");
    evm_fees(body, tx);
    if (tx->chain_id == 0)
        body_mistake(body, "chain_id");
    if (!evm_address_parse(body_text(body, root, "to"), &tx->to, &why))
        body_mistake(body, "to");
}

/* "safe": {"nonce","to","value","data"?,"signatures"}; `safe` is filled if it is there. */
static void evm_safe(struct body *body, struct safe_tx *safe, struct evm_request *asked)
{
    const cJSON *object = json_member(body->root, "safe");
    struct err why;
    if (!object || cJSON_IsNull(object))
        return;
    safe->chain_id = asked->tx.chain_id;
    safe->safe = asked->tx.to;
    safe->nonce = body_u64(body, object, "nonce", INT64_MAX);
    safe->value = body_units_or_zero(body, object, "value");
    safe->data = body_hex(body, object, "data");
    if (!evm_address_parse(body_text(body, object, "to"), &safe->to, &why))
        body_mistake(body, "safe.to");
    asked->safe_signatures = body_hex(body, object, "signatures");
    if (asked->tx.data.length > 0 || asked->safe_signatures.length == 0)
        body_mistake(body, "safe.signatures");
    asked->safe = safe;
}

static bool evm_read(struct http_request *request, struct safe_tx *safe, struct evm_request *asked,
                     struct err *err)
{
    struct body body;
    if (!body_open(request, &body, err))
        return false;
    asked->client = body_text(&body, body.root, "client");
    asked->purpose = body_text(&body, body.root, "purpose");
    asked->account = (enum account)body_u64(&body, body.root, "account", ACCOUNT_MAX - 1);
    asked->index = (uint32_t)body_u64(&body, body.root, "index", KEY_INDEX_MAX);
    evm_transaction(&body, &asked->tx);
    evm_safe(&body, safe, asked);
    asked->payment = body_claim(&body, json_member(body.root, "payment"),
                                body_text(&body, body.root, "payout_id"));
    asked->approvals = body_approvals(&body);
    return body_ok(&body, err);
}

static void evm(struct http_request *request)
{
    struct signer *app = request_signer(request);
    int64_t begin_us = clock_monotonic_us(app->clock);
    AUTO(str_release) struct str raw = STR_INIT(RAW_BYTES_MAX);
    struct evm_request asked = {.client = NULL};
    struct safe_tx safe;
    char txid[EVM_TXID_SIZE];
    struct err err;
    bool done = evm_read(request, &safe, &asked, &err) && sign_evm(app, &asked, &raw, txid, &err);
    if (done) {
        struct str *out = http_reply_builder(request);
        write_member(out, "{", "raw");
        str_add(out, "\"0x");
        str_add_hex(out, str_data(&raw), raw.length);
        str_add_char(out, '"');
        write_member(out, ",", "txid");
        json_write_string(out, txid);
        str_add_char(out, '}');
    }
    reply(request, begin_us, done, &err);
}

#define SIGN(tail)                                                                                 \
    .method = "POST", .path = "/internal/sign/" tail, .mode = HTTP_WORKER,                         \
    .class_name = "signer.sign", .tag = "internal", .status = 200

const struct http_route sign_routes[] = {
    {SIGN("psbt"), .handler = psbt, .doc = "Our signatures in a PSBT of a Bitcoin-like chain."},
    {SIGN("evm"), .handler = evm, .doc = "A transaction of an Ethereum-like chain."},
    {.method = NULL}};
