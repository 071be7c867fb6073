/*
 * deposit.h: the life of a deposit: its states, what moves it, and what an event of the chain means for
 * it (reference 2.2). Pure.
 *
 * The state of the contract says how far the money is on its way into the exchange's wallets. Beside
 * it a deposit knows whether it is credited (its ledger rows are written, once), and whether its
 * transaction left the chain after that (reverted): then as much of it as the member still has is
 * frozen until it returns or an operator decides.
 */
#ifndef ACCOUNTING_DOMAIN_DEPOSIT_H
#define ACCOUNTING_DOMAIN_DEPOSIT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/currency.h"

#define DEPOSIT_STATES(S)                                                                          \
    S(SUBMITTED, "submitted")                                                                      \
    S(CANCELED, "canceled")                                                                        \
    S(REJECTED, "rejected")                                                                        \
    S(ACCEPTED, "accepted")                                                                        \
    S(AML_PROCESSING, "aml_processing")                                                            \
    S(AML_SUSPICIOUS, "aml_suspicious")                                                            \
    S(PROCESSING, "processing")                                                                    \
    S(FEE_PROCESSING, "fee_processing")                                                            \
    S(SKIPPED, "skipped")                                                                          \
    S(COLLECTED, "collected")                                                                      \
    S(ERRORED, "errored")                                                                          \
    S(REFUNDING, "refunding")

#define STATE_NAME(name, word) DEPOSIT_##name,
enum deposit_state { DEPOSIT_STATES(STATE_NAME) DEPOSIT_STATES_COUNT };
#undef STATE_NAME

enum deposit_event {
    DEPOSIT_CANCEL,
    DEPOSIT_REJECT,
    DEPOSIT_ACCEPT,
    DEPOSIT_PROCESS,
    DEPOSIT_FEE_PROCESS,
    DEPOSIT_SKIP,
    DEPOSIT_ERR,
    DEPOSIT_DISPATCH,
    DEPOSIT_REFUND,
    /* Nobody can ask for these: */
    DEPOSIT_REOPEN,      /* what had left the chain uncredited is there again */
    DEPOSIT_REFUND_FAIL, /* the refund was not sent */
    DEPOSIT_EVENTS_COUNT
};

const char *deposit_state_word(enum deposit_state state);
bool deposit_state_parse(const char *word, enum deposit_state *ret_state);
extern const char deposit_state_words[];  /* separated by blanks */
extern const char deposit_action_words[]; /* of the events that an operator may ask for */
bool deposit_event_parse(const char *word, enum deposit_event *ret_event);

/* False: there is no such move, and *state stays. */
bool deposit_move(enum deposit_state *state, enum deposit_event event, bool is_coin);

/* ---- what the chain says ---- */

enum transfer_news {
    TRANSFER_SEEN,
    TRANSFER_CONFIRMED,
    TRANSFER_GONE,    /* its block left the chain; it may come again */
    TRANSFER_REPLACED /* another transaction spent its inputs */
};

enum deposit_step {
    STEP_NOTHING,
    STEP_CREATE,    /* a row, submitted; then what CONFIRMED says */
    STEP_PLACE,     /* note its block */
    STEP_CONFIRM,   /* credit it, unless something holds it */
    STEP_UNCONFIRM, /* it is not in a block any more */
    STEP_CANCEL,
    STEP_REOPEN,  /* submitted again */
    STEP_FREEZE,  /* credited and gone */
    STEP_RECREDIT /* credited, gone, and there again */
};

/* What decides: NULL is a transfer that was never heard of. */
struct deposit_standing {
    enum deposit_state state;
    bool credited, reverted;
    bool left_chain; /* canceled because it was replaced, not by an operator */
};
enum deposit_step deposit_decide(const struct deposit_standing *standing, enum transfer_news news);

/* Why a deposit is not credited by itself (deposits.hold_reason). */
#define HOLD_BELOW_MINIMUM "below_minimum"       /* until the sum reaches the minimum */
#define HOLD_DEPOSIT_DISABLED "deposit_disabled" /* until an operator accepts it */
#define HOLD_MEMBER_INACTIVE "member_inactive"   /* the same */
#define HOLD_REPLACED "replaced"                 /* canceled: it is not on the chain */

/* ---- words of transfer_type ---- */

/* "card" 101, "wire" 102, "swift" 103, "sepa" 104; 0: no such word. */
int64_t deposit_transfer_type_number(const char *word);
/* 0: "crypto" of a coin, "fiat". */
const char *deposit_transfer_type_word(int64_t number, bool is_coin);

#endif
