#include "accounting/actions/fiat_report.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "accounting/actions/fiat_payout.h"
#include "accounting/domain/bank_status.h"
#include "accounting/state/metrics.h"
#include "accounting/store/fiat_batches.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "iso20022/pain001.h"
#include "iso20022/pain002.h"
#include "json/field.h"

enum { DIGEST_SIZE = 2 * SHA256_SIZE + 1, REASON_SIZE = 161, STATUS_SIZE = 5 };

#define REPORT_SOURCE "report"

enum line_result {
    LINE_MOVED,    /* it stands further on */
    LINE_REJECTED, /* its withdrawal has failed, and is refunded */
    LINE_KNOWN,    /* it stood there */
    LINE_REFUSED,  /* an operator must look: nothing was done */
    LINE_RESULTS_COUNT
};
static const char *const result_words[LINE_RESULTS_COUNT] = {"moved", "rejected", "known",
                                                             "refused"};

struct import {
    const struct outgoing *outgoing;
    const struct fiat_report_file *file;
    const struct pain002 *said;
    const char *digest;
    struct fiat_batch batch;
    const struct fiat_batch_item *items;
    size_t items_count;
    bool heard[PAIN001_PAYMENTS_MAX]; /* by a status of its own, or of what is nearer to it */
    size_t counts[LINE_RESULTS_COUNT], lines_count;
    struct str *lines, *outcome;
};

struct line {
    enum line_result result;
    const char *reason; /* NULL: none */
};

/* ---- the outcome ---- */

static bool line_put(struct import *import, const struct pain002_status *status, const char *tid,
                     struct line line, struct err *err)
{
    struct str *out = import->lines;
    import->counts[line.result]++;
    str_add_format(out, "%s{\"line\":%zu,\"tid\":", import->lines_count++ ? "," : "", status->line);
    json_write_string(out, tid);
    str_add(out, ",\"status\":");
    json_write_string(out, status->status);
    str_add(out, ",\"bank_reason\":");
    json_write_string(out, *status->reason ? status->reason : NULL);
    str_add_format(out, ",\"result\":\"%s\",\"reason\":", result_words[line.result]);
    json_write_string(out, line.reason);
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_BUSY, "no memory for the outcome");
}

static bool outcome_write(struct import *import, struct err *err)
{
    struct str *out = import->outcome;
    str_add_format(out, "{\"batch\":%lu,\"message_id\":", (unsigned long)import->batch.id);
    json_write_string(out, import->said->id);
    for (size_t i = 0; i < LINE_RESULTS_COUNT; i++)
        str_add_format(out, ",\"%s\":%zu", result_words[i], import->counts[i]);
    str_add(out, ",\"lines\":[");
    str_add(out, str_data(import->lines));
    str_add(out, "]}");
    return str_ok(out) || err_set(err, ERR_BUSY, "no memory for the outcome");
}

/* ---- one payment ---- */

/* "AC04: Account closed", cut between characters. */
static const char *reason_of(const struct pain002_status *status, char ret_text[static REASON_SIZE])
{
    int length = snprintf(ret_text, REASON_SIZE, "%s%s%s", status->reason,
                          *status->reason && *status->text ? ": " : "", status->text);
    while (length > 0 && length < REASON_SIZE && !utf8_is_valid(ret_text, (size_t)length))
        ret_text[--length] = '\0';
    return ret_text;
}

/* Withdrawals fail by the bank's word as by a statement's; what was paid is not given back. */
static bool reject(struct import *import, const struct fiat_batch_item *item, const char *reason,
                   struct line *ret_line, struct err *err)
{
    const struct fiat_payout_told told = {
        .tid = item->tid,
        .source = REPORT_SOURCE,
        .event_id = import->said->id,
        .reason = *reason ? reason : "rejected by the bank",
    };
    enum fiat_payout_outcome outcome;
    struct withdraw row;
    if (!fiat_payout_hear_within(import->outgoing, &told, &outcome, &row, err)) {
        *ret_line = (struct line){LINE_REFUSED, "not_due"};
        return err->code == ERR_STATE_CONFLICT;
    }
    *ret_line = outcome == FIAT_PAYOUT_LATE    ? (struct line){LINE_REFUSED, "was_paid"}
                : outcome == FIAT_PAYOUT_KNOWN ? (struct line){LINE_KNOWN, NULL}
                                               : (struct line){LINE_REJECTED, NULL};
    return true;
}

static bool is_over(const struct fiat_batch_item *item)
{
    return strcmp(item->withdraw_state, "confirming") != 0 &&
           strcmp(item->withdraw_state, "succeed") != 0;
}

static bool is_rejected(const struct pain002_status *status)
{
    return strcmp(status->status, BANK_REJECTED) == 0;
}

/* A status that the row has room for. */
static bool item_save(struct import *import, struct fiat_batch_item *item,
                      const struct pain002_status *status, const char *reason, struct err *err)
{
    assert(strlen(status->status) < STATUS_SIZE);
    item->bank_status = status->status;
    item->bank_reason = *reason ? reason : NULL;
    return fiat_batch_item_hear(import->outgoing->db, item, import->outgoing->now_us, err);
}

