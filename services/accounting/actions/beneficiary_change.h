/*
 * beneficiary_change.h: where a member may withdraw to: added, proved by a code that comes by mail,
 * archived (reference 2.5, W-28).
 *
 * The code is in the event alone. What is kept of it is a keyed hash; after five wrong tries it is
 * void and another one has to be asked for, and a member has 25 wrong tries a day over all of them.
 *
 * Keys of errors begin with "account." or, for the management API, "management.".
 */
#ifndef ACCOUNTING_ACTIONS_BENEFICIARY_CHANGE_H
#define ACCOUNTING_ACTIONS_BENEFICIARY_CHANGE_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/beneficiary.h"
#include "accounting/domain/member.h"
#include "base/err.h"

struct beneficiary_draft {
    const struct member *member;
    const char *currency_id;    /* lower case, known */
    const char *blockchain_key; /* coins */
    const char *name, *description;
    const char *data;   /* JSON */
    bool is_active;     /* management: nobody is asked for a code */
    bool is_management; /* the words of errors */
};

/* The row is opened (row->data). *ret_reason (may be NULL) says why an address is refused; NULL
 * otherwise. ERR_PEER_UNAVAILABLE: the address of a coin can't be looked at now. */
bool beneficiary_create(const struct outgoing *outgoing, const struct beneficiary_draft *draft,
                        struct beneficiary *ret_row, const char **ret_reason, struct err *err)
    MUST_CHECK;

/* A new code. ERR_INVALID with key; *ret_sent_at: when the last one was sent, if that is too near. */
bool beneficiary_resend(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                        int64_t *ret_sent_at, struct err *err) MUST_CHECK;
bool beneficiary_activate(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                          int64_t pin, struct beneficiary *ret_row, struct err *err) MUST_CHECK;
bool beneficiary_archive(const struct outgoing *outgoing, uint64_t id, uint64_t member_id,
                         struct err *err) MUST_CHECK;
/* An event by an operator; `activate` fails, as the contract has it: he has no code. ERR_STATE_CONFLICT. */
bool beneficiary_act(const struct outgoing *outgoing, uint64_t id, enum beneficiary_event event,
                     struct beneficiary *ret_row, struct err *err) MUST_CHECK;

/* Opens row->data. */
bool beneficiary_open(const struct outgoing *outgoing, struct beneficiary *row, struct err *err)
    MUST_CHECK;

#endif
