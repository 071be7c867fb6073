#include "accounting/actions/fiat_batch.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "accounting/actions/beneficiary_change.h"
#include "accounting/actions/withdraw_approve.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/domain/fiat_account.h"
#include "accounting/state/config.h"
#include "accounting/store/beneficiaries.h"
#include "accounting/store/fiat_batches.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/random.h"
#include "iso20022/camt053.h"
#include "iso20022/pain001.h"
#include "crypto/crypto.h"
#include "json/read.h"
#include "payment/payment.h"
#include "secret/secret.h"

enum {
    CANDIDATES_MAX = 1000,
    CONTEXT_SIZE = 64,
    RECEIVER_BYTES_MAX = 1024,
    SEALED_BYTES_MAX = 4096
};

static const char reason_batch[] = "batch"; /* store/fiat_batches.c looks for it */

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- to whom: sealed in the row of the batch, an IBAN, a blank, a name ---- */

static const char *receiver_context(uint64_t withdraw_id, char text[static CONTEXT_SIZE])
{
    snprintf(text, CONTEXT_SIZE, "fiat_batch_items.receiver/%lu", (unsigned long)withdraw_id);
    return text;
}

static bool receiver_open(const struct outgoing *outgoing, const struct fiat_batch_item *item,
                          const char **ret_iban, const char **ret_name, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(RECEIVER_BYTES_MAX);
    char context[CONTEXT_SIZE];
    if (!outgoing->app->secrets)
        return err_set(err, ERR_PEER_UNAVAILABLE, "there is no store of secrets");
    if (!secret_unseal(outgoing->app->secrets, receiver_context(item->withdraw_id, context),
                       item->receiver, strlen(item->receiver), &text, err))
        return false;
    const char *iban = arena_strdup(outgoing->arena, str_data(&text));
    char *blank = iban ? strchr(iban, ' ') : NULL;
    if (!blank)
        return err_set(err, ERR_BUSY, "no memory for a receiver");
    *blank = '\0';
    *ret_iban = iban;
    *ret_name = blank + 1;
    return true;
}

/* ---- what may be paid ---- */

struct creation {
    const struct outgoing *outgoing;
    const struct fiat_batch_asked *asked;
    const struct fiat_account *account;
    char message_id[ISO_ID_SIZE];
    struct fiat_batch batch;
};

static bool refuse(struct err *err, const struct withdraw *row, const char *key, const char *what)
{
    return err_set_key(err, ERR_INVALID, key, "%s: %s", row->tid, what);
}

/* A name for a bank and for a header; servers may give withdrawals any. */
static bool is_plain_id(const char *tid)
{
    size_t length = 0;
    while (tid[length] > ' ' && tid[length] <= '~')
        length++;
    return tid[length] == '\0' && length > 0 && length < ISO_ID_SIZE;
}

static bool state_check(const struct creation *creation, const struct withdraw *row,
                        struct err *err)
{
    size_t needed, given;
    bool is_given_up = row->reason && strcmp(row->reason, reason_batch) == 0;
    if (row->state == WITHDRAW_PROCESSING && (is_given_up || creation->asked->tids_count > 0))
        return true;
    if (row->state != WITHDRAW_ACCEPTED)
        return refuse(err, row, "admin.fiat_batch.invalid_state", withdraw_state_word(row->state));
    if (!withdraw_approvals_count(creation->outgoing, row, &needed, &given, err))
        return false;
    bool waits_for_payment = row->reason && strcmp(row->reason, "fiat") == 0;
    return (given >= needed && (waits_for_payment || given > 0)) ||
           refuse(err, row, "admin.fiat_batch.missing_approvals", "approvals are missing");
}

