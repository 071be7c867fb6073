#include "token/verify.h"

#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "token/claims.h"
#include "token/jwk.h"
#include "token/key.h"
#include "json/read.h"

struct parts {
    const char *header, *payload, *signature;
    size_t header_length, payload_length, signature_length;
};

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_UNAUTHENTICATED, "token: %s", what);
}

/* Three parts, none empty: two dots, no more. Five are a JWE, an empty third is alg "none". */
static bool parts_split(const char *text, size_t length, struct parts *ret_parts, struct err *err)
{
    if (length == 0 || length > TOKEN_BYTES_MAX)
        return refuse(err, "empty or too long");
    const char *end = text + length;
    const char *first = memchr(text, '.', length);
    const char *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
    if (!second || memchr(second + 1, '.', (size_t)(end - second - 1)))
        return refuse(err, "not three parts");
    *ret_parts = (struct parts){.header = text,
                                .header_length = (size_t)(first - text),
                                .payload = first + 1,
                                .payload_length = (size_t)(second - first - 1),
                                .signature = second + 1,
                                .signature_length = (size_t)(end - second - 1)};
    if (!ret_parts->header_length || !ret_parts->payload_length || !ret_parts->signature_length)
        return refuse(err, "an empty part");
    return true;
}

bool part_read_object(const char *part, size_t length, cJSON **ret_object, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    cJSON *object = NULL;
    if (!base64url_read(part, length, &text))
        return refuse(err, "the header is no base64url");
    if (!json_read(str_data(&text), text.length, &object, err)) {
        err->code = ERR_UNAUTHENTICATED;
        err->key = NULL;
        return err_wrap(err, "token header");
    }
    if (!cJSON_IsObject(object)) {
        cJSON_Delete(object);
        return refuse(err, "the header is no object");
    }
    *ret_object = object;
    return true;
}

/* "application/" may be left out in front of a type (RFC 7515 §4.1.9). */
static bool is_type(const cJSON *type, const char *wanted)
{
    static const char prefix[] = "application/";
    const char *text = cJSON_IsString(type) ? type->valuestring : "";
    if (strncasecmp(text, prefix, sizeof(prefix) - 1) == 0)
        text += sizeof(prefix) - 1;
    return strcasecmp(text, wanted) == 0;
}