static bool item_hear(struct import *import, const struct fiat_batch_item *listed,
                      const struct pain002_status *status, struct line *ret_line, struct err *err)
{
    const struct outgoing *outgoing = import->outgoing;
    char reason[REASON_SIZE];
    struct fiat_batch_item item;
    struct withdraw row;
    /* The withdrawal before its item, as everybody does. */
    if (!withdraw_find_locked(outgoing->db, outgoing->arena, listed->withdraw_id, 0, &row, err) ||
        !fiat_batch_item_find_locked(outgoing->db, outgoing->arena, listed->withdraw_id, &item,
                                     err))
        return false;
    reason_of(status, reason);
    switch (bank_step_of(item.bank_status, status->status)) {
    case BANK_UNKNOWN:
        *ret_line = (struct line){LINE_REFUSED, "unknown_status"};
        return true;
    case BANK_SAME:
        *ret_line = (struct line){LINE_KNOWN, NULL};
        return true;
    case BANK_BACKWARD:
        *ret_line = (struct line){LINE_REFUSED, "backwards"};
        return true;
    case BANK_FORWARD:
        break;
    }
    *ret_line = is_over(&item) ? (struct line){LINE_REFUSED, "given_back"}
                               : (struct line){LINE_MOVED, NULL};
    if (is_rejected(status) && !reject(import, &item, reason, ret_line, err))
        return false;
    return (is_rejected(status) && ret_line->result == LINE_REFUSED) ||
           item_save(import, &item, status, reason, err);
}

/* ---- each status of the file ---- */

static bool fits(const struct import *import, const struct fiat_batch_item *item,
                 const struct pain002_status *status)
{
    return (!status->has_amount || dec_cmp(status->amount, item->amount) == 0) &&
           (!*status->currency || strcasecmp(status->currency, import->batch.currency_id) == 0);
}

/* The one payment information of a batch has the name of its message (pain001.c). */
static bool is_of_batch(const struct import *import, const struct pain002_status *status)
{
    return !*status->payment_id || strcmp(status->payment_id, import->batch.message_id) == 0;
}

static bool transaction_hear(struct import *import, const struct pain002_status *status,
                             struct err *err)
{
    struct line line = {LINE_REFUSED, "unknown_payment"};
    size_t at = 0;
    while (at < import->items_count && strcmp(import->items[at].tid, status->end_to_end_id) != 0)
        at++;
    if (!is_of_batch(import, status)) {
        line.reason = "unknown_payment_information";
    } else if (at < import->items_count) {
        import->heard[at] = true;
        if (!fits(import, &import->items[at], status))
            line.reason = "differs";
        else if (!item_hear(import, &import->items[at], status, &line, err))
            return false;
    }
    return line_put(import, status, status->end_to_end_id, line, err);
}

/* Of the whole: of every payment of which nothing nearer was said. It does not call one back. */
static bool whole_hear(struct import *import, const struct pain002_status *status, struct err *err)
{
    if (!is_of_batch(import, status) || bank_step_of(NULL, status->status) == BANK_UNKNOWN)
        return line_put(import, status, NULL,
                        strcmp(status->status, BANK_PARTLY) == 0 && is_of_batch(import, status)
                            ? (struct line){LINE_KNOWN, NULL}
                            : (struct line){LINE_REFUSED, is_of_batch(import, status)
                                                              ? "unknown_status"
                                                              : "unknown_payment_information"},
                        err);
    for (size_t i = 0; i < import->items_count; i++) {
        struct line line;
        if (import->heard[i])
            continue;
        import->heard[i] = true;
        if (!item_hear(import, &import->items[i], status, &line, err))
            return false;
        if (line.result == LINE_REFUSED && strcmp(line.reason, "backwards") == 0 &&
            !is_rejected(status))
            line = (struct line){LINE_KNOWN, NULL};
        if (!line_put(import, status, import->items[i].tid, line, err))
            return false;
    }
    return true;
}

/* ---- the file ---- */

static bool refuse(struct err *err, const char *key, const char *what, const char *name)
{
    return err_set_key(err, ERR_INVALID, key, "%s: %s", name, what);
}