/* Appends the receiver to `out`. */
static bool receiver_check(const struct creation *creation, const struct withdraw *row,
                           struct str *out, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *data = NULL;
    const struct outgoing *outgoing = creation->outgoing;
    struct beneficiary beneficiary;
    char iban[IBAN_SIZE];
    if (!row->beneficiary_id)
        return refuse(err, row, "admin.fiat_batch.invalid_account", "it has no beneficiary");
    if (!beneficiary_find(outgoing->db, outgoing->arena, row->beneficiary_id, 0, &beneficiary,
                          err) ||
        !beneficiary_open(outgoing, &beneficiary, err) ||
        !json_read(beneficiary.data, strlen(beneficiary.data), &data, err))
        return false;
    const char *name = json_member_text(data, "full_name");
    const char *number = json_member_text(data, "account_number");
    if (!name || name[strspn(name, " \t\r\n")] == '\0' || strlen(name) >= RECEIVER_BYTES_MAX / 2)
        return refuse(err, row, "admin.fiat_batch.invalid_name",
                      "full_name of the beneficiary is empty or too long");
    if (!number || !iban_read(number, iban))
        return refuse(err, row, "admin.fiat_batch.invalid_account",
                      "account_number of the beneficiary is no IBAN");
    str_add(out, iban);
    str_add_char(out, ' ');
    str_add(out, name);
    return str_ok(out) || err_set(err, ERR_BUSY, "no memory for a receiver");
}

static bool payment_check(const struct creation *creation, const struct withdraw *row,
                          struct str *out, struct err *err)
{
    if (row->is_coin || strcmp(row->currency_id, creation->asked->currency_id) != 0)
        return refuse(err, row, "admin.fiat_batch.invalid_currency", row->currency_id);
    if (row->member_id == creation->asked->operator_id)
        return refuse(err, row, "admin.fiat_batch.own_withdrawal", "it is the operator's own");
    if (!is_plain_id(row->tid))
        return refuse(err, row, "admin.fiat_batch.invalid_tid", "tid is no name for a bank");
    if (!pain001_amount_fits(row->amount))
        return refuse(err, row, "admin.fiat_batch.invalid_amount", "amount has too many digits");
    return state_check(creation, row, err) && receiver_check(creation, row, out, err);
}

/* ---- making one ---- */

static bool item_put(const struct creation *creation, uint64_t withdraw_id,
                     const struct str *receiver, struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(SEALED_BYTES_MAX);
    const struct outgoing *outgoing = creation->outgoing;
    char context[CONTEXT_SIZE];
    return secret_seal(outgoing->app->secrets, SECRET_COLUMN,
                       receiver_context(withdraw_id, context), str_data(receiver), receiver->length,
                       &sealed, err) &&
           fiat_batch_item_insert(outgoing->db, creation->batch.id, withdraw_id, str_data(&sealed),
                                  err);
}

/* ERR_INVALID: this one can't be in the batch, and nothing was written. */
static bool take(struct creation *creation, uint64_t id, struct err *err)
{
    AUTO(str_wipe) struct str receiver = STR_INIT(RECEIVER_BYTES_MAX);
    const struct outgoing *outgoing = creation->outgoing;
    struct fiat_batch *batch = &creation->batch;
    struct withdraw row;
    if (!withdraw_find_locked(outgoing->db, outgoing->arena, id, 0, &row, err) ||
        !payment_check(creation, &row, &receiver, err))
        return false;
    if (!item_put(creation, id, &receiver, err))
        return err->code == ERR_CONFLICT
                   ? refuse(err, &row, "admin.fiat_batch.already_in_batch", "it is in a batch")
                   : false;
    if (row.state == WITHDRAW_ACCEPTED && !withdraw_process(outgoing, &row, reason_batch, err))
        return false;
    batch->payments++;
    return dec_add(batch->sum, row.amount, &batch->sum) ||
           err_set(err, ERR_OVERFLOW, "the sum of the batch is too large");
}

