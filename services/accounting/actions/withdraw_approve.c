#include "accounting/actions/withdraw_approve.h"

#include <string.h>

#include "accounting/actions/withdraw_step.h"
#include "accounting/state/config.h"
#include "accounting/store/payout_requests.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/clock.h"
#include "json/field.h"
#include "json/read.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum { APPROVALS_BYTES_MAX = 16 * 1024, BODY_BYTES_MAX = 24 * 1024 };

static const int64_t hour_us = 3600 * (int64_t)1000000;

/* Unknown prices don't make a withdrawal small. */
static bool needs_approvals(const struct outgoing *outgoing, const struct withdraw *row)
{
    const struct currency *currency = catalog_currency(outgoing->catalog, row->currency_id);
    struct dec above, value;
    if (outgoing->app->config->withdraw_approvals == 0)
        return false;
    if (!dec_parse(outgoing->app->config->withdraw_approvals_above, &above))
        return true;
    if (!currency || !dec_is_positive(currency->price) ||
        !dec_mul(row->sum, currency->price, DEC_UP, &value))
        return true;
    return dec_cmp(value, above) > 0;
}

static bool counts(const struct outgoing *outgoing, const struct withdraw_approval *approval,
                   const char *digest)
{
    return approval->expires_at > outgoing->now_us && strcmp(approval->digest, digest) == 0 &&
           (approval->document || !outgoing->app->config->withdraw_approvals_signed);
}

bool withdraw_approvals_count(const struct outgoing *outgoing, const struct withdraw *row,
                              size_t *ret_needed, size_t *ret_given, struct err *err)
{
    char digest[WITHDRAW_DIGEST_SIZE];
    struct listed listed;
    if (!withdraw_approvals(outgoing->db, outgoing->arena, row->id, &listed, err))
        return false;
    withdraw_digest(row, digest);
    const struct withdraw_approval *approvals = listed.rows;
    *ret_needed = needs_approvals(outgoing, row) ? outgoing->app->config->withdraw_approvals : 0;
    *ret_given = 0;
    for (size_t i = 0; i < listed.count; i++)
        *ret_given += counts(outgoing, &approvals[i], digest);
    return true;
}

bool withdraw_approvals_write(const struct outgoing *outgoing, const struct withdraw *row,
                              struct str *out, struct err *err)
{
    char digest[WITHDRAW_DIGEST_SIZE], time[CLOCK_ISO_SIZE];
    struct listed listed;
    bool begun = false;
    if (!withdraw_approvals(outgoing->db, outgoing->arena, row->id, &listed, err))
        return false;
    withdraw_digest(row, digest);
    const struct withdraw_approval *approvals = listed.rows;
    str_add_char(out, '[');
    for (size_t i = 0; i < listed.count; i++) {
        if (!counts(outgoing, &approvals[i], digest))
            continue;
        str_add(out, begun ? "," : "");
        begun = true;
        if (approvals[i].document) {
            str_add(out, approvals[i].document);
            continue;
        }
        str_add(out, "{\"by\":");
        json_write_string(out, approvals[i].uid);
        str_add(out, ",\"digest\":");
        json_write_string(out, approvals[i].digest);
        str_add_format(out, ",\"at\":\"%s\"}", clock_iso(approvals[i].created_at, time));
    }
    str_add_char(out, ']');
    return true;
}

struct approve_work {
    const struct outgoing *outgoing;
    uint64_t id, operator_id;
    const char *document;
    struct withdraw row;
};

/* A document that was signed anew takes the place of what was there. */
static bool refuse_twice(const struct approve_work *work, const char *digest, struct err *err)
{
    const struct outgoing *outgoing = work->outgoing;
    struct listed listed;
    if (!withdraw_approvals(outgoing->db, outgoing->arena, work->id, &listed, err))
        return false;
    const struct withdraw_approval *approvals = listed.rows;
    for (size_t i = 0; i < listed.count; i++) {
        const char *before = approvals[i].document;
        bool is_same = !work->document || (before && strcmp(before, work->document) == 0);
        if (approvals[i].member_id == work->operator_id && is_same &&
            counts(outgoing, &approvals[i], digest))
            return err_set_key(err, ERR_INVALID, "admin.withdraw.already_approved",
                               "the same operator approved it before");
    }
    return true;
}

