#include "auth/actions/oauth_client_auth.h"

#include <string.h>
#include <strings.h>

#include "auth/actions/oauth.h"
#include "auth/domain/oauth_error.h"
#include "auth/store/oauth_flows.h"
#include "base/auto.h"
#include "json/read.h"

enum { BASIC_BYTES_MAX = 1024, ASSERTION_LIFE_S_MAX = 3600, SKEW_S = 30, SECOND_US = 1000000 };

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static bool refuse(struct err *err)
{
    return oauth_refuse(err, OAUTH_INVALID_CLIENT, "client authentication failed");
}

/* ---- Basic ---- */

/* application/x-www-form-urlencoded, in place. */
static bool form_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from == '+' ? ' ' : *from;
            continue;
        }
        unsigned value = 0;
        for (int i = 1; i <= 2; i++) {
            const char *digits = "0123456789abcdef0123456789ABCDEF";
            const char *found = from[i] ? strchr(digits, from[i]) : NULL;
            if (!found)
                return false;
            value = value * 16 + (unsigned)((found - digits) % 16);
        }
        if (value == 0)
            return false;
        *to++ = (char)value;
        from += 2;
    }
    *to = '\0';
    return true;
}

static bool basic_read(struct call *call, const char *header, const char **ret_id,
                       const char **ret_secret, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(BASIC_BYTES_MAX);
    const char *digits = header + strlen("Basic ");
    if (!base64_read_any(digits, strlen(digits), &text) || strlen(text.data) != text.length)
        return refuse(err);
    char *id = arena_strdup(call->arena, text.data), *colon = id ? strchr(id, ':') : NULL;
    if (!colon)
        return refuse(err);
    *colon = '\0';
    if (!form_decode(id) || !form_decode(colon + 1))
        return refuse(err);
    *ret_id = id;
    *ret_secret = colon + 1;
    return true;
}

/* ---- assertions ---- */

/* Who an assertion says it is of: believed only as far as to know whose keys to take. */
static bool assertion_peek(struct call *call, const char *assertion, const char **ret_id)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    const char *payload = strchr(assertion, '.');
    const char *end = payload ? strchr(payload + 1, '.') : NULL;
    struct err ignored;
    cJSON *claims;
    *ret_id = NULL;
    if (!end || !base64url_read(payload + 1, (size_t)(end - payload - 1), &text) ||
        !json_read(str_data(&text), text.length, &claims, &ignored))
        return false;
    const char *subject = json_member_text(claims, "sub");
    *ret_id = subject ? arena_strdup(call->arena, subject) : NULL;
    cJSON_Delete(claims);
    return *ret_id != NULL;
}

/* The header's algorithm is the registered one; whether it is the key's is checked later. */
static bool algorithm_fits(const struct oauth_client *client, const char *assertion)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    size_t length = strcspn(assertion, ".");
    struct err ignored;
    cJSON *header;
    if (!client->assertion_algorithm)
        return true;
    if (!base64url_read(assertion, length, &text) ||
        !json_read(str_data(&text), text.length, &header, &ignored))
        return false;
    const char *algorithm = json_member_text(header, "alg");
    bool fits = algorithm && strcmp(algorithm, client->assertion_algorithm) == 0;
    cJSON_Delete(header);
    return fits;
}

static bool assertion_verify(struct call *call, const struct oauth_client *client,
                             const struct oauth_credentials *credentials,
                             struct token_claims *ret_claims, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    AUTO(str_release) struct str endpoint = STR_INIT(1024), token_endpoint = STR_INIT(1024);
    oauth_address(call->app, credentials->endpoint, &endpoint);
    oauth_address(call->app, "/oauth2/token", &token_endpoint);
    const char *const audience[] = {oauth_issuer(call->app), str_data(&token_endpoint),
                                    str_data(&endpoint), NULL};
    const struct token_rules rules = {.issuer = client->client_id,
                                      .subject = client->client_id,
                                      .audience = audience,
                                      .leeway_s = SKEW_S,
                                      .issued_at_leeway_s = SKEW_S,
                                      .expiry_required = true,
                                      .jti_required = true};
    size_t length = strlen(credentials->assertion);
    bool good = false;
    /* Keys that are an address are asked once more: they may have been changed a moment ago. */
    for (int round = 0; round < (client->jwks_uri ? 2 : 1) && !good; round++) {
        struct token_keys *keys = NULL;
        if (!oauth_client_keys(call->app, client, round > 0, &keys, err))
            return false;
        bool lacks = token_keys_lack(keys, credentials->assertion, length);
        good = token_verify(keys, &rules, call->now_us, credentials->assertion, length, ret_claims,
                            &json, err);
        token_keys_free(keys);
        if (!good && !lacks)
            break;
    }
    ret_claims->json = NULL; /* dies here */
    return good || refuse(err);
}