static bool take_all(struct creation *creation, struct err *err)
{
    uint64_t ids[CANDIDATES_MAX];
    size_t count;
    if (!fiat_batch_candidates(creation->outgoing->db, creation->asked->currency_id, ids,
                               CANDIDATES_MAX, &count, err))
        return false;
    for (size_t i = 0; i < count && creation->batch.payments < PAIN001_PAYMENTS_MAX; i++)
        if (!take(creation, ids[i], err) && err->code != ERR_INVALID)
            return false;
    return creation->batch.payments > 0 ||
           err_set_key(err, ERR_INVALID, "admin.fiat_batch.nothing_to_pay",
                       "no withdrawal waits for a batch");
}

static bool take_named(struct creation *creation, struct err *err)
{
    const struct outgoing *outgoing = creation->outgoing;
    struct withdraw row;
    assert(creation->asked->tids_count <= PAIN001_PAYMENTS_MAX);
    for (size_t i = 0; i < creation->asked->tids_count; i++) {
        const char *tid = creation->asked->tids[i];
        if (!withdraw_find_by_tid(outgoing->db, outgoing->arena, tid, &row, err))
            return err->code == ERR_NOT_FOUND
                       ? err_set_key(err, ERR_INVALID, "admin.fiat_batch.invalid_tid",
                                     "tids: there is no withdrawal %s", tid)
                       : false;
        if (!take(creation, row.id, err))
            return false;
    }
    return true;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct creation *creation = arg;
    const struct accounting *app = creation->outgoing->app;
    struct fiat_batch *batch = &creation->batch;
    *batch = (struct fiat_batch){
        .message_id = creation->message_id,
        .state = FIAT_BATCH_MADE,
        .payer = app->config->fiat_account_holder,
        .payer_iban = creation->account ? creation->account->iban : "",
        .payer_bic = creation->account ? creation->account->bic : "",
        .by_gateway = creation->asked->by_gateway,
        .maker_id = creation->asked->operator_id,
        .created_at = creation->outgoing->now_us,
        .updated_at = creation->outgoing->now_us,
    };
    snprintf(batch->currency_id, sizeof(batch->currency_id), "%s", creation->asked->currency_id);
    return fiat_batch_insert(db, batch, err) &&
           (creation->asked->tids_count > 0 ? take_named(creation, err)
                                            : take_all(creation, err)) &&
           fiat_batch_update(db, batch, err);
}

static bool message_check(const struct outgoing *outgoing, const struct fiat_batch_asked *asked,
                          struct err *err)
{
    if (!outgoing->app->secrets)
        return err_set(err, ERR_PEER_UNAVAILABLE, "there is no store of secrets");
    if (strlen(asked->currency_id) != PAIN001_CURRENCY_LENGTH)
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.invalid_currency",
                           "currency: %s is no code of ISO 4217", asked->currency_id);
    return *outgoing->app->config->fiat_account_holder ||
           err_set_key(err, ERR_INVALID, "admin.fiat_batch.no_account",
                       "FIAT_ACCOUNT_HOLDER is empty");
}

static bool gateway_check(const struct outgoing *outgoing, struct err *err)
{
    const struct payment_gateway *gateway = outgoing->app->payments;
    return (gateway && payment_pays(gateway)) ||
           err_set_key(err, ERR_INVALID, "admin.fiat_batch.no_gateway",
                       "no payment gateway takes orders");
}

bool fiat_batch_create(const struct outgoing *outgoing, const struct fiat_batch_asked *asked,
                       struct fiat_batch *ret_batch, struct err *err)
{
    struct creation creation = {
        .outgoing = outgoing,
        .asked = asked,
        .account = fiat_account_of(outgoing->app->fiat_accounts, asked->currency_id)};
    uint8_t bytes[8];
    if (!message_check(outgoing, asked, err))
        return false;
    if (asked->by_gateway && !gateway_check(outgoing, err))
        return false;
    if (!asked->by_gateway && !creation.account)
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.no_account",
                           "FIAT_ACCOUNTS has no account of %s", asked->currency_id);
    random_bytes(bytes, sizeof(bytes));
    snprintf(creation.message_id, sizeof(creation.message_id),
             "BOURSE-%02X%02X%02X%02X%02X%02X%02X%02X", bytes[0], bytes[1], bytes[2], bytes[3],
             bytes[4], bytes[5], bytes[6], bytes[7]);
    if (!db_transaction(outgoing->db, create_unit, &creation, err))
        return false;
    accounting_outbox_wake(outgoing->app);
    return fiat_batch_get(outgoing->db, outgoing->arena, creation.batch.id, ret_batch, err);
}