static bool batch_find(struct import *import, struct err *err)
{
    const struct outgoing *outgoing = import->outgoing;
    const struct pain002 *said = import->said;
    struct fiat_batch *batch = &import->batch;
    struct listed listed;
    if (!fiat_batch_find_message_locked(outgoing->db, outgoing->arena, said->original_id, batch,
                                        err))
        return err->code == ERR_NOT_FOUND && refuse(err, "admin.fiat_report.unknown_batch",
                                                    "there is no such batch", said->original_id);
    if (batch->state != FIAT_BATCH_RELEASED)
        return refuse(err, "admin.fiat_report.not_released", fiat_batch_state_word(batch->state),
                      said->original_id);
    if (batch->by_gateway)
        return refuse(err, "admin.fiat_report.by_gateway", "no bank had its file",
                      said->original_id);
    if ((said->has_payments && said->payments != batch->payments) ||
        (said->has_sum && dec_cmp(said->sum, batch->sum) != 0))
        return refuse(err, "admin.fiat_report.other_sum", "number or sum of payments is another",
                      said->original_id);
    if (!fiat_batch_items(outgoing->db, outgoing->arena, batch->id, &listed, err))
        return false;
    import->items = listed.rows;
    import->items_count = listed.count;
    assert(listed.count <= PAIN001_PAYMENTS_MAX);
    return true;
}

/* *ret_known: the same file was imported before, and the outcome is that of then. */
static bool is_known(struct import *import, bool *ret_known, struct err *err)
{
    struct fiat_report row = {.batch_id = import->batch.id, .message_id = import->said->id};
    *ret_known = false;
    if (!fiat_report_find(import->outgoing->db, import->outgoing->arena, &row, err))
        return err->code == ERR_NOT_FOUND;
    if (strcmp(row.digest, import->digest) != 0)
        return refuse(err, "admin.fiat_report.differs", "it was imported with other contents",
                      row.message_id);
    *ret_known = true;
    str_add(import->outcome, row.outcome);
    return str_ok(import->outcome) || err_set(err, ERR_BUSY, "no memory for the outcome");
}

/* Nobody brings the file that gives him his own money back. */
static bool may_bring(const struct import *import, struct err *err)
{
    struct withdraw row;
    bool rejects = false;
    for (size_t i = 0; i < import->said->count; i++)
        rejects = rejects || is_rejected(&import->said->statuses[i]);
    for (size_t i = 0; rejects && import->file->maker_id && i < import->items_count; i++) {
        if (!withdraw_find(import->outgoing->db, import->outgoing->arena,
                           import->items[i].withdraw_id, 0, &row, err))
            return false;
        if (row.member_id == import->file->maker_id)
            return refuse(err, "admin.fiat_report.own_withdrawal",
                          "a rejection may be of the operator's own", row.tid);
    }
    return true;
}

static bool import_unit(struct db *db, void *arg, struct err *err)
{
    struct import *import = arg;
    const struct pain002 *said = import->said;
    bool known;
    str_clear(import->lines);
    str_clear(import->outcome);
    memset(import->heard, 0, sizeof(import->heard));
    memset(import->counts, 0, sizeof(import->counts));
    import->lines_count = 0;
    if (!batch_find(import, err) || !is_known(import, &known, err))
        return false;
    if (known)
        return true;
    if (!may_bring(import, err))
        return false;
    for (size_t i = 0; i < said->count; i++)
        if (!(said->statuses[i].level == PAIN002_TRANSACTION
                  ? transaction_hear(import, &said->statuses[i], err)
                  : whole_hear(import, &said->statuses[i], err)))
            return false;
    if (!outcome_write(import, err))
        return false;
    const struct fiat_report row = {.batch_id = import->batch.id,
                                    .maker_id = import->file->maker_id,
                                    .message_id = said->id,
                                    .digest = import->digest,
                                    .outcome = str_data(import->outcome)};
    return fiat_report_insert(db, &row, import->outgoing->now_us, err);
}

bool fiat_report_import(const struct outgoing *outgoing, const struct fiat_report_file *file,
                        struct str *ret_outcome, struct err *err)
{
    AUTO(str_release) struct str lines = STR_INIT(FIAT_REPORT_OUTCOME_BYTES_MAX);
    AUTO(str_release) struct str outcome = STR_INIT(FIAT_REPORT_OUTCOME_BYTES_MAX);
    AUTO(str_release) struct str digest = STR_INIT(DIGEST_SIZE);
    AUTO(pain002_end) struct pain002 said;
    uint8_t bytes[SHA256_SIZE];
    if (!pain002_read(file->text, file->length, &said, err)) {
        if (err->code == ERR_BODY_INVALID)
            err->key = "admin.fiat_report.invalid";
        return false;
    }
    sha256(file->text, file->length, bytes);
    str_add_hex(&digest, bytes, sizeof(bytes));
    struct import import = {.outgoing = outgoing,
                            .file = file,
                            .said = &said,
                            .digest = str_data(&digest),
                            .lines = &lines,
                            .outcome = &outcome};
    if (!str_ok(&digest))
        return err_set(err, ERR_BUSY, "no memory for a report");
    if (!db_transaction(outgoing->db, import_unit, &import, err))
        return false;
    accounting_outbox_wake(outgoing->app);
    metric_add(outgoing->app->metrics, METRIC_FIAT_REPORT_REFUSED,
               (int64_t)import.counts[LINE_REFUSED]);
    str_add(ret_outcome, str_data(&outcome));
    return str_ok(ret_outcome) || err_set(err, ERR_BUSY, "no memory for the outcome");
}
