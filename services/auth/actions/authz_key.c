/* API keys (reference barong.md §2.12, §3.2). */
#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/state/config.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, STATUS_INCOMPLETE = 422 };

static enum authz_result find_key(struct inquiry *inquiry, bool *ret_found,
                                  struct gate_key *ret_key)
{
    char key[GATE_KID_SIZE];
    *ret_found = false;
    if (!cache_key_text(inquiry->question->key.kid, key, sizeof(key)))
        return AUTHZ_ANSWERED;
    *ret_found = cache_get(inquiry->app->gate->keys, key, ret_key);
    return AUTHZ_ANSWERED;
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
    return authz_pass_as(inquiry, &holder);
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
