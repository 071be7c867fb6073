#include "auth/actions/oauth_proof.h"

#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/domain/oauth_error.h"
#include "auth/state/config.h"
#include "auth/store/oauth_flows.h"
#include "base/auto.h"
#include "token/jwk.h"

enum { SECOND_US = 1000000, NONCE_SIZE = 128 };

void oauth_proof_nonce(const struct call *call, char ret_nonce[static DPOP_NONCE_SIZE])
{
    dpop_nonce_make(oauth_nonce_key(call->app), SHA256_SIZE, call->now_us, ret_nonce);
}

static bool nonce_check(const struct call *call, const char *nonce, struct err *err)
{
    bool wanted = call->app->config->oauth_dpop_nonce || nonce[0] != '\0';
    if (!wanted || dpop_nonce_is_good(oauth_nonce_key(call->app), SHA256_SIZE, call->now_us, nonce))
        return true;
    return oauth_refuse(err, OAUTH_USE_DPOP_NONCE, "the proof needs the nonce of this answer");
}

bool oauth_proof_check(struct call *call, const char *proof, const struct dpop_request *request,
                       char ret_jkt[static OAUTH_JKT_SIZE], struct err *err)
{
    static const struct token_rules rules = {
        .type = "dpop+jwt", .issued_at_leeway_s = DPOP_AGE_S_MAX, .jti_required = true};
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    char jkt[TOKEN_THUMBPRINT_SIZE], nonce[NONCE_SIZE];
    struct token_claims claims;
    bool first;
    _Static_assert((int)TOKEN_THUMBPRINT_SIZE == (int)OAUTH_JKT_SIZE, "one size");
    if (!token_verify_proof(&rules, call->now_us, proof, strlen(proof), &claims, &json, jkt, err))
        return oauth_refuse(err, OAUTH_INVALID_DPOP_PROOF,
                            "DPoP proof: its type, key or signature is not as it must be");
    if (!dpop_check(str_data(&json), request, call->now_us, nonce, sizeof(nonce), err) ||
        !nonce_check(call, nonce, err))
        return false;
    if (!oauth_once(call->db, "dpop", jkt, claims.jti,
                    call->now_us + (int64_t)2 * DPOP_AGE_S_MAX * SECOND_US, &first, err))
        return false;
    if (!first)
        return oauth_refuse(err, OAUTH_INVALID_DPOP_PROOF, "DPoP proof: it was used before");
    memcpy(ret_jkt, jkt, sizeof(jkt));
    return true;
}
