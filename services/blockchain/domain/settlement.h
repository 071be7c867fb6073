/*
 * settlement.h: which payouts only operators can end, and what they have to say for it.
 *
 *   signed elsewhere   the signer signed something for it that we have no row of
 *   undone             confirmed, taken back by a deep reorganisation, and mined again without effect
 *   gone               confirmed, taken back by a deep reorganisation, and its coins or nonce used by something else
 *   custodian          a custodian's outcome is unknown
 *
 * Everything else that is unknown ends by itself: a rule of the executor proves it.
 *
 * Pure; any thread.
 */
#ifndef BLOCKCHAIN_DOMAIN_SETTLEMENT_H
#define BLOCKCHAIN_DOMAIN_SETTLEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "blockchain/domain/payout.h"

enum settlement_case {
    SETTLEMENT_NONE,
    SETTLEMENT_SIGNED_ELSEWHERE,
    SETTLEMENT_UNDONE,
    SETTLEMENT_GONE,
    SETTLEMENT_CUSTODY
};

enum settlement_outcome { SETTLEMENT_PAID, SETTLEMENT_UNPAID };

enum { SETTLEMENT_EVIDENCE_SIZE = 91, SETTLEMENT_NOTE_CHARS_MAX = 500, SETTLEMENT_TXID_SIZE = 67 };

enum settlement_case settlement_case_of(enum payout_state state, const char *reason,
                                        bool is_custody);

const char *settlement_outcome_name(enum settlement_outcome outcome);
bool settlement_outcome_find(const char *name, enum settlement_outcome *ret_outcome);

/* What a transaction uses up, in the words of the signer's audit file: a coin "TXID:OUTPUT", or the number of an
 * account's transaction "evm:ACCOUNT/INDEX:NONCE". */
struct settlement_used {
    bool is_nonce;
    char txid[SETTLEMENT_TXID_SIZE]; /* of the coin */
    uint32_t vout;
    uint32_t account, index;
    uint64_t nonce;
};
bool settlement_used_read(const char *text, struct settlement_used *ret_used) MUST_CHECK;

/* 64 hexadecimal digits in lower case, with "0x" before them or not. */
bool settlement_is_txid(const char *text);

#endif