/* ---- a second operator ---- */

struct decision {
    const struct outgoing *outgoing;
    uint64_t id, operator_id;
    enum fiat_batch_event event;
    const struct fiat_batch_seen *seen; /* NULL: all of it */
};

/* One goes out; or it was given back or paid by hand, and leaves the batch. */
static bool release_one(const struct decision *decision, struct fiat_batch *batch,
                        uint64_t withdraw_id, struct err *err)
{
    const struct outgoing *outgoing = decision->outgoing;
    struct withdraw row;
    if (!withdraw_find_locked(outgoing->db, outgoing->arena, withdraw_id, 0, &row, err))
        return false;
    if (row.member_id == decision->operator_id)
        return refuse(err, &row, "admin.fiat_batch.own_withdrawal",
                      "nobody releases his own withdrawal");
    if (row.state == WITHDRAW_PROCESSING)
        return withdraw_step(outgoing, &row, NULL, WITHDRAW_DO_DISPATCH, reason_batch, err);
    if (!decision->seen)
        return refuse(err, &row, "admin.fiat_batch.changed", withdraw_state_word(row.state));
    batch->payments--;
    return (dec_sub(batch->sum, row.amount, &batch->sum) ||
            err_set(err, ERR_OVERFLOW, "the sum of the batch is too large")) &&
           fiat_batch_item_delete(outgoing->db, withdraw_id, err);
}

static bool release(const struct decision *decision, struct fiat_batch *batch, struct err *err)
{
    const struct outgoing *outgoing = decision->outgoing;
    const struct fiat_batch_seen *seen = decision->seen;
    struct listed listed;
    if (batch->maker_id == decision->operator_id)
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.same_operator",
                           "who made batch %lu does not release it", (unsigned long)batch->id);
    if ((batch->by_gateway && !gateway_check(outgoing, err)) ||
        !fiat_batch_items(outgoing->db, outgoing->arena, batch->id, &listed, err))
        return false;
    const struct fiat_batch_item *items = listed.rows;
    assert(listed.count == batch->payments);
    for (size_t i = 0; i < listed.count; i++)
        if (!release_one(decision, batch, items[i].withdraw_id, err))
            return false;
    if (batch->payments == 0 ||
        (seen && (seen->payments != batch->payments || dec_cmp(seen->sum, batch->sum) != 0)))
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.changed",
                           "batch %lu has %lu payments now", (unsigned long)batch->id,
                           (unsigned long)batch->payments);
    return !batch->by_gateway ||
           fiat_batch_items_order(outgoing->db, batch->id, outgoing->now_us, err);
}

static bool decide_unit(struct db *db, void *arg, struct err *err)
{
    const struct decision *decision = arg;
    const struct outgoing *outgoing = decision->outgoing;
    struct fiat_batch batch;
    if (!fiat_batch_find_locked(db, outgoing->arena, decision->id, &batch, err) ||
        !fiat_batch_move(&batch, decision->event, err))
        return false;
    batch.checker_id = decision->operator_id;
    batch.updated_at = outgoing->now_us;
    bool done = decision->event == FIAT_BATCH_RELEASE ? release(decision, &batch, err)
                                                      : fiat_batch_items_delete(db, batch.id, err);
    return done && fiat_batch_update(db, &batch, err);
}

static bool decide(struct decision *decision, struct fiat_batch *ret_batch, struct err *err)
{
    const struct outgoing *outgoing = decision->outgoing;
    if (!db_transaction(outgoing->db, decide_unit, decision, err))
        return false;
    accounting_outbox_wake(outgoing->app);
    return fiat_batch_get(outgoing->db, outgoing->arena, decision->id, ret_batch, err);
}

