/* limits.h: the bounds of the signer. */
#ifndef SIGNER_STATE_LIMITS_H
#define SIGNER_STATE_LIMITS_H

enum {
    /* one request */
    BODY_BYTES_MAX = 1 << 20,
    PAYMENTS_MAX = 256,  /* in one transaction */
    INPUTS_MAX = 1024,   /* of one transaction */
    APPROVALS_MAX = 512, /* documents; a batch needs some for each payment */
    PAYOUT_ID_MAX = 64,  /* characters */
    ADDRESS_TEXT_MAX = 128,
    /* the audit file */
    AUDIT_LINE_MAX = 512 * 1024,
    /* payouts in memory */
    SPENDS_OPEN_MAX = 200 * 1000, /* may still be replaced; older ones are closed */
    SPEND_OPEN_DAYS = 30,
    SPEND_ANCHORS_MAX = 4, /* inputs of which each replacement must have one */
    SPEND_TXS_MAX = 4,     /* transactions that are known again */
    /* policy */
    POLICY_CHAINS_MAX = 64,
    POLICY_RULES_MAX = 512,
    POLICY_ADDRESSES_MAX = 4096, /* of all lists together */
    APPROVERS_MAX = 16,
    /* keys */
    KEY_INDEX_MAX =
        1000 * 1000 * 1000 /* of an address below an account; BIP-32 has room for 2^31 */
};

_Static_assert(PAYMENTS_MAX * 512 + INPUTS_MAX * 100 < AUDIT_LINE_MAX, "a decision fits a line");

#endif
