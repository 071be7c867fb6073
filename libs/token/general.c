/*
 * JWS general JSON (RFC 7515 §7.2.1): one payload, several signatures. Who signed is told by the
 * unprotected header, so it is a claim and no more: the key of that name must verify, with the
 * algorithm that we hold for it, whatever the protected header says.
 */
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "token/claims.h"
#include "token/key.h"
#include "token/verify.h"
#include "json/field.h"
#include "json/read.h"

enum {
    SIGNATURES_MAX = 16,
    SIGNERS_MAX = 32, /* bits of ret_signers */
    PAYLOAD_BYTES_MAX = JSON_STRING_BYTES_MAX,
    INPUT_BYTES_MAX = PAYLOAD_BYTES_MAX + TOKEN_BYTES_MAX
};

struct document {
    const char *payload; /* base64url */
    const cJSON *signatures;
    struct str *input; /* "protected.payload" of the signature in hand */
};

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_UNAUTHENTICATED, "signed document: %s", what);
}

static void delete_tree(cJSON **tree)
{
    cJSON_Delete(*tree);
}

static bool document_open(const cJSON *root, struct document *ret_document, struct err *err)
{
    const char *payload = json_member_text(root, "payload");
    const cJSON *signatures = json_member(root, "signatures");
    if (!payload || !cJSON_IsArray(signatures))
        return err_set(err, ERR_BODY_INVALID, "no payload text and list of signatures");
    if (cJSON_GetArraySize(signatures) > SIGNATURES_MAX)
        return err_set(err, ERR_BODY_INVALID, "more than %d signatures", SIGNATURES_MAX);
    const cJSON *each;
    cJSON_ArrayForEach(each, signatures)
    {
        if (!json_member_text(each, "protected") || !json_member_text(each, "signature") ||
            !cJSON_IsObject(json_member(each, "header")))
            return err_set(err, ERR_BODY_INVALID, "a signature lacks protected, header, signature");
    }
    ret_document->payload = payload;
    ret_document->signatures = signatures;
    return true;
}

