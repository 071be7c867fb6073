/* passkey_party.h: for which site passkeys are, from the configuration: WEBAUTHN_RP_ID and
 * WEBAUTHN_ORIGINS, or what follows from DOMAIN. Immutable after the start. */
#ifndef AUTH_STATE_PASSKEY_PARTY_H
#define AUTH_STATE_PASSKEY_PARTY_H

#include "auth/state/config.h"
#include "base/err.h"
#include "webauthn/webauthn.h"

struct passkey_party;

/* ERR_CONFIG: no host in DOMAIN, an origin that is none, an id that is no end of every origin's host. */
bool passkey_party_open(const struct auth_config *config, struct passkey_party **ret_party,
                        struct err *err) MUST_CHECK;
void passkey_party_free(struct passkey_party *party); /* NULL is fine */

const struct webauthn_party *passkey_party_get(const struct passkey_party *party);

#endif
