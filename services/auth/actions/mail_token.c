#include "auth/actions/mail_token.h"

#include <string.h>

#include "auth/state/config.h"
#include "auth/state/signing.h"
#include "auth/store/used_tokens.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"
#include "token/token.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum {
    CLAIMS_BYTES_MAX = 8 * 1024,
    JTI_BYTES = 10,
    RESET_BYTES = 10,
    PARTS = 3,
    ISSUED_AT_LEEWAY_S = 60,
    SECOND_US = 1000000
};

static const int64_t time_s_max = INT64_MAX / SECOND_US; /* whose microseconds fit */

_Static_assert(RESET_TOKEN_SIZE == 2 * RESET_BYTES + 1, "a reset token fits");

/* ---- making ---- */

static void add_claim(struct str *out, const char *key, const char *value)
{
    str_add_char(out, ',');
    json_write_string(out, key);
    str_add_char(out, ':');
    json_write_string(out, value);
}

static void add_audience(struct str *out, const char *list)
{
    str_add(out, ",\"aud\":[");
    for (bool first = true; *list; first = false) {
        size_t length = strcspn(list, ",");
        str_add(out, first ? "" : ",");
        json_write_string_bytes(out, list, length);
        list += length + (list[length] == ',');
    }
    str_add_char(out, ']');
}

bool mail_token_make(struct call *call, const char *purpose, const struct user *user,
                     const char *reset_token, struct str *out, struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO(str_release) struct str claims = STR_INIT(CLAIMS_BYTES_MAX);
    int64_t now_s = call->now_us / SECOND_US;
    uint8_t jti[JTI_BYTES];
    random_bytes(jti, sizeof(jti));
    str_add_format(&claims, "{\"iat\":%lld,\"exp\":%lld", (long long)now_s,
                   (long long)now_s + config->jwt_expire_time_s);
    add_claim(&claims, "sub", purpose);
    add_claim(&claims, "iss", config->jwt_issuer);
    add_audience(&claims, config->jwt_audience);
    str_add(&claims, ",\"jti\":\"");
    str_add_hex(&claims, jti, sizeof(jti));
    str_add_char(&claims, '"');
    add_claim(&claims, "email", user->email);
    add_claim(&claims, "uid", user->uid);
    if (reset_token)
        add_claim(&claims, "reset_token", reset_token);
    str_add_char(&claims, '}');
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "the claims of a mail's token are too long");
    return signing_own_sign(call->app->signing, str_data(&claims), out, err);
}

/* ---- what is wrong with one ---- */

enum flaw {
    FLAW_SEGMENTS,
    FLAW_ENCODING,
    FLAW_ALGORITHM,
    FLAW_RAISED,
    FLAW_EXPIRED,
    FLAW_IAT,
    FLAW_JTI,
    FLAW_PURPOSE,
    FLAW_OTHER
};

static bool flawed(struct err *err, enum flaw flaw)
{
    static const char *const keys[] = {
        [FLAW_SEGMENTS] = "jwt.decode_and_verify.segments",
        [FLAW_ENCODING] = "jwt.decode_and_verify.encoding",
        [FLAW_ALGORITHM] = "jwt.decode_and_verify.algorithm",
        [FLAW_RAISED] = "jwt.decode_and_verify.raised",
        [FLAW_EXPIRED] = "jwt.decode_and_verify.expired",
        [FLAW_IAT] = "jwt.decode_and_verify.iat",
        [FLAW_JTI] = "jwt.decode_and_verify.jti",
        [FLAW_PURPOSE] = "jwt.decode_and_verify.subject",
        [FLAW_OTHER] = "jwt.decode_and_verify",
    };
    return err_set_key(err, ERR_INVALID, keys[flaw], "token of a mail: %s", keys[flaw]);
}

/* The purpose that a token has instead of the wanted one; only our own words are said. */
static bool wrong_purpose(struct err *err, const char *purpose)
{
    static const struct {
        const char *purpose, *key;
    } known[] = {{"confirmation", "jwt.decode_and_verify.confirmation"},
                 {"reset", "jwt.decode_and_verify.reset"},
                 {"session", "jwt.decode_and_verify.session"}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i].purpose, purpose) == 0)
            return err_set_key(err, ERR_INVALID, known[i].key, "a token for %s", purpose);
    return flawed(err, FLAW_PURPOSE);
}

static bool read_part(const char *part, size_t length, cJSON **ret_object)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    struct err ignored;
    cJSON *object;
    if (!base64url_read(part, length, &text) ||
        !json_read(str_data(&text), text.length, &object, &ignored))
        return false;
    if (!cJSON_IsObject(object)) {
        cJSON_Delete(object);
        return false;
    }
    *ret_object = object;
    return true;
}