/* The position of the signer among the permitted ones; false: not one of them. */
static bool signer_find(const cJSON *signature, const char *const *permitted, unsigned *ret_index)
{
    const char *name = json_member_text(json_member(signature, "header"), "kid");
    for (unsigned i = 0; name && permitted[i]; i++) {
        assert(i < SIGNERS_MAX);
        if (strcmp(permitted[i], name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* Both headers are looked at: a parameter may stand in one of them only; `alg` must be signed. */
static bool headers_check(const cJSON *signature, const struct token_key *key, struct err *err)
{
    AUTO(delete_tree) cJSON *protected = NULL;
    const char *part = json_member_text(signature, "protected");
    const cJSON *header = json_member(signature, "header");
    if (!part_read_object(part, strlen(part), &protected, err))
        return false;
    const char *algorithm = json_member_text(protected, "alg");
    const cJSON *name = json_member(protected, "kid");
    if (!algorithm || strcmp(algorithm, key->algorithm->name) != 0)
        return refuse(err, "not the algorithm of the key");
    if (json_member(header, "alg"))
        return refuse(err, "alg outside of the protected header");
    if (name && (!cJSON_IsString(name) || strcmp(name->valuestring, key->name) != 0))
        return refuse(err, "two names of the key");
    return header_check(protected, NULL, err) && header_check(header, NULL, err);
}

static bool signature_check(const struct document *document, const cJSON *signature,
                            const struct token_key *key, struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(TOKEN_BYTES_MAX);
    const char *text = json_member_text(signature, "signature");
    if (!headers_check(signature, key, err))
        return false;
    if (!base64url_read(text, strlen(text), &bytes))
        return refuse(err, "the signature is no base64url");
    str_clear(document->input);
    str_add(document->input, json_member_text(signature, "protected"));
    str_add_char(document->input, '.');
    str_add(document->input, document->payload);
    if (!str_ok(document->input))
        return refuse(err, "too long");
    if (!key_verifies(key, document->input->data, document->input->length,
                      (const uint8_t *)str_data(&bytes), bytes.length))
        return refuse(err, "wrong signature");
    return true;
}

static bool signers_check(const struct token_keys *keys, const char *const *permitted,
                          const struct document *document, uint32_t *ret_signers, struct err *err)
{
    uint32_t signers = 0;
    const cJSON *each;
    cJSON_ArrayForEach(each, document->signatures)
    {
        unsigned index;
        if (!signer_find(each, permitted, &index))
            continue;
        const struct token_key *key = key_find(keys, permitted[index]);
        if (!key)
            return refuse(err, "a permitted signer has no key here");
        if (!signature_check(document, each, key, err))
            return err_wrap(err, "signer %s", permitted[index]);
        signers |= (uint32_t)1 << index;
    }
    *ret_signers = signers;
    return true;
}

bool token_verify_general(const struct token_keys *keys, const char *const *permitted,
                          const struct token_rules *rules, int64_t now_us, const char *text,
                          size_t length, uint32_t *ret_signers, struct str *json, struct err *err)
{
    AUTO(delete_tree) cJSON *root = NULL;
    AUTO(str_release) struct str input = STR_INIT(INPUT_BYTES_MAX);
    struct document document = {.input = &input};
    struct token_claims claims;
    uint32_t signers = 0;
    if (!json_read(text, length, &root, err)) {
        err->code = ERR_BODY_INVALID;
        return err_wrap(err, "signed document");
    }
    if (!document_open(root, &document, err) ||
        !signers_check(keys, permitted, &document, &signers, err))
        return false;
    size_t start = json->length;
    if (!base64url_read(document.payload, strlen(document.payload), json) || json->length == start)
        return refuse(err, "the payload is no base64url");
    if (!claims_read(json->data + start, json->length - start, rules, now_us, &claims, err)) {
        json->length = start;
        json->data[start] = '\0';
        return false;
    }
    *ret_signers = signers;
    return true;
}

/* ---- one more signature ---- */

static void add_text(struct str *out, const char *key, const char *text)
{
    str_add(out, key);
    json_write_string(out, text);
}

static void add_former(struct str *out, const cJSON *signature)
{
    const char *kid = json_member_text(json_member(signature, "header"), "kid");
    add_text(out, "{\"protected\":", json_member_text(signature, "protected"));
    add_text(out, ",\"header\":{\"kid\":", kid);
    add_text(out, "},\"signature\":", json_member_text(signature, "signature"));
    str_add(out, "},");
}

bool token_sign_also(struct token_signer *signer, const char *document, size_t length,
                     struct str *out, struct err *err)
{
    static const char list[] = "\"signatures\":[";
    AUTO(delete_tree) cJSON *root = NULL;
    AUTO(str_release) struct str payload = STR_INIT(PAYLOAD_BYTES_MAX);
    AUTO(str_release) struct str ours = STR_INIT(2 * INPUT_BYTES_MAX);
    struct document former;
    if (!json_read(document, length, &root, err) || !document_open(root, &former, err))
        return false;
    if (cJSON_GetArraySize(former.signatures) == SIGNATURES_MAX ||
        !base64url_read(former.payload, strlen(former.payload), &payload) ||
        strlen(str_data(&payload)) != payload.length)
        return err_set(err, ERR_BODY_INVALID, "no payload to be signed, or too many signatures");
    if (!token_sign_general(signer, str_data(&payload), &ours, err))
        return false;
    /* Base64 is read strictly: written again, the payload is what it was. */
    const char *mine = strstr(ours.data, list);
    assert(mine != NULL);
    mine += sizeof(list) - 1;
    add_text(out, "{\"payload\":", former.payload);
    str_add(out, ",\"signatures\":[");
    for (const cJSON *each = former.signatures->child; each; each = each->next)
        add_former(out, each);
    str_add(out, mine); /* with the brackets behind it */
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for a signed document");
}
