/*
 * oauth_proof.h: a DPoP proof comes with a request (RFC 9449): its signature, whether it is for this
 * request, its nonce, and that it is used once.
 */
#ifndef AUTH_ACTIONS_OAUTH_PROOF_H
#define AUTH_ACTIONS_OAUTH_PROOF_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/oauth_dpop.h"
#include "auth/store/oauth_grants.h"
#include "base/err.h"

/* proof: the header `DPoP`. ret_jkt: the thumbprint of the sender's key. OAUTH_INVALID_DPOP_PROOF,
 * OAUTH_USE_DPOP_NONCE (then the answer carries one: oauth_proof_nonce()). */
bool oauth_proof_check(struct call *call, const char *proof, const struct dpop_request *request,
                       char ret_jkt[static OAUTH_JKT_SIZE], struct err *err) MUST_CHECK;
void oauth_proof_nonce(const struct call *call, char ret_nonce[static DPOP_NONCE_SIZE]);

#endif