static bool assertion_check(struct call *call, const struct oauth_client *client,
                            const struct oauth_credentials *credentials, struct err *err)
{
    struct token_claims claims;
    bool first;
    if (!algorithm_fits(client, credentials->assertion) ||
        !assertion_verify(call, client, credentials, &claims, err))
        return refuse(err);
    if (claims.expires_at_s > call->now_us / SECOND_US + ASSERTION_LIFE_S_MAX)
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "the assertion lives longer than an hour");
    if (!oauth_once(call->db, "assertion", client->client_id, claims.jti,
                    (claims.expires_at_s + 2 * SKEW_S) * SECOND_US, &first, err))
        return false;
    return first || oauth_refuse(err, OAUTH_INVALID_CLIENT, "the assertion was used before");
}

/* ---- the way that was taken ---- */

struct attempt {
    enum oauth_auth_method method;
    const char *client_id, *secret;
};

static bool attempt_read(struct call *call, const struct oauth_credentials *credentials,
                         struct attempt *attempt, struct err *err)
{
    const char *header = credentials->authorization;
    bool basic = header && strncasecmp(header, "Basic ", 6) == 0;
    bool asserts = credentials->assertion || credentials->assertion_type;
    if (basic + (credentials->client_secret != NULL) + asserts > 1)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "two ways of client authentication");
    *attempt = (struct attempt){.method = OAUTH_AUTH_NONE, .client_id = credentials->client_id};
    if (header && !basic)
        return refuse(err);
    if (basic) {
        attempt->method = OAUTH_AUTH_BASIC;
        if (!basic_read(call, header, &attempt->client_id, &attempt->secret, err))
            return false;
    } else if (credentials->client_secret) {
        attempt->method = OAUTH_AUTH_POST;
        attempt->secret = credentials->client_secret;
    } else if (asserts) {
        attempt->method = OAUTH_AUTH_KEY;
        if (!credentials->assertion_type || !credentials->assertion ||
            strcmp(credentials->assertion_type, ASSERTION_TYPE) != 0)
            return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                                "client_assertion_type must be " ASSERTION_TYPE);
        if (!assertion_peek(call, credentials->assertion, &attempt->client_id))
            return refuse(err);
    }
    if (!attempt->client_id || attempt->client_id[0] == '\0')
        return refuse(err);
    /* Who names himself twice must mean the same. */
    if (credentials->client_id && strcmp(credentials->client_id, attempt->client_id) != 0)
        return refuse(err);
    return true;
}

static bool secret_fits(const struct call *call, const struct oauth_client_secrets *secrets,
                        const char *secret)
{
    uint8_t hash[OAUTH_HASH_SIZE];
    oauth_hash(secret, hash);
    bool current = secrets->has_secret && bytes_equal(hash, secrets->secret, sizeof(hash));
    bool former = secrets->has_former && secrets->former_until > call->now_us &&
                  bytes_equal(hash, secrets->former, sizeof(hash));
    return current || former;
}

bool oauth_client_authenticate(struct call *call, const struct oauth_credentials *credentials,
                               struct oauth_client_row *ret_row, struct err *err)
{
    struct attempt attempt = {.secret = NULL};
    struct oauth_client_row row;
    if (!attempt_read(call, credentials, &attempt, err))
        return false;
    if (!oauth_clients_find(call->db, call->arena, attempt.client_id, &row, err))
        return err->code == ERR_NOT_FOUND ? refuse(err) : false;
    /* A client that has a secret does not pass without it, nor by another way than its own. */
    if (!row.client.is_enabled || row.client.auth_method != attempt.method)
        return refuse(err);
    bool good = true;
    if (oauth_client_has_secret(&row.client))
        good = secret_fits(call, &row.secrets, attempt.secret) || refuse(err);
    else if (attempt.method == OAUTH_AUTH_KEY)
        good = assertion_check(call, &row.client, credentials, err);
    if (good)
        *ret_row = row;
    return good;
}
