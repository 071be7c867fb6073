/*
 * fiat_batch.h: withdrawals by bank, many in one order to it (ISO 20022 pain.001). One operator makes a
 * batch, which moves its withdrawals to `processing`; another one releases it, which moves them to
 * `confirming`: from then on nobody cancels them, because the bank may have the file. The file is written
 * from the rows of the batch alone, after they are committed, and is the same each time. A batch by gateway has no file: its
 * release asks the payment gateway for each payment (actions/fiat_payout_send.h).
 */
#ifndef ACCOUNTING_ACTIONS_FIAT_BATCH_H
#define ACCOUNTING_ACTIONS_FIAT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/fiat_batch.h"
#include "base/err.h"
#include "base/str.h"
#include "db/listing.h"

/*
 * Without `tids` all that may be paid: accepted and waiting for nothing but its payment (what is above its
 * limits has to be approved by somebody), or given up by a dropped batch; with the approvals that it needs; to a
 * beneficiary with a name and an IBAN; not the operator's own. What may not is left out.
 *
 * With `tids` exactly those, also such that an operator took to processing by hand. ERR_INVALID with the key
 * that says what is wrong with one, and its tid.
 */
struct fiat_batch_asked {
    const char *currency_id;
    const char **tids;
    size_t tids_count; /* 0: all */
    uint64_t operator_id;
    bool by_gateway;
};
bool fiat_batch_create(const struct outgoing *outgoing, const struct fiat_batch_asked *asked,
                       struct fiat_batch *ret_batch, struct err *err) MUST_CHECK;

/*
 * ERR_INVALID with key: same_operator, own_withdrawal, changed; ERR_STATE_CONFLICT.
 *
 * One that was given back or paid by hand since the batch was made is left out, when who releases it says
 * what is left (`seen`: number and sum); without that, or when they are others, the batch has `changed`.
 */
struct fiat_batch_seen {
    uint64_t payments;
    struct dec sum;
};
bool fiat_batch_release(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                        const struct fiat_batch_seen *seen, struct fiat_batch *ret_batch,
                        struct err *err) MUST_CHECK;
bool fiat_batch_drop(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                     struct fiat_batch *ret_batch, struct err *err) MUST_CHECK;

/* Of a released batch; ERR_STATE_CONFLICT. */
bool fiat_batch_write(const struct outgoing *outgoing, uint64_t id, struct str *out,
                      struct err *err) MUST_CHECK;

/* What is paid to whom. */
struct fiat_batch_line {
    const char *tid, *uid, *withdraw_state;
    const char *name, *iban;
    const char *order_state, *error;       /* at the gateway; NULL: none */
    const char *bank_status, *bank_reason; /* what the bank said (fiat_report.h); NULL: nothing */
    uint64_t attempts;
    struct dec amount;
};
/* Rows are struct fiat_batch_line. */
bool fiat_batch_lines(const struct outgoing *outgoing, uint64_t id, struct listed *ret_lines,
                      struct err *err) MUST_CHECK;

/* An item of a batch, by itself; texts of the arena. */
struct fiat_batch_item;
bool fiat_batch_line_open(const struct outgoing *outgoing, const struct fiat_batch_item *item,
                          struct fiat_batch_line *ret_line, struct err *err) MUST_CHECK;

#endif
