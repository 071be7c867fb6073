/*
 * withdraw_create.h: a member asks for a withdrawal, or another server does in his name: checked in
 * the order of the contract, then one transaction locks the funds, writes the row, and lets it go on
 * if the limits and the policy allow.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_CREATE_H
#define ACCOUNTING_ACTIONS_WITHDRAW_CREATE_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/member.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"

struct withdraw_request {
    const struct member *member;
    uint64_t beneficiary_id; /* 0: `rid` and `blockchain_key` say where to (management) */
    const char *blockchain_key, *rid;
    const char *currency_id; /* lower case, known */
    struct dec sum;
    const char *note, *tid; /* tid NULL: a new one */
    int64_t transfer_type;  /* 0: by the kind of the currency */
    int64_t otp;            /* of a member's own request */
    bool is_management;     /* no code is asked; the words of errors */
    bool is_processed;      /* management: fiat goes through to its end */
};

/* ERR_INVALID with a key of the contract, ERR_FUNDS_INSUFFICIENT without one. */
bool withdraw_create(const struct outgoing *outgoing, const struct withdraw_request *asked,
                     struct withdraw *ret_row, struct err *err) MUST_CHECK;

#endif
