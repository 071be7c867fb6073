/* claims.h: inside the module. What the verified claim set must hold; pure, no keys. */
#ifndef TOKEN_CLAIMS_H
#define TOKEN_CLAIMS_H

#include "token/token.h"

/* Reads the claim set (the text of a JSON object) and checks it by the rules. ret_claims gets
 * everything but key_name and json. ERR_UNAUTHENTICATED. */
bool claims_read(const char *text, size_t length, const struct token_rules *rules, int64_t now_us,
                 struct token_claims *ret_claims, struct err *err) MUST_CHECK;

#endif
