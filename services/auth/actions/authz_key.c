/* API keys (reference barong.md §2.12, §3.2). */
#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/state/config.h"
#include "auth/store/api_keys.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, STATUS_TOO_NARROW = 403, STATUS_INCOMPLETE = 422 };

static bool read_holder_uid(struct inquiry *inquiry, const struct api_key *row,
                            char ret_uid[static USER_UID_SIZE])
{
    struct service_account account;
    struct user user;
    bool found = row->user_id ? users_by_id(inquiry->db, NULL, row->user_id, &user, inquiry->err)
                              : service_accounts_by_id(inquiry->db, row->service_account_id,
                                                       &account, inquiry->err);
    if (found)
        memcpy(ret_uid, row->user_id ? user.uid : account.uid, USER_UID_SIZE);
    return found;
}

static enum authz_result read_key(struct inquiry *inquiry, const char *name, const uint8_t *hash,
                                  bool *ret_found, struct gate_key *ret_key)
{
    struct auth *app = inquiry->app;
    struct gate_key key = {.is_active = false};
    struct api_key row;
    uint64_t stamp = cache_stamp(app->gate->keys, name);
    uint64_t stranger_stamp = cache_stamp(app->gate->strangers, hash);
    _Static_assert((int)API_KEY_SECRET_SIZE <= (int)API_KEY_SECRET_MAX, "a secret fits");
    if (!api_keys_by_kid(inquiry->db, inquiry->arena, name, &row, inquiry->err)) {
        if (inquiry->err->code != ERR_NOT_FOUND)
            return AUTHZ_FAILED;
        cache_put(app->gate->strangers, hash, "", stranger_stamp);
        return AUTHZ_ANSWERED;
    }
    if (!read_holder_uid(inquiry, &row, key.uid) ||
        !api_keys_secret(inquiry->db, app->secrets, inquiry->arena, &row, key.secret, inquiry->err))
        return AUTHZ_FAILED;
    memcpy(key.kid, row.kid, sizeof(row.kid));
    key.scopes = api_key_scopes(row.scope);
    key.is_active = strcmp(row.state, "active") == 0;
    cache_put(app->gate->keys, name, &key, stamp);
    *ret_found = true;
    *ret_key = key;
    explicit_bzero(key.secret, sizeof(key.secret));
    return AUTHZ_ANSWERED;
}

/* As a stranger: a cookie that is spelled like a kid, and names no session, is another one. */
static void stranger_of(const char *kid, uint8_t ret_hash[static SESSION_ID_SIZE])
{
    static const char kind[] = "kid";
    hmac_sha256(kind, sizeof(kind), kid, strlen(kid), ret_hash);
}

static enum authz_result find_key(struct inquiry *inquiry, bool *ret_found,
                                  struct gate_key *ret_key)
{
    const char *kid = inquiry->question->key.kid;
    char name[GATE_KID_SIZE], nothing;
    uint8_t hash[SESSION_ID_SIZE];
    *ret_found = false;
    if (!cache_key_text(kid, name, sizeof(name)))
        return AUTHZ_ANSWERED;
    *ret_found = cache_get(inquiry->app->gate->keys, name, ret_key);
    if (*ret_found)
        return AUTHZ_ANSWERED;
    stranger_of(kid, hash);
    if (cache_get(inquiry->app->gate->strangers, hash, &nothing))
        return AUTHZ_ANSWERED;
    return inquiry->db ? read_key(inquiry, name, hash, ret_found, ret_key) : AUTHZ_NEEDS_DATABASE;
}

/* The checks of the key itself, in the order of the contract. NULL: none fails. */
static const char *fault_of(const struct inquiry *inquiry, const struct gate_key *key)
{
    const struct api_key_headers *headers = &inquiry->question->key;
    int64_t nonce_ms;
    if (!api_key_nonce_parse(headers->nonce, &nonce_ms))
        return "authz.nonce_not_valid_timestamp";
    if (!api_key_nonce_is_fresh(nonce_ms, inquiry->now_us,
                                inquiry->app->config->apikey_nonce_lifetime_ms))
        return "authz.nonce_expired";
    if (!api_key_signature_is_good(headers, key->secret))
        return "authz.invalid_signature";
    return key->is_active ? NULL : "authz.apikey_not_active";
}

static enum authz_result enter(struct inquiry *inquiry, const struct gate_key *key)
{
    struct gate_holder holder;
    bool found;
    if (!scopes_permit(key->scopes, inquiry->question->method, inquiry->path))
        return authz_refuse(inquiry, STATUS_TOO_NARROW, "authz.insufficient_scope");
    enum authz_result result = authz_holder(inquiry, key->uid, &found, &holder);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (!found || !user_may_enter(&holder.user))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.invalid_session");
    if (!holder.is_service_account && !holder.user.otp)
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.disabled_2fa");
    result = authz_permit(inquiry, &holder.user);
    if (result != AUTHZ_ANSWERED || inquiry->answer->status != STATUS_PASS)
        return result;
    return authz_pass_as(inquiry, &holder, key->scopes);
}

enum authz_result authz_by_key(struct inquiry *inquiry)
{
    struct gate_key key;
    bool found;
    if (!api_key_is_complete(&inquiry->question->key))
        return authz_refuse(inquiry, STATUS_INCOMPLETE, "authz.invalid_api_key_headers");
    enum authz_result result = find_key(inquiry, &found, &key);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (!found)
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.unexistent_apikey");
    const char *fault = fault_of(inquiry, &key);
    result = fault ? authz_refuse(inquiry, STATUS_REFUSED, fault) : enter(inquiry, &key);
    explicit_bzero(key.secret, sizeof(key.secret));
    return result;
}
