/* The session JWT, with the claims of the contract in its order (reference barong.md §3.3). */
#include <stdio.h>
#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/state/config.h"
#include "auth/state/signing.h"
#include "base/auto.h"
#include "base/random.h"
#include "json/field.h"

enum { JTI_BYTES = 10, CLAIMS_BYTES_MAX = 3072 };

static const int64_t second_us = 1000000;

static void member_text(struct str *out, const char *key, const char *value)
{
    str_add_format(out, ",\"%s\":", key);
    json_write_string(out, value);
}

/* A comma list as JSON texts. */
static void write_audience(struct str *out, const char *list)
{
    str_add(out, ",\"aud\":[");
    for (bool first = true; *list;) {
        size_t length = strcspn(list, ",");
        if (length > 0) {
            str_add(out, first ? "" : ",");
            json_write_string_bytes(out, list, length);
            first = false;
        }
        list += length + (list[length] == ',');
    }
    str_add(out, "]");
}

static void write_claims(const struct auth_config *config, const struct gate_holder *holder,
                         scope_set scopes, int64_t now_s, struct str *out)
{
    const struct user *user = &holder->user;
    uint8_t jti[JTI_BYTES];
    random_bytes(jti, sizeof(jti));
    str_add(out, "{\"iat\":");
    str_add_i64(out, now_s);
    str_add(out, ",\"exp\":");
    str_add_i64(out, now_s + config->jwt_expire_time_s);
    str_add(out, ",\"sub\":\"session\"");
    member_text(out, "iss", config->jwt_issuer);
    write_audience(out, config->jwt_audience);
    str_add(out, ",\"jti\":\"");
    str_add_hex(out, jti, sizeof(jti));
    str_add(out, "\"");
    member_text(out, "uid", user->uid);
    if (!holder->is_service_account)
        member_text(out, "username", user->username[0] ? user->username : NULL);
    member_text(out, "email", user->email);
    member_text(out, "role", user->role);
    str_add_format(out, ",\"level\":%d", user->level);
    member_text(out, "state", user->state);
    if (!holder->is_service_account) {
        str_add(out, ",\"referral_id\":");
        if (user->referral_id)
            str_add_u64(out, user->referral_id);
        else
            str_add(out, "null");
    }
    if (scopes != SCOPES_UNLIMITED) {
        char text[SCOPES_TEXT_MAX];
        member_text(out, "scope", scopes_text(scopes, text));
    }
    str_add(out, "}");
}

bool authz_mint(struct auth *app, const struct gate_holder *holder, scope_set scopes,
                int64_t now_us, struct gate_bearer *ret_bearer, struct err *err)
{
    AUTO(str_release) struct str claims = STR_INIT(CLAIMS_BYTES_MAX);
    AUTO(str_release) struct str bearer = STR_INIT(GATE_TOKEN_SIZE - 1);
    write_claims(app->config, holder, scopes, now_us / second_us, &claims);
    unsigned generation = signing_generation(app->signing);
    str_add(&bearer, "Bearer ");
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "no room for the claims of %s", holder->user.uid);
    if (!signing_sign(app->signing, str_data(&claims), &bearer, err))
        return false;
    memcpy(ret_bearer->text, bearer.data, bearer.length + 1);
    ret_bearer->generation = generation;
    ret_bearer->until_us = now_us + app->config->jwt_expire_time_s * second_us / 2;
    return true;
}