bool fiat_batch_release(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                        const struct fiat_batch_seen *seen, struct fiat_batch *ret_batch,
                        struct err *err)
{
    struct decision decision = {outgoing, id, operator_id, FIAT_BATCH_RELEASE, seen};
    return decide(&decision, ret_batch, err);
}

bool fiat_batch_drop(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                     struct fiat_batch *ret_batch, struct err *err)
{
    struct decision decision = {outgoing, id, operator_id, FIAT_BATCH_DROP, NULL};
    return decide(&decision, ret_batch, err);
}

/* ---- its file ---- */

bool fiat_batch_line_open(const struct outgoing *outgoing, const struct fiat_batch_item *item,
                          struct fiat_batch_line *ret_line, struct err *err)
{
    *ret_line = (struct fiat_batch_line){.tid = item->tid,
                                         .uid = item->uid,
                                         .withdraw_state = item->withdraw_state,
                                         .order_state = item->order_state,
                                         .error = item->error,
                                         .bank_status = item->bank_status,
                                         .bank_reason = item->bank_reason,
                                         .attempts = item->attempts,
                                         .amount = item->amount};
    return receiver_open(outgoing, item, &ret_line->iban, &ret_line->name, err);
}

bool fiat_batch_lines(const struct outgoing *outgoing, uint64_t id, struct listed *ret_lines,
                      struct err *err)
{
    struct listed listed;
    if (!fiat_batch_items(outgoing->db, outgoing->arena, id, &listed, err))
        return false;
    const struct fiat_batch_item *items = listed.rows;
    struct fiat_batch_line *lines =
        arena_alloc(outgoing->arena, (listed.count + 1) * sizeof(*lines));
    if (!lines)
        return err_set(err, ERR_BUSY, "no memory for a batch");
    for (size_t i = 0; i < listed.count; i++)
        if (!fiat_batch_line_open(outgoing, &items[i], &lines[i], err))
            return false;
    *ret_lines = (struct listed){.rows = lines, .count = listed.count};
    return true;
}

bool fiat_batch_write(const struct outgoing *outgoing, uint64_t id, struct str *out,
                      struct err *err)
{
    struct pain001_payment payments[PAIN001_PAYMENTS_MAX];
    char currency[CURRENCY_ID_SIZE];
    struct fiat_batch batch;
    struct listed listed;
    if (!fiat_batch_get(outgoing->db, outgoing->arena, id, &batch, err))
        return false;
    if (batch.state != FIAT_BATCH_RELEASED)
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.not_released", "batch %lu is %s",
                           (unsigned long)id, fiat_batch_state_word(batch.state));
    if (batch.by_gateway)
        return err_set_key(err, ERR_INVALID, "admin.fiat_batch.by_gateway",
                           "batch %lu goes to the payment gateway", (unsigned long)id);
    if (!fiat_batch_lines(outgoing, id, &listed, err))
        return false;
    const struct fiat_batch_line *lines = listed.rows;
    assert(listed.count == batch.payments && listed.count <= PAIN001_PAYMENTS_MAX);
    for (size_t i = 0; i < listed.count; i++)
        payments[i] = (struct pain001_payment){.end_to_end_id = lines[i].tid,
                                               .name = lines[i].name,
                                               .iban = lines[i].iban,
                                               .amount = lines[i].amount};
    for (size_t i = 0; i < sizeof(currency); i++)
        currency[i] = (char)toupper((unsigned char)batch.currency_id[i]);
    return pain001_write(&(struct pain001){.message_id = batch.message_id,
                                           .name = batch.payer,
                                           .iban = batch.payer_iban,
                                           .bic = batch.payer_bic,
                                           .currency = currency,
                                           .created_us = batch.created_at,
                                           .sum = batch.sum,
                                           .payments = payments,
                                           .count = listed.count},
                         out, err);
}
