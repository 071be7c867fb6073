/*
 * withdraw.h: withdrawals: their states, and which event leads from where to where (reference 2.4).
 * Pure: the effects on money are named here and booked by who moves (actions/withdraw_step.h).
 *
 * Beyond the reference, `cancel` also leaves processing and skipped, because a payment that nobody
 * signed can still be stopped. Whoever gives funds back must know that no payment can go out any more.
 */
#ifndef ACCOUNTING_DOMAIN_WITHDRAW_H
#define ACCOUNTING_DOMAIN_WITHDRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "base/str.h"
#include "decimal/dec.h"

enum { WITHDRAW_DIGEST_SIZE = 65, WITHDRAW_RID_MAX = 256, WITHDRAW_TID_SIZE = 65 };

/* clang-format off */
#define WITHDRAW_STATES(S)                                                                         \
    S(PREPARED, "prepared") S(ACCEPTED, "accepted") S(SKIPPED, "skipped")                          \
    S(PROCESSING, "processing") S(CONFIRMING, "confirming") S(SUCCEED, "succeed")                  \
    S(CANCELED, "canceled") S(REJECTED, "rejected") S(FAILED, "failed") S(ERRORED, "errored")      \
    S(TO_REJECT, "to_reject")

#define WITHDRAW_EVENTS(E)                                                                         \
    E(ACCEPT, "accept") E(CANCEL, "cancel") E(REJECT, "reject") E(PROCESS, "process")              \
    E(LOAD, "load") E(DISPATCH, "dispatch") E(SUCCESS, "success") E(SKIP, "skip") E(FAIL, "fail")  \
    E(ERR, "err")
/* clang-format on */

enum withdraw_state {
#define S(name, word) WITHDRAW_##name,
    WITHDRAW_STATES(S)
#undef S
        WITHDRAW_STATES_COUNT
};

enum withdraw_event {
#define E(name, word) WITHDRAW_DO_##name,
    WITHDRAW_EVENTS(E)
#undef E
        WITHDRAW_EVENTS_COUNT
};

/* What a move does to the member's funds. */
enum withdraw_effect { EFFECT_NONE, EFFECT_HOLD, EFFECT_RELEASE, EFFECT_SPEND };

struct withdraw {
    uint64_t id, member_id, beneficiary_id; /* beneficiary 0: none */
    uint64_t receiver_id;                   /* 0: to the outside */
    char currency_id[CURRENCY_ID_SIZE];
    const char *blockchain_key; /* NULL: fiat */
    struct dec amount, fee, sum;
    bool is_coin;
    enum withdraw_state state;
    int64_t transfer_type;
    const char *txid, *note, *metadata, *error, *reason; /* NULL: none */
    const char *tid, *rid;
    bool has_block, has_confirmations;
    int64_t block_number, confirmations;
    const char *uid, *email; /* of the member; read only */
    int64_t completed_at, created_at, updated_at;
};

const char *withdraw_state_word(enum withdraw_state state);
const char *withdraw_event_word(enum withdraw_event event);
/* False: there is none of that name. */
bool withdraw_state_of(const char *word, enum withdraw_state *ret_state);
bool withdraw_event_of(const char *word, enum withdraw_event *ret_event);
bool withdraw_is_completed(enum withdraw_state state);

/* Moves the row. ERR_STATE_CONFLICT: there is no such move from there, or what it needs is missing
 * (a coin needs a txid to be dispatched, loaded or succeed, unless nothing goes to the chain). */
bool withdraw_move(struct withdraw *row, enum withdraw_event event,
                   enum withdraw_effect *ret_effect, struct err *err) MUST_CHECK;

/* ---- transfer types ---- */

enum { TRANSFER_FIAT = 100, TRANSFER_CRYPTO = 200 };
/* "wire" is 102; 0: unknown. */
int64_t transfer_type_number(const char *word);
const char *transfer_type_word(int64_t number);

/* ---- amounts ---- */

/* What a network allows: sum and amount within its digits, sum not below the minimum, something left
 * after the fee. ERR_INVALID. */
struct withdraw_terms {
    unsigned digits; /* fractional */
    struct dec fee, min_sum;
};
bool withdraw_amounts(const struct withdraw_terms *terms, struct dec sum, struct dec *ret_amount,
                      struct err *err) MUST_CHECK;

/* ---- approvals ---- */

/* What an approval is bound to: id, address, amount, currency, chain. */
void withdraw_digest(const struct withdraw *row, char ret_digest[static WITHDRAW_DIGEST_SIZE]);

/* The states and moves as a Graphviz document. */
void withdraw_print_states(struct str *out);

#endif
