#include "signer/http/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "signer/state/limits.h"

static void delete_root(void *root)
{
    cJSON_Delete(root);
}

bool body_open(struct http_request *request, struct body *ret_body, struct err *err)
{
    size_t length;
    const char *text = http_body(request, &length);
    cJSON *root;
    if (!json_read(text, length, &root, err))
        return false;
    if (!arena_defer(http_arena(request), delete_root, root)) {
        cJSON_Delete(root);
        return err_set(err, ERR_BUSY, "no memory for a request");
    }
    *ret_body = (struct body){.request = request, .root = root};
    if (!cJSON_IsObject(root))
        return err_set(err, ERR_BODY_INVALID, "no object");
    return true;
}

bool body_ok(const struct body *body, struct err *err)
{
    if (body->failed)
        *err = body->why;
    return !body->failed;
}

void body_mistake(struct body *body, const char *name)
{
    if (body->failed)
        return;
    body->failed = true;
    err_set_key(&body->why, ERR_INVALID, "signer.request.invalid", "%s is missing or not valid",
                name);
}

static void no_memory(struct body *body)
{
    if (!body->failed)
        err_set(&body->why, ERR_BUSY, "no memory for a request");
    body->failed = true;
}

const char *body_text(struct body *body, const cJSON *object, const char *name)
{
    const char *text = json_member_text(object, name);
    if (!text)
        body_mistake(body, name);
    return text ? text : "";
}

const char *body_text_or(struct body *body, const cJSON *object, const char *name,
                         const char *fallback)
{
    const cJSON *member = json_member(object, name);
    if (!member || cJSON_IsNull(member))
        return fallback;
    return body_text(body, object, name);
}

struct u256 body_units(struct body *body, const cJSON *object, const char *name)
{
    const char *text = json_member_text(object, name);
    struct u256 units = U256_ZERO;
    if (!text || !u256_parse(text, &units))
        body_mistake(body, name);
    return units;
}

struct u256 body_units_or_zero(struct body *body, const cJSON *object, const char *name)
{
    const char *text = json_member_text(object, name);
    if (!json_member(object, name) || (text && text[0] == '\0'))
        return U256_ZERO;
    return body_units(body, object, name);
}

uint64_t body_u64(struct body *body, const cJSON *object, const char *name, uint64_t max)
{
    const char *text = json_member_text(object, name);
    int64_t number = -1;
    uint64_t digits = 0;
    bool done =
        text ? str_to_u64(text, &digits) : json_member_i64(object, name, &number) && number >= 0;
    uint64_t found = text ? digits : (uint64_t)number;
    if (done && found <= max)
        return found;
    body_mistake(body, name);
    return 0;
}

/* Bytes that a reader made, moved into the arena. */
static struct span to_arena(struct body *body, const struct str *bytes)
{
    void *copy = arena_alloc(http_arena(body->request), bytes->length + 1);
    if (!copy) {
        no_memory(body);
        return SPAN_NONE;
    }
    memcpy(copy, str_data(bytes), bytes->length);
    return span_of(copy, bytes->length);
}

struct span body_hex(struct body *body, const cJSON *object, const char *name)
{
    AUTO(str_release) struct str bytes = STR_INIT(BODY_BYTES_MAX);
    const char *text = body_text_or(body, object, name, "");
    if (text[0] == '\0' || strcmp(text, "0x") == 0)
        return SPAN_NONE;
    if (strncmp(text, "0x", 2) != 0 || !hex_read(text + 2, strlen(text + 2), &bytes)) {
        body_mistake(body, name);
        return SPAN_NONE;
    }
    return to_arena(body, &bytes);
}

struct span body_base64(struct body *body, const cJSON *object, const char *name)
{
    AUTO(str_release) struct str bytes = STR_INIT(BODY_BYTES_MAX);
    const char *text = body_text(body, object, name);
    if (!base64_read_any(text, strlen(text), &bytes) || bytes.length == 0) {
        body_mistake(body, name);
        return SPAN_NONE;
    }
    return to_arena(body, &bytes);
}

struct payment_claim body_claim(struct body *body, const cJSON *object, const char *payout_id)
{
    struct payment_claim claim = {.payout_id =
                                      payout_id ? payout_id : body_text(body, object, "payout_id"),
                                  .contract = body_text_or(body, object, "contract", ""),
                                  .to = body_text(body, object, "to"),
                                  .units = body_units(body, object, "units"),
                                  .has_place = json_member(object, "account") != NULL};
    if (claim.has_place) {
        claim.account = (enum account)body_u64(body, object, "account", ACCOUNT_MAX - 1);
        claim.index = (uint32_t)body_u64(body, object, "index", KEY_INDEX_MAX);
    }
    return claim;
}

static void free_text(void *text)
{
    cJSON_free(text);
}

static const char *approval_text(struct body *body, const cJSON *one)
{
    if (cJSON_IsString(one))
        return one->valuestring;
    char *text = cJSON_IsObject(one) ? cJSON_PrintUnformatted(one) : NULL;
    if (!text) {
        body_mistake(body, "approvals");
        return "";
    }
    if (!arena_defer(http_arena(body->request), free_text, text)) {
        cJSON_free(text);
        no_memory(body);
        return "";
    }
    return text;
}

struct approvals body_approvals(struct body *body)
{
    const cJSON *list = json_member(body->root, "approvals"), *each;
    struct approvals approvals = {.count = 0};
    int count = cJSON_GetArraySize(list);
    if (!list || cJSON_IsNull(list))
        return approvals;
    if (!cJSON_IsArray(list) || count > APPROVALS_MAX) {
        body_mistake(body, "approvals");
        return approvals;
    }
    const char **texts =
        arena_alloc(http_arena(body->request), ((size_t)count + 1) * sizeof(*texts));
    if (!texts) {
        no_memory(body);
        return approvals;
    }
    cJSON_ArrayForEach(each, list)
    {
        texts[approvals.count++] = approval_text(body, each);
    }
    approvals.texts = texts;
    return approvals;
}
