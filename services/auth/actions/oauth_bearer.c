#include "auth/actions/oauth_bearer.h"

#include <string.h>
#include <strings.h>

#include "auth/actions/oauth.h"
#include "auth/domain/oauth_error.h"
#include "auth/store/changes.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { SECOND_US = 1000000, INTROSPECTION_BYTES_MAX = 8192 };

bool oauth_bearer_is(const char *token)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    struct err ignored;
    cJSON *header;
    if (!base64url_read(token, strcspn(token, "."), &text) ||
        !json_read(str_data(&text), text.length, &header, &ignored))
        return false;
    const char *type = json_member_text(header, "typ");
    bool is =
        type && (strcasecmp(type, "at+jwt") == 0 || strcasecmp(type, "application/at+jwt") == 0);
    cJSON_Delete(header);
    return is;
}

/* What only the token says: its scopes (they may be narrower than the grant's), client and key. */
static bool claims_take(const char *json, struct oauth_bearer *bearer)
{
    struct err ignored;
    cJSON *claims;
    if (!json_read(json, strlen(json), &claims, &ignored))
        return false;
    const char *client = json_member_text(claims, "client_id");
    const char *audience = json_member_text(claims, "aud");
    const char *jkt = json_member_text(json_member(claims, "cnf"), "jkt");
    bool good = client && audience && strlen(client) < sizeof(bearer->client_id) &&
                strlen(audience) < sizeof(bearer->audience) &&
                (!jkt || strlen(jkt) < sizeof(bearer->jkt)) &&
                scopes_parse(json_member_text(claims, "scope"), &bearer->scopes);
    if (good) {
        snprintf(bearer->client_id, sizeof(bearer->client_id), "%s", client);
        snprintf(bearer->audience, sizeof(bearer->audience), "%s", audience);
        snprintf(bearer->jkt, sizeof(bearer->jkt), "%s", jkt ? jkt : "");
    }
    cJSON_Delete(claims);
    return good;
}

bool oauth_bearer_enter(struct call *call, const char *token, struct oauth_bearer *ret_bearer,
                        struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    struct oauth_grant grant;
    struct oauth_bearer bearer = {.scopes = 0};
    if (!oauth_verify(call->app, OAUTH_ACCESS_TYPE, NULL, false, token, &claims, &json, err) ||
        strlen(claims.jti) >= sizeof(bearer.jti) || !claims_take(str_data(&json), &bearer))
        return oauth_refuse(err, OAUTH_INVALID_TOKEN, "the token is not ours, or it is over");
    if (!oauth_access_find(call->db, claims.jti, call->now_us, &grant, err))
        return err->code == ERR_NOT_FOUND
                   ? oauth_refuse(err, OAUTH_INVALID_TOKEN, "the token was revoked")
                   : false;
    bearer.user_id = grant.user_id;
    bearer.issued_at = claims.issued_at_s * SECOND_US;
    bearer.expires_at = claims.expires_at_s * SECOND_US;
    memcpy(bearer.grant_id, grant.grant_id, sizeof(bearer.grant_id));
    memcpy(bearer.jti, claims.jti, strlen(claims.jti) + 1); /* it fits: above */
    if (grant.user_id)
        snprintf(bearer.uid, sizeof(bearer.uid), "%.32s", claims.subject);
    *ret_bearer = bearer;
    return true;
}

/* ---- introspection ---- */

static void member_add(struct str *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    str_add_format(out, ",\"%s\":", name);
    json_write_string(out, value);
}

static void times_add(struct str *out, int64_t issued_at, int64_t expires_at)
{
    str_add_format(out, ",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld",
                   (long long)(issued_at / SECOND_US), (long long)(issued_at / SECOND_US),
                   (long long)(expires_at / SECOND_US));
}

static void access_write(struct call *call, const struct oauth_bearer *bearer, struct str *out)
{
    char scopes[SCOPES_TEXT_MAX];
    str_add_format(out, "{\"active\":true,\"token_type\":\"%s\"",
                   bearer->jkt[0] ? "DPoP" : "Bearer");
    member_add(out, "scope", scopes_text(bearer->scopes, scopes));
    member_add(out, "client_id", bearer->client_id);
    member_add(out, "sub", bearer->uid[0] ? bearer->uid : bearer->client_id);
    member_add(out, "username", bearer->uid);
    member_add(out, "aud", bearer->audience);
    member_add(out, "iss", oauth_issuer(call->app));
    member_add(out, "jti", bearer->jti);
    times_add(out, bearer->issued_at, bearer->expires_at);
    if (bearer->jkt[0]) {
        str_add(out, ",\"cnf\":{\"jkt\":");
        json_write_string(out, bearer->jkt);
        str_add_char(out, '}');
    }
    str_add_char(out, '}');
}