static bool state_check(const struct approve_work *work, struct err *err)
{
    const struct withdraw *row = &work->row;
    /* What the gateway was asked for may wait for approvals of the signer. */
    bool waits = row->is_coin && row->receiver_id == 0 &&
                 (row->state == WITHDRAW_PROCESSING || row->state == WITHDRAW_SKIPPED);
    if (row->state != WITHDRAW_ACCEPTED && !(work->document && waits))
        return err_set_key(err, ERR_INVALID, "admin.withdraw.cannot_approve", "it is %s%s",
                           withdraw_state_word(row->state),
                           waits ? ": only a signed approval is taken" : "");
    if (row->member_id == work->operator_id)
        return err_set_key(err, ERR_INVALID, "admin.withdraw.own_withdrawal",
                           "nobody approves his own withdrawal");
    return true;
}

static bool document_check(const struct approve_work *work, struct withdraw_approval *approval,
                           struct err *err)
{
    const struct outgoing *outgoing = work->outgoing;
    char name[SIGNED_APPROVAL_NAME_MAX + 1];
    struct payment_said said;
    int64_t expires_us;
    if (!work->document)
        return !outgoing->app->config->withdraw_approvals_signed ||
               !needs_approvals(outgoing, &work->row) ||
               err_set_key(err, ERR_INVALID, "admin.withdraw.approval_unsigned",
                           "signed: the approver's own signature is needed");
    if (!work->row.is_coin)
        return err_set_key(err, ERR_INVALID, "admin.withdraw.invalid_approval",
                           "signed: only coins are paid by the signer");
    if (!withdraw_payment(outgoing, &work->row, &said, err) ||
        !signed_approval_check(work->document, &said, outgoing->now_us, name, &expires_us, err))
        return false;
    if (expires_us < approval->expires_at)
        approval->expires_at = expires_us;
    return true;
}

/* The gateway has the payment already, or is about to: it is told of the approvals that there are now. */
static bool payment_renew(const struct approve_work *work, struct err *err)
{
    const struct outgoing *outgoing = work->outgoing;
    AUTO(str_release)
    struct str approvals = STR_INIT(APPROVALS_BYTES_MAX), body = STR_INIT(BODY_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    cJSON *list = NULL;
    struct payout_request request;
    if (work->row.state == WITHDRAW_ACCEPTED)
        return true;
    if (!payout_request_find(outgoing->db, outgoing->arena, work->id, &request, err) ||
        !withdraw_approvals_write(outgoing, &work->row, &approvals, err) ||
        !json_read(request.body, strlen(request.body), &root, err) ||
        !json_read(str_data(&approvals), approvals.length, &list, err))
        return false;
    if (!cJSON_ReplaceItemInObjectCaseSensitive(root, "approvals", list)) {
        cJSON_Delete(list);
        return err_set(err, ERR_INTERNAL, "a payout without approvals");
    }
    json_write_tree(root, &body);
    return str_ok(&body) ? payout_request_renew(outgoing->db, work->id, str_data(&body),
                                                outgoing->now_us, err)
                         : err_set(err, ERR_INTERNAL, "a payout is too large");
}

static bool approve_unit(struct db *db, void *arg, struct err *err)
{
    struct approve_work *work = arg;
    const struct outgoing *outgoing = work->outgoing;
    struct withdraw *row = &work->row;
    struct withdraw_approval approval = {
        .member_id = work->operator_id,
        .document = work->document,
        .created_at = outgoing->now_us,
        .expires_at = outgoing->now_us + outgoing->app->config->withdraw_approval_hours * hour_us,
    };
    char digest[WITHDRAW_DIGEST_SIZE];
    size_t needed, given;
    if (!withdraw_find_locked(db, outgoing->arena, work->id, 0, row, err) ||
        !state_check(work, err) || !document_check(work, &approval, err))
        return false;
    withdraw_digest(row, digest);
    approval.digest = digest;
    if (!refuse_twice(work, digest, err) || !withdraw_approval_put(db, row->id, &approval, err) ||
        !payment_renew(work, err) || !withdraw_approvals_count(outgoing, row, &needed, &given, err))
        return false;
    bool goes_on = row->is_coin && row->state == WITHDRAW_ACCEPTED && needed > 0 &&
                   given >= needed && row->reason && strcmp(row->reason, "approvals") == 0;
    return !goes_on || withdraw_process(outgoing, row, NULL, err);
}

bool withdraw_approve(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                      const char *document, struct withdraw *ret_row, struct err *err)
{
    struct approve_work work = {
        .outgoing = outgoing, .id = id, .operator_id = operator_id, .document = document};
    if (!db_transaction(outgoing->db, approve_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
