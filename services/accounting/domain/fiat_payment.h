/*
 * fiat_payment.h: payments by bank that a gateway or a statement told of: their states, and what leads
 * from where to where. Pure; what a move does is done by actions/fiat_payment.c.
 *
 *   parked    nobody knows yet whose it is, or it can't be credited as it is
 *   waiting   it is known whose it is, and a second person must approve
 *   credited  there is a deposit, accepted
 *   refused   an operator gave it up: the bank sends it back
 *   reversed  the bank took it back
 *   settling  it had been credited, and an operator said how the claim is to be settled: a second one must approve
 *   settled   the claim is booked off
 */
#ifndef ACCOUNTING_DOMAIN_FIAT_PAYMENT_H
#define ACCOUNTING_DOMAIN_FIAT_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "decimal/dec.h"

enum {
    FIAT_DIGEST_SIZE = 65,
    PAYMENT_REFERENCE_LENGTH = 16, /* of ours: "RF", two check digits, twelve characters */
    PAYMENT_REFERENCE_SIZE = PAYMENT_REFERENCE_LENGTH + 1
};

/* clang-format off */
#define FIAT_PAYMENT_STATES(S)                                                                     \
    S(PARKED, "parked") S(WAITING, "waiting") S(CREDITED, "credited") S(REFUSED, "refused")        \
    S(REVERSED, "reversed") S(SETTLING, "settling") S(SETTLED, "settled")
/* clang-format on */

enum fiat_payment_state {
#define S(name, word) FIAT_##name,
    FIAT_PAYMENT_STATES(S)
#undef S
        FIAT_STATES_COUNT
};

enum fiat_payment_event {
    FIAT_ASSIGN,
    FIAT_HOLD,
    FIAT_CREDIT,
    FIAT_REFUSE,
    FIAT_REVERSE,
    FIAT_CLAIM,
    FIAT_SETTLE
};

/* Why it is parked, or waits. */
#define FIAT_NO_REFERENCE "no_reference"
#define FIAT_UNKNOWN_REFERENCE "unknown_reference"
#define FIAT_OTHER_CURRENCY "other_currency"     /* than that of the reference */
#define FIAT_UNKNOWN_CURRENCY "unknown_currency" /* or a coin */
#define FIAT_DEPOSIT_DISABLED "deposit_disabled"
#define FIAT_MEMBER_INACTIVE "member_inactive"
#define FIAT_BAD_AMOUNT "bad_amount" /* below the minimum, above the digits, less than the fee */
#define FIAT_UNCLEAR "unclear"       /* several transactions that do not add up to the entry */
#define FIAT_RETURNED "returned"     /* money of ours that came back */
#define FIAT_LARGE "large"           /* waits: above the amount that needs a second person */
#define FIAT_BY_HAND "assigned"      /* waits: an operator said whose it is */

struct fiat_payment {
    uint64_t id;
    const char *source, *event_id, *digest;
    enum fiat_payment_state state;
    char currency_id[CURRENCY_ID_SIZE];
    struct dec amount;
    const char *reason, *reference, *payer, *payer_account, *note; /* NULL: none */
    uint64_t member_id, deposit_id, maker_id, checker_id;          /* 0: none */
    const char *uid, *deposit_tid, *maker_uid, *checker_uid;       /* read only */
    bool has_collect;
    struct dec collect; /* settling: from what the member has beside what is frozen */
    uint64_t claimer_id, settler_id;
    const char *claimer_uid, *settler_uid; /* read only */
    struct dec frozen;                     /* read only, of the deposit */
    int64_t created_at, updated_at;
};

const char *fiat_payment_state_word(enum fiat_payment_state state);
bool fiat_payment_state_of(const char *word, enum fiat_payment_state *ret_state);
extern const char fiat_payment_state_words[]; /* separated by blanks */

/* ERR_STATE_CONFLICT: there is no such move. */
bool fiat_payment_move(struct fiat_payment *payment, enum fiat_payment_event event, struct err *err)
    MUST_CHECK;

/* Of what was told, so that one name can't stand for two payments. */
void fiat_payment_digest(const struct fiat_payment *payment,
                         char ret_digest[static FIAT_DIGEST_SIZE]);

#endif
