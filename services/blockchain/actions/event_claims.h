/* event_claims.h: an event of the outbox as the signed text that the world gets: JWS general JSON, with
 * the claims iss, jti, iat, exp, seq and event. Pure. */
#ifndef BLOCKCHAIN_ACTIONS_EVENT_CLAIMS_H
#define BLOCKCHAIN_ACTIONS_EVENT_CLAIMS_H

#include "base/str.h"
#include "blockchain/store/events.h"
#include "token/token.h"

enum { EVENT_LIFETIME_S = 3600, EVENT_SIGNED_BYTES_MAX = 4 * EVENT_BODY_BYTES_MAX };

/* Replaces the content of `out`. */
bool event_sign(struct token_signer *signer, const struct event_row *row, int64_t now_us,
                struct str *claims, struct str *out, struct err *err) MUST_CHECK;

#endif
