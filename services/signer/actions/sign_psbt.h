/*
 * sign_psbt.h: our signatures in a transaction of a Bitcoin-like chain (BIP-174): p2wpkh, p2pkh, and
 * m-of-n p2wsh, of which each signer adds its own.
 *
 * Every input must be one of ours: the path that it carries is derived again and must give the key that
 * the spent output asks for. Every output must be one of the payments, or change to the account "hot" (of
 * p2wsh: to the script that is spent). The value of an input is believed only as far as the signature binds
 * it (BIP-143), or with the whole previous transaction.
 */
#ifndef SIGNER_ACTIONS_SIGN_PSBT_H
#define SIGNER_ACTIONS_SIGN_PSBT_H

#include "base/arena.h"
#include "chain/bytes.h"
#include "signer/actions/claim.h"
#include "signer/domain/approvals.h"

struct signer;

struct psbt_request {
    const char *client, *network, *purpose;
    struct span psbt; /* bytes */
    const struct payment_claim *claims;
    size_t claims_count;
    struct approvals approvals;
};

struct psbt_answer {
    struct str psbt; /* bytes, with our signatures */
    struct str raw;  /* bytes; empty unless complete */
    bool complete;   /* nobody else has to sign */
    char txid[TXID_TEXT_SIZE];
};

void psbt_answer_release(struct psbt_answer *answer);

/* Fills `answer`, which the caller releases in any case. */
bool sign_psbt(struct signer *app, const struct psbt_request *request, struct arena *arena,
               struct psbt_answer *answer, struct err *err) MUST_CHECK;

#endif