/* A refresh token of this client that could be used now; ERR_NOT_FOUND. */
static bool refresh_find(struct call *call, const struct oauth_client *client, const char *token,
                         struct oauth_refresh_row *ret_row, struct oauth_grant *ret_grant,
                         struct err *err)
{
    uint8_t hash[OAUTH_HASH_SIZE];
    oauth_hash(token, hash);
    if (!oauth_refresh_find(call->db, hash, ret_row, err) ||
        !oauth_grants_get(call->db, ret_row->grant, ret_grant, err))
        return false;
    return ret_grant->client == client->row ||
           err_set(err, ERR_NOT_FOUND, "a token of another client");
}

static bool refresh_write(struct call *call, const struct oauth_client *client, const char *token,
                          struct str *out, struct err *err)
{
    struct oauth_refresh_row row;
    struct oauth_grant grant;
    struct user user;
    char scopes[SCOPES_TEXT_MAX];
    if (!refresh_find(call, client, token, &row, &grant, err) ||
        !users_by_id(call->db, call->arena, grant.user_id, &user, err))
        return false;
    if (row.used_at || row.expires_at <= call->now_us || grant.revoked_at)
        return err_set(err, ERR_NOT_FOUND, "the refresh token is over");
    str_add(out, "{\"active\":true,\"token_use\":\"refresh_token\"");
    member_add(out, "scope", scopes_text(grant.scopes, scopes));
    member_add(out, "client_id", client->client_id);
    member_add(out, "sub", user.uid);
    member_add(out, "username", user.uid);
    member_add(out, "iss", oauth_issuer(call->app));
    times_add(out, row.created_at, row.expires_at);
    str_add_char(out, '}');
    return true;
}

/* A client learns of its own tokens, and of those that are meant for it as a resource. */
static bool may_know(const struct oauth_client *client, const struct oauth_bearer *bearer)
{
    return strcmp(client->client_id, bearer->client_id) == 0 ||
           oauth_uris_have(&client->resources, bearer->audience);
}

bool oauth_introspect(struct call *call, const struct oauth_client *client, const char *token,
                      struct str *out, struct err *err)
{
    struct oauth_bearer bearer;
    bool known;
    if (oauth_bearer_is(token)) {
        known = oauth_bearer_enter(call, token, &bearer, err);
        if (!known && !oauth_is(err, OAUTH_INVALID_TOKEN))
            return false;
        known = known && may_know(client, &bearer);
        if (known)
            access_write(call, &bearer, out);
    } else {
        known = refresh_write(call, client, token, out, err);
        if (!known && err->code != ERR_NOT_FOUND)
            return false;
    }
    if (!known)
        str_add(out, "{\"active\":false}");
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for an answer");
}

/* ---- revocation ---- */

struct revocation {
    struct call *call;
    uint64_t grant;  /* of a refresh token: all ends */
    const char *jti; /* of an access token: it alone */
    const char *grant_id;
};

static bool revoke_unit(struct db *db, void *arg, struct err *err)
{
    struct revocation *revocation = arg;
    int64_t now_us = revocation->call->now_us;
    struct oauth_grant grant;
    if (revocation->jti)
        return oauth_access_revoke(db, revocation->jti, now_us, err) &&
               change_announce(db, CHANGE_OAUTH_GRANT, revocation->grant_id, err);
    return oauth_grants_lock(db, revocation->grant, &grant, err) &&
           oauth_grants_revoke(db, &grant, "client", now_us, err);
}

bool oauth_revoke(struct call *call, const struct oauth_client *client, const char *token,
                  struct err *err)
{
    struct revocation revocation = {.call = call};
    struct oauth_bearer bearer;
    struct oauth_refresh_row row;
    struct oauth_grant grant;
    if (oauth_bearer_is(token)) {
        if (!oauth_bearer_enter(call, token, &bearer, err))
            return oauth_is(err, OAUTH_INVALID_TOKEN);
        if (strcmp(bearer.client_id, client->client_id) != 0)
            return true;
        revocation.jti = bearer.jti;
        revocation.grant_id = bearer.grant_id;
    } else {
        if (!refresh_find(call, client, token, &row, &grant, err))
            return err->code == ERR_NOT_FOUND;
        revocation.grant = grant.row;
    }
    return db_transaction(call->db, revoke_unit, &revocation, err);
}
