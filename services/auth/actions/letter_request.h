/*
 * letter_request.h: a mail is asked for by an address (confirmation again, password reset), and made
 * later by the thread "letters" (bus/letters.h). Whoever asks gets one answer in one time, whether the
 * address is anybody's or not (catalogue A-02); how much mail that can make is bounded.
 */
#ifndef AUTH_ACTIONS_LETTER_REQUEST_H
#define AUTH_ACTIONS_LETTER_REQUEST_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/store/letter_requests.h"
#include "base/err.h"

/* ERR_TOO_MANY: of the asking address. Beyond the limits of the account and of all, the request is
 * dropped, and nobody is told. */
bool letter_ask(struct call *call, bool is_reset, const char *email, struct err *err) MUST_CHECK;

/* Makes the event of the mail, if there is somebody to get it; forgets the request. Once, whoever else
 * tries. */
bool letter_make(struct call *call, const struct letter_request *request, struct err *err)
    MUST_CHECK;

#endif