/* Called for a token that was refused: why, in the words of the contract. Always false. */
static bool diagnose(struct call *call, const char *purpose, const char *token, struct err *err)
{
    static const struct token_rules lax = {.issuer = NULL};
    const struct auth_config *config = call->app->config;
    AUTO_FREE(cJSON_Delete) cJSON *header = NULL;
    AUTO_FREE(cJSON_Delete) cJSON *claims = NULL;
    AUTO(str_release) struct str json = STR_INIT(CLAIMS_BYTES_MAX);
    struct token_claims verified;
    struct err why;
    const char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    int64_t issued_at_s = 0, expires_at_s = 0;
    if (!second || strchr(second + 1, '.'))
        return flawed(err, FLAW_SEGMENTS);
    if (!read_part(token, (size_t)(first - token), &header) ||
        !read_part(first + 1, (size_t)(second - first - 1), &claims))
        return flawed(err, FLAW_ENCODING);
    const char *algorithm = json_member_text(header, "alg"), *sub = json_member_text(claims, "sub");
    if (!algorithm || strcmp(algorithm, config->jwt_algorithm) != 0)
        return flawed(err, FLAW_ALGORITHM);
    bool has_times = json_member_i64(claims, "iat", &issued_at_s) &&
                     json_member_i64(claims, "exp", &expires_at_s) && issued_at_s > 0 &&
                     issued_at_s < time_s_max && expires_at_s > 0 && expires_at_s < time_s_max;
    /* At the moment of its issue nothing but the signature can be wrong. */
    if (!token_verify(signing_own_keys(call->app->signing), &lax,
                      has_times ? issued_at_s * SECOND_US : call->now_us, token, strlen(token),
                      &verified, &json, &why))
        return flawed(err, FLAW_RAISED);
    if (has_times && expires_at_s * SECOND_US <= call->now_us)
        return flawed(err, FLAW_EXPIRED);
    if (!has_times || issued_at_s * SECOND_US > call->now_us + ISSUED_AT_LEEWAY_S * SECOND_US)
        return flawed(err, FLAW_IAT);
    if (!sub || strcmp(sub, purpose) != 0)
        return wrong_purpose(err, sub ? sub : "");
    return flawed(err, verified.jti[0] == '\0' ? FLAW_JTI : FLAW_OTHER);
}

/* ---- reading ---- */

static bool copy_claim(const cJSON *root, const char *key, char *room, size_t size)
{
    const char *text = json_member_text(root, key);
    if (!text || strlen(text) >= size)
        return false;
    memcpy(room, text, strlen(text) + 1);
    return true;
}

static bool read_claims(const struct token_claims *verified, bool is_reset,
                        struct mail_claims *ret_claims, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct mail_claims claims = {.expires_at = verified->expires_at_s * SECOND_US};
    if (!json_read(verified->json, verified->json_length, &root, err) ||
        !copy_claim(root, "uid", claims.uid, sizeof(claims.uid)) ||
        !copy_claim(root, "email", claims.email, sizeof(claims.email)) ||
        strlen(verified->jti) >= sizeof(claims.jti))
        return flawed(err, FLAW_OTHER);
    memcpy(claims.jti, verified->jti, strlen(verified->jti) + 1);
    if (is_reset && !copy_claim(root, "reset_token", claims.reset_token, RESET_TOKEN_SIZE))
        return flawed(err, FLAW_OTHER);
    *ret_claims = claims;
    return true;
}

bool mail_token_read(struct call *call, const char *purpose, const char *token,
                     struct mail_claims *ret_claims, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(CLAIMS_BYTES_MAX);
    const struct auth_config *config = call->app->config;
    struct token_claims verified;
    const struct token_rules rules = {.issuer = config->jwt_issuer[0] ? config->jwt_issuer : NULL,
                                      .subject = purpose,
                                      .issued_at_leeway_s = ISSUED_AT_LEEWAY_S,
                                      .expiry_required = true,
                                      .jti_required = true};
    if (!token_verify(signing_own_keys(call->app->signing), &rules, call->now_us, token,
                      strlen(token), &verified, &json, err))
        return diagnose(call, purpose, token, err);
    return read_claims(&verified, strcmp(purpose, "reset") == 0, ret_claims, err);
}

bool mail_token_use(struct call *call, const struct mail_claims *claims, struct err *err)
{
    bool first;
    if (!used_tokens_take(call->db, claims->jti, claims->expires_at, &first, err))
        return false;
    return first || err_set_key(err, ERR_INVALID, "identity.user.utilized_token",
                                "the token was used already");
}
