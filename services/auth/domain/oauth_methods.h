/* oauth_methods.h: how somebody signed in, in the words of OpenID Connect. Pure. */
#ifndef AUTH_DOMAIN_OAUTH_METHODS_H
#define AUTH_DOMAIN_OAUTH_METHODS_H

#include "base/str.h"

/* What discovery says of acr. */
#define OAUTH_ACR_ONE "urn:bourse:acr:1fa"
#define OAUTH_ACR_TWO "urn:bourse:acr:2fa"

/* methods: words of a session, "pwd otp". Two of them, or a passkey that knows its owner ("hwk"), are
 * two factors. */
const char *oauth_acr(const char *methods);
/* Appends "\"pwd\",\"otp\"". */
void oauth_amr_write(struct str *out, const char *methods);

#endif