bool header_check(const cJSON *header, const char *type, struct err *err)
{
    static const char *const refused[] = {"jku", "jwk", "x5u", "x5c", "crit",
                                          "b64", "zip", "enc", "cty"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (json_member(header, refused[i]))
            return err_set(err, ERR_UNAUTHENTICATED, "token: header parameter %s", refused[i]);
    const cJSON *given = json_member(header, "typ");
    bool fits =
        type ? is_type(given, type) : !given || is_type(given, "JWT") || is_type(given, "at+jwt");
    return fits || refuse(err, "another type of token");
}

/* The key comes from our list alone, and its algorithm is what the header must say. */
static bool key_choose(const struct token_keys *keys, const cJSON *header,
                       const struct token_key **ret_key, struct err *err)
{
    const cJSON *name = json_member(header, "kid");
    const char *algorithm = json_member_text(header, "alg");
    const struct token_key *key = NULL;
    if (name && !cJSON_IsString(name))
        return refuse(err, "kid is no string");
    if (name)
        key = key_find(keys, name->valuestring);
    else if (keys->nameless[0] != '\0')
        key = key_find(keys, keys->nameless);
    else if (keys->count == 1)
        key = &keys->keys[0];
    if (!key)
        return refuse(err, name ? "unknown key" : "kid is missing and there are several keys");
    if (!algorithm || strcmp(algorithm, key->algorithm->name) != 0)
        return refuse(err, "not the algorithm of the key");
    *ret_key = key;
    return true;
}

static bool signature_check(const struct token_key *key, const struct parts *parts, struct err *err)
{
    AUTO(str_release) struct str signature = STR_INIT(TOKEN_BYTES_MAX);
    if (!base64url_read(parts->signature, parts->signature_length, &signature))
        return refuse(err, "the signature is no base64url");
    size_t length = parts->header_length + 1 + parts->payload_length;
    if (!key_verifies(key, parts->header, length, (const uint8_t *)str_data(&signature),
                      signature.length))
        return refuse(err, "wrong signature");
    return true;
}

/* The rest, once it is known whose key it must be. */
static bool parts_verify(const struct token_key *key, const struct parts *parts,
                         const struct token_rules *rules, int64_t now_us,
                         struct token_claims *ret_claims, struct str *json, struct err *err)
{
    struct token_claims claims;
    size_t start = json->length;
    /* The claims are not even parsed before somebody whom we trust has signed them. */
    if (!signature_check(key, parts, err))
        return false;
    if (!base64url_read(parts->payload, parts->payload_length, json))
        return refuse(err, "the payload is no base64url");
    if (!claims_read(json->data + start, json->length - start, rules, now_us, &claims, err)) {
        json->length = start;
        json->data[start] = '\0';
        return false;
    }
    memcpy(claims.key_name, key->name, sizeof(claims.key_name));
    claims.json = json->data + start;
    claims.json_length = json->length - start;
    *ret_claims = claims;
    return true;
}

bool token_verify(const struct token_keys *keys, const struct token_rules *rules, int64_t now_us,
                  const char *text, size_t length, struct token_claims *ret_claims,
                  struct str *json, struct err *err)
{
    struct parts parts = {.header = NULL};
    const struct token_key *key = NULL;
    cJSON *header = NULL;
    if (!parts_split(text, length, &parts, err) ||
        !part_read_object(parts.header, parts.header_length, &header, err))
        return false;
    pthread_rwlock_rdlock(keys->lock);
    bool good = header_check(header, rules->type, err) && key_choose(keys, header, &key, err) &&
                parts_verify(key, &parts, rules, now_us, ret_claims, json, err);
    pthread_rwlock_unlock(keys->lock);
    cJSON_Delete(header);
    return good;
}

bool token_keys_lack(const struct token_keys *keys, const char *text, size_t length)
{
    struct parts parts = {.header = NULL};
    struct err err;
    cJSON *header = NULL;
    if (!parts_split(text, length, &parts, &err) ||
        !part_read_object(parts.header, parts.header_length, &header, &err))
        return false;
    const char *name = json_member_text(header, "kid");
    pthread_rwlock_rdlock(keys->lock);
    bool lacking = name && !key_find(keys, name);
    pthread_rwlock_unlock(keys->lock);
    cJSON_Delete(header);
    return lacking;
}

bool token_verify_proof(const struct token_rules *rules, int64_t now_us, const char *text,
                        size_t length, struct token_claims *ret_claims, struct str *json,
                        char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE], struct err *err)
{
    struct parts parts = {.header = NULL};
    char thumbprint[TOKEN_THUMBPRINT_SIZE];
    struct embedded embedded = {token_keys_new(), thumbprint};
    cJSON *header = NULL;
    assert(rules->type != NULL);
    if (!embedded.keys)
        return err_set(err, ERR_INTERNAL, "out of memory");
    bool good = parts_split(text, length, &parts, err) &&
                part_read_object(parts.header, parts.header_length, &header, err) &&
                header_key(header, &embedded, err);
    if (good) {
        /* What is left must be as in any other header. */
        cJSON_DeleteItemFromObjectCaseSensitive(header, "jwk");
        good = header_check(header, rules->type, err) &&
               parts_verify(&embedded.keys->keys[0], &parts, rules, now_us, ret_claims, json, err);
    }
    cJSON_Delete(header);
    token_keys_free(embedded.keys);
    if (good)
        memcpy(ret_thumbprint, thumbprint, sizeof(thumbprint));
    return good;
}
