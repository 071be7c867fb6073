/*
 * payout.h: the states of one payment of ours to somebody, and the moves between them.
 *
 * What keeps money safe is in this table: behind `building` a signature may exist, so there is no move
 * back to a state that can be cancelled or paid again except give_back, which needs the signer's word
 * that it signed nothing. `failed` is reached by proof only (a receipt with status 0, or inputs that
 * were spent by somebody else, deep enough); an unknown outcome is the state `unknown`, for as long as
 * it takes: also when the signer says that it signed something for the payout that we know nothing of.
 * `failed`, `cancelled`, `refused` have no way out, and `confirmed` only by operators, when a deep
 * reorganisation took the payment's effect (actions/payout_settle.h).
 *
 * Pure; any thread.
 */
#ifndef BLOCKCHAIN_DOMAIN_PAYOUT_H
#define BLOCKCHAIN_DOMAIN_PAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* S(NAME, number in the table, name on the wire) */
#define PAYOUT_STATES(S)                                                                           \
    S(QUEUED, 0, "queued")         /* asked for, nothing done */                                   \
    S(WAITING, 10, "waiting")      /* for liquidity, a fee or an approval; may be cancelled */     \
    S(BUILDING, 20, "building")    /* coins or nonce are reserved, the signer may have signed */   \
    S(SIGNED, 30, "signed")        /* the bytes are stored and may be on their way */              \
    S(BROADCAST, 40, "broadcast")  /* a node took them */                                          \
    S(UNKNOWN, 50, "unknown")      /* no node has them, nothing proves that they are void */       \
    S(CONFIRMED, 100, "confirmed") /* mined, deep enough */                                        \
    S(FAILED, -10, "failed")       /* mined without effect, or can't be mined any more */          \
    S(CANCELLED, -20, "cancelled") /* by whoever asked, before anything was signed */              \
    S(REFUSED, -30, "refused")     /* never signed: bad address, policy */

enum payout_state {
#define S(name, number, text) PAYOUT_##name = (number),
    PAYOUT_STATES(S)
#undef S
};

#define PAYOUT_MOVES(M)                                                                            \
    M(WAIT, "wait")                                                                                \
    M(TAKE, "take")           /* coins or a nonce were reserved */                                 \
    M(GIVE_BACK, "give_back") /* the signer says that it signed nothing */                         \
    M(SIGN, "sign")                                                                                \
    M(HOLD, "hold") /* a custodian has it, and sent nothing yet */                                 \
    M(SEND, "send")                                                                                \
    M(LOSE, "lose")                                                                                \
    M(CONFIRM, "confirm")                                                                          \
    M(FAIL, "fail")                                                                                \
    M(CANCEL, "cancel")                                                                            \
    M(REFUSE, "refuse")                                                                            \
    M(SETTLE, "settle") /* operators: it was paid by a transaction that they name */               \
    M(UNDO, "undo")     /* operators: it was never paid and can't be any more */

enum payout_move {
#define M(name, text) PAYOUT_MOVE_##name,
    PAYOUT_MOVES(M)
#undef M
};

enum payout_purpose {
    PAYOUT_WITHDRAWAL, /* from the hot account to whom a member named */
    PAYOUT_REFUND,     /* of a deposit, from its address or the hot account */
    PAYOUT_COLLECTION, /* from a deposit address to a wallet of ours */
    PAYOUT_OFFLOAD,    /* from the hot account to a colder wallet */
    PAYOUT_GAS, /* from the fee account to a deposit address, so that it can pay for a token's way */
    PAYOUT_FILL, /* nothing, from an address to itself: a nonce that holds up those behind it */
    PAYOUT_PURPOSES
};

/* Why a payout waits. */
#define PAYOUT_REASON_LIQUIDITY "liquidity"
#define PAYOUT_REASON_FEE "fee"
#define PAYOUT_REASON_APPROVAL "approval"
/* Accounting stopped the asset: coins of it are missing. */
#define PAYOUT_REASON_STOPPED "stopped"
/* The signer refuses an approval, or its cap of 24 hours is reached. */
#define PAYOUT_REASON_APPROVAL_INVALID "approval_invalid"
#define PAYOUT_REASON_APPROVAL_DIFFERS "approval_differs"
#define PAYOUT_REASON_DAY_MAX "day_max"
/* Why one that is signed is not sent. */
#define PAYOUT_REASON_CUSTODIAN "custodian_approval"
/* Safe contract wallets: owners have to sign; another payout of the Safe is not over; the contract would
 * refuse it; and, of one that is unknown, its number is not taken yet. */
#define PAYOUT_REASON_OWNERS "owner_signatures"
#define PAYOUT_REASON_SAFE_BUSY "safe_busy"
#define PAYOUT_REASON_SAFE_REFUSED "safe_refused"
#define PAYOUT_REASON_SAFE_OPEN "safe_open"
/* What only operators can end: something else was signed for it; its block was undone, and now it is without
 * effect. And how they did. */
#define PAYOUT_REASON_SIGNED_BEFORE "signed_before"
#define PAYOUT_REASON_UNDONE "failed_after_reorg"
/* The same, and something else has spent what it spent. */
#define PAYOUT_REASON_GONE "gone_after_reorg"
#define PAYOUT_REASON_SETTLED_PAID "settled_paid"
#define PAYOUT_REASON_SETTLED_UNPAID "settled_unpaid"

/* The state behind the move. ERR_STATE_CONFLICT: there is no such move. */
bool payout_moved(enum payout_state from, enum payout_move move, enum payout_state *ret_to,
                  struct err *err) MUST_CHECK;

static inline bool payout_is_final(enum payout_state state)
{
    return state == PAYOUT_CONFIRMED || state < 0;
}

const char *payout_state_name(enum payout_state state); /* asserts that it is one */
const char *payout_move_name(enum payout_move move);
const char *payout_purpose_name(enum payout_purpose purpose);
bool payout_purpose_find(const char *name, enum payout_purpose *ret_purpose); /* false: none */

/* An id is a word of ours: letters, digits, '-', '_' and '.'; 1 to 64 of them. */
enum { PAYOUT_ID_CHARS_MAX = 64 };
bool payout_id_is_fine(const char *id);

#endif
