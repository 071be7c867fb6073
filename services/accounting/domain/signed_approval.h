/*
 * signed_approval.h: the document by which an approver lets a payment pass, signed with his own key: a JWS
 * in general JSON form, with one signature, over what is paid and until when it counts (the signer's README
 * has it). Accounting has no keys of approvers: whether a signature is good is the signer's to say. Here
 * it is seen whether the document can be one, and whether it says what will be paid. Pure.
 */
#ifndef ACCOUNTING_DOMAIN_SIGNED_APPROVAL_H
#define ACCOUNTING_DOMAIN_SIGNED_APPROVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SIGNED_APPROVAL_CHARS_MAX = 1280, SIGNED_APPROVAL_NAME_MAX = 63 };

/* What is paid, as the gateway is asked for it. */
struct payment_said {
    const char *payout_id, *chain, *contract, *to, *units;
};

/* {"payout_id":..,"chain":..,"contract":..,"to":..,"units":..}: what an approver takes to his key. */
void payment_said_write(const struct payment_said *said, struct str *out);

/* ERR_INVALID with a key, the story names the member: admin.withdraw.invalid_approval (its form),
 * admin.withdraw.approval_differs (it says something else), admin.withdraw.approval_expired. */
bool signed_approval_check(const char *document, const struct payment_said *said, int64_t now_us,
                           char ret_name[static SIGNED_APPROVAL_NAME_MAX + 1],
                           int64_t *ret_expires_us, struct err *err) MUST_CHECK;

#endif
