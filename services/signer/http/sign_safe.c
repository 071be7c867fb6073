/* POST /internal/sign/safe: our signature under a transaction of a contract wallet. */
#include <string.h>

#include "json/field.h"
#include "signer/actions/sign_safe.h"
#include "signer/actions/signer.h"
#include "signer/http/body.h"
#include "signer/http/context.h"
#include "signer/http/routes_internal.h"
#include "signer/state/limits.h"

enum { CALL_BYTES_MAX = 256 * 1024 };

/* "signatures": objects that have 65 bytes as "signature". */
static void others_read(struct body *body, struct safe_request *asked)
{
    const cJSON *list = json_member(body->root, "signatures"), *each;
    int count = cJSON_GetArraySize(list);
    size_t at = 0;
    if (!list || cJSON_IsNull(list))
        return;
    struct span *others =
        cJSON_IsArray(list) && count < SAFE_OWNERS_MAX
            ? arena_alloc(http_arena(body->request), ((size_t)count + 1) * sizeof(*others))
            : NULL;
    if (!others) {
        body_mistake(body, "signatures");
        return;
    }
    cJSON_ArrayForEach(each, list)
    {
        others[at++] = body_hex(body, each, "signature");
    }
    asked->others = others;
    asked->others_count = at;
}

static bool safe_read(struct http_request *request, struct safe_request *asked, struct err *err)
{
    struct body body;
    struct err why;
    if (!body_open(request, &body, err))
        return false;
    const cJSON *root = body.root;
    asked->client = body_text(&body, root, "client");
    asked->purpose = body_text(&body, root, "purpose");
    asked->account = (enum account)body_u64(&body, root, "account", ACCOUNT_MAX - 1);
    asked->index = (uint32_t)body_u64(&body, root, "index", KEY_INDEX_MAX);
    asked->tx.chain_id = body_u64(&body, root, "chain_id", INT64_MAX);
    asked->tx.nonce = body_u64(&body, root, "nonce", INT64_MAX);
    asked->tx.value = body_units_or_zero(&body, root, "value");
    asked->tx.data = body_hex(&body, root, "data");
    if (!evm_address_parse(body_text(&body, root, "to"), &asked->tx.to, &why))
        body_mistake(&body, "to");
    if (!evm_address_parse(body_text(&body, root, "safe"), &asked->tx.safe, &why))
        body_mistake(&body, "safe");
    asked->payment =
        body_claim(&body, json_member(root, "payment"), body_text(&body, root, "payout_id"));
    asked->approvals = body_approvals(&body);
    others_read(&body, asked);
    return body_ok(&body, err);
}

static void write_hex(struct str *out, const char *name, const void *bytes, size_t length)
{
    str_add_format(out, ",\"%s\":\"0x", name);
    str_add_hex(out, bytes, length);
    str_add_char(out, '"');
}

static void safe(struct http_request *request)
{
    struct signer *app = request_signer(request);
    AUTO(safe_answer_release)
    struct safe_answer answer = {.signatures = STR_INIT(CALL_BYTES_MAX),
                                 .call = STR_INIT(CALL_BYTES_MAX)};
    struct safe_request asked = {.client = NULL};
    char owner[EVM_ADDRESS_TEXT_SIZE];
    struct err err;
    if (!safe_read(request, &asked, &err) || !sign_safe(app, &asked, &answer, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct str *out = http_reply_builder(request);
    str_add_format(out, "{\"digest\":\"%s\",\"owner\":\"%s\"", answer.digest,
                   evm_address_text(answer.owner, owner));
    write_hex(out, "signature", answer.signature, sizeof(answer.signature));
    write_hex(out, "signatures", str_data(&answer.signatures), answer.signatures.length);
    write_hex(out, "call", str_data(&answer.call), answer.call.length);
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

const struct http_route safe_routes[] = {
    {.method = "POST",
     .path = "/internal/sign/safe",
     .mode = HTTP_WORKER,
     .handler = safe,
     .class_name = "signer.sign",
     .tag = "internal",
     .status = 200,
     .doc = "Our signature, as an owner, under a transaction of a Safe."},
    {.method = NULL}};
