#include "auth/actions/oauth_issue.h"

#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/domain/oauth_methods.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "json/field.h"

enum {
    SECOND_US = 1000000,
    CLAIMS_BYTES_MAX = 4096,
    LOGOUT_TOKEN_LIFE_S = 120,
    ID_TOKEN_LIFE_S = 3600
};

/* {"iss":..,"sub":..,"iat":..,"exp":..: what every token begins with. */
static void claims_begin(struct auth *app, struct str *out, const char *subject, int64_t now_us,
                         int64_t life_s)
{
    str_add(out, "{\"iss\":");
    json_write_string(out, oauth_issuer(app));
    str_add(out, ",\"sub\":");
    json_write_string(out, subject);
    str_add(out, ",\"iat\":");
    str_add_i64(out, now_us / SECOND_US);
    str_add(out, ",\"exp\":");
    str_add_i64(out, now_us / SECOND_US + life_s);
}

static void member_add(struct str *out, const char *name, const char *value)
{
    if (!value || value[0] == '\0')
        return;
    str_add_format(out, ",\"%s\":", name);
    json_write_string(out, value);
}

/* How and when the person showed who he is. */
static void authentication_add(struct str *out, const struct oauth_grant *grant)
{
    if (grant->authenticated_at == 0)
        return;
    str_add_format(out, ",\"auth_time\":%lld", (long long)(grant->authenticated_at / SECOND_US));
    member_add(out, "acr", oauth_acr(grant->methods));
    str_add(out, ",\"amr\":[");
    oauth_amr_write(out, grant->methods);
    str_add_char(out, ']');
}

static bool access_make(struct call *call, const struct oauth_issue *issue, struct str *token,
                        struct err *err)
{
    AUTO(str_release) struct str claims = STR_INIT(CLAIMS_BYTES_MAX);
    const struct oauth_grant *grant = issue->grant;
    uint32_t life_s = call->app->config->oauth_access_time_s;
    char jti[OAUTH_ID_SIZE], scopes[SCOPES_TEXT_MAX];
    oauth_id_make(jti);
    claims_begin(call->app, &claims, issue->user ? issue->user->uid : issue->client->client_id,
                 call->now_us, life_s);
    member_add(&claims, "aud", grant->resource[0] ? grant->resource : oauth_issuer(call->app));
    member_add(&claims, "client_id", issue->client->client_id);
    member_add(&claims, "jti", jti);
    member_add(&claims, "scope", scopes_text(issue->scopes, scopes));
    authentication_add(&claims, grant);
    if (issue->jkt) {
        str_add(&claims, ",\"cnf\":{\"jkt\":");
        json_write_string(&claims, issue->jkt);
        str_add_char(&claims, '}');
    }
    str_add_char(&claims, '}');
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "claims are too long");
    return oauth_sign(call->app, OAUTH_ACCESS_TYPE, str_data(&claims), token, err) &&
           oauth_access_insert(call->db, jti, grant->row,
                               call->now_us + (int64_t)life_s * SECOND_US, err);
}

/* The left half of the hash of the access token (OIDC Core 3.1.3.6); SHA-256 for all our algorithms
 * of that size. */
static void at_hash_add(struct str *out, const char *access)
{
    AUTO(str_release) struct str text = STR_INIT(64);
    uint8_t digest[SHA256_SIZE];
    sha256(access, strlen(access), digest);
    base64url_write(&text, digest, sizeof(digest) / 2);
    member_add(out, "at_hash", str_data(&text));
}

static bool id_token_make(struct call *call, const struct oauth_issue *issue, const char *access,
                          struct str *token, struct err *err)
{
    AUTO(str_release) struct str claims = STR_INIT(CLAIMS_BYTES_MAX);
    claims_begin(call->app, &claims, issue->user->uid, call->now_us, ID_TOKEN_LIFE_S);
    member_add(&claims, "aud", issue->client->client_id);
    member_add(&claims, "azp", issue->client->client_id);
    member_add(&claims, "nonce", issue->nonce);
    member_add(&claims, "sid", issue->grant->sid);
    authentication_add(&claims, issue->grant);
    at_hash_add(&claims, access);
    str_add_char(&claims, '}');
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "claims are too long");
    return oauth_sign(call->app, "JWT", str_data(&claims), token, err);
}

bool oauth_issue(struct call *call, const struct oauth_issue *issue, struct str *out,
                 struct err *err)
{
    AUTO(str_release) struct str access = STR_INIT(OAUTH_TOKEN_BYTES_MAX);
    AUTO(str_release) struct str id_token = STR_INIT(OAUTH_TOKEN_BYTES_MAX);
    char scopes[SCOPES_TEXT_MAX];
    if (!access_make(call, issue, &access, err) ||
        (issue->id_token && !id_token_make(call, issue, str_data(&access), &id_token, err)))
        return false;
    str_add(out, "{\"access_token\":\"");
    str_add(out, str_data(&access));
    str_add_format(out, "\",\"token_type\":\"%s\",\"expires_in\":%u",
                   issue->jkt ? "DPoP" : "Bearer", call->app->config->oauth_access_time_s);
    member_add(out, "scope", scopes_text(issue->scopes, scopes));
    member_add(out, "refresh_token", issue->refresh);
    member_add(out, "id_token", str_data(&id_token));
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for tokens");
}

bool oauth_refresh_issue(struct call *call, const struct oauth_grant *grant, const char *secret,
                         struct err *err)
{
    struct oauth_refresh_row row = {
        .grant = grant->row,
        .created_at = call->now_us,
        .expires_at = call->now_us + (int64_t)call->app->config->oauth_refresh_time_s * SECOND_US};
    uint8_t hash[OAUTH_HASH_SIZE];
    if (row.expires_at > grant->expires_at)
        row.expires_at = grant->expires_at;
    random_bytes(row.seed, sizeof(row.seed));
    oauth_hash(secret, hash);
    return oauth_refresh_insert(call->db, hash, &row, err);
}

bool oauth_logout_token(struct auth *app, const char *client_id, const char *uid, const char *sid,
                        int64_t now_us, struct str *out, struct err *err)
{
    AUTO(str_release) struct str claims = STR_INIT(CLAIMS_BYTES_MAX);
    char jti[OAUTH_ID_SIZE];
    oauth_id_make(jti);
    claims_begin(app, &claims, uid, now_us, LOGOUT_TOKEN_LIFE_S);
    member_add(&claims, "aud", client_id);
    member_add(&claims, "jti", jti);
    member_add(&claims, "sid", sid);
    str_add(&claims, ",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}}");
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "claims are too long");
    return oauth_sign(app, OAUTH_LOGOUT_TYPE, str_data(&claims), out, err);
}
