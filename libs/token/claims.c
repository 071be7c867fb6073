#include "token/claims.h"

#include <string.h>

#include "json/read.h"

enum {
    SECOND_US = 1000000,
    TIME_DIGITS_MAX = 15, /* the year 31 million; no sum with a leeway overflows */
    AUDIENCES_MAX = 32
};

struct claim_set {
    const cJSON *root;
    const char *text;
    size_t length;
};

static bool refuse(struct err *err, const char *claim, const char *what)
{
    return err_set(err, ERR_UNAUTHENTICATED, "claim %s: %s", claim, what);
}

/* Behind the string that opens at `at`. The text is valid JSON: the closing quote is there. */
static size_t string_end(const char *text, size_t at)
{
    for (at++; text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at + 1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * The source text of a top-level member. cJSON has a double, which no longer says whether 1.7e9 or
 * 1700000000.0 was written. A key with escapes is not found, and the claim is refused.
 */
static const char *member_source(const struct claim_set *set, const char *key)
{
    size_t key_length = strlen(key);
    unsigned depth = 0;
    for (size_t at = 0; at < set->length;) {
        char c = set->text[at];
        if (c != '"') {
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
            at++;
            continue;
        }
        size_t end = string_end(set->text, at);
        bool named = depth == 1 && end - at == key_length + 2 &&
                     memcmp(set->text + at + 1, key, key_length) == 0;
        for (at = end; is_blank(set->text[at]);)
            at++;
        if (!named || set->text[at] != ':')
            continue;
        for (at++; is_blank(set->text[at]);)
            at++;
        return set->text + at;
    }
    return NULL;
}

/* A whole number of seconds, written as such. 0: the claim is absent. */
static bool time_read(const struct claim_set *set, const char *key, int64_t *ret_seconds,
                      struct err *err)
{
    const cJSON *member = json_member(set->root, key);
    *ret_seconds = 0;
    if (!member)
        return true;
    const char *digits = cJSON_IsNumber(member) ? member_source(set, key) : NULL;
    int64_t seconds = 0;
    size_t count = 0;
    for (; digits && digits[count] >= '0' && digits[count] <= '9'; count++) {
        if (count == TIME_DIGITS_MAX)
            return refuse(err, key, "out of range");
        seconds = seconds * 10 + (digits[count] - '0');
    }
    if (count == 0 || digits[count] == '.' || digits[count] == 'e' || digits[count] == 'E')
        return refuse(err, key, "no whole number of seconds");
    *ret_seconds = seconds;
    return true;
}

/* A text claim that fits; "": absent. */
static bool text_read(const struct claim_set *set, const char *key, char *ret_text, size_t size,
                      struct err *err)
{
    const cJSON *member = json_member(set->root, key);
    ret_text[0] = '\0';
    if (!member)
        return true;
    if (!cJSON_IsString(member))
        return refuse(err, key, "no string");
    size_t length = strlen(member->valuestring);
    if (length >= size)
        return refuse(err, key, "too long");
    memcpy(ret_text, member->valuestring, length + 1);
    return true;
}

static bool is_wanted(const struct token_rules *rules, const char *audience)
{
    for (const char *const *each = rules->audience; *each; each++)
        if (strcmp(*each, audience) == 0)
            return true;
    return false;
}

/* One string or a list of strings; a wrong form is refused even where nobody asks for it. */
static bool audience_check(const struct claim_set *set, const struct token_rules *rules,
                           struct err *err)
{
    const cJSON *member = json_member(set->root, "aud"), *item;
    bool wanted = false;
    int count = 0;
    if (member && !cJSON_IsString(member) && !cJSON_IsArray(member))
        return refuse(err, "aud", "no string and no list");
    if (cJSON_IsString(member))
        wanted = rules->audience && is_wanted(rules, member->valuestring);
    if (cJSON_IsArray(member)) {
        cJSON_ArrayForEach(item, member)
        {
            if (!cJSON_IsString(item) || ++count > AUDIENCES_MAX)
                return refuse(err, "aud", "no list of a few strings");
            wanted = wanted || (rules->audience && is_wanted(rules, item->valuestring));
        }
    }
    return !rules->audience || wanted || refuse(err, "aud", "not for us");
}

static bool times_check(const struct token_claims *claims, bool expires,
                        const struct token_rules *rules, int64_t now_us, struct err *err)
{
    int64_t now_s = now_us / SECOND_US;
    if (rules->expiry_required && !expires)
        return refuse(err, "exp", "is missing");
    if (expires && now_s >= claims->expires_at_s + rules->leeway_s)
        return refuse(err, "exp", "expired");
    if (claims->not_before_s > now_s + rules->leeway_s)
        return refuse(err, "nbf", "not yet valid");
    if (claims->issued_at_s > now_s + rules->issued_at_leeway_s)
        return refuse(err, "iat", "issued in the future");
    return true;
}

static bool has_text(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return *text != '\0';
}

static bool texts_check(const struct token_claims *claims, const struct token_rules *rules,
                        struct err *err)
{
    if (rules->issuer && strcmp(claims->issuer, rules->issuer) != 0)
        return refuse(err, "iss", "not the issuer that we trust");
    if (rules->subject && strcmp(claims->subject, rules->subject) != 0)
        return refuse(err, "sub", "not the subject that we take");
    if (rules->jti_required && !has_text(claims->jti))
        return refuse(err, "jti", "is missing");
    return true;
}

bool claims_read(const char *text, size_t length, const struct token_rules *rules, int64_t now_us,
                 struct token_claims *ret_claims, struct err *err)
{
    struct token_claims claims = {.json = NULL};
    cJSON *root = NULL;
    if (!json_read(text, length, &root, err)) {
        err->code = ERR_UNAUTHENTICATED;
        err->key = NULL;
        return err_wrap(err, "claims");
    }
    const struct claim_set set = {root, text, length};
    bool good = cJSON_IsObject(root) || err_set(err, ERR_UNAUTHENTICATED, "claims are no object");
    good = good && text_read(&set, "iss", claims.issuer, sizeof(claims.issuer), err) &&
           text_read(&set, "sub", claims.subject, sizeof(claims.subject), err) &&
           text_read(&set, "jti", claims.jti, sizeof(claims.jti), err) &&
           time_read(&set, "iat", &claims.issued_at_s, err) &&
           time_read(&set, "exp", &claims.expires_at_s, err) &&
           time_read(&set, "nbf", &claims.not_before_s, err) &&
           times_check(&claims, json_member(root, "exp") != NULL, rules, now_us, err) &&
           texts_check(&claims, rules, err) && audience_check(&set, rules, err);
    cJSON_Delete(root);
    if (good)
        *ret_claims = claims;
    return good;
}
