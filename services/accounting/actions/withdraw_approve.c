#include "accounting/actions/withdraw_approve.h"

#include <string.h>

#include "accounting/actions/withdraw_step.h"
#include "accounting/state/config.h"
#include "accounting/store/withdraws.h"
#include "base/clock.h"
#include "json/field.h"

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
    return approval->expires_at > outgoing->now_us && strcmp(approval->digest, digest) == 0;
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
        str_add(out, begun ? ",{\"by\":" : "{\"by\":");
        json_write_string(out, approvals[i].uid);
        str_add(out, ",\"digest\":");
        json_write_string(out, approvals[i].digest);
        str_add_format(out, ",\"at\":\"%s\"}", clock_iso(approvals[i].created_at, time));
        begun = true;
    }
    str_add_char(out, ']');
    return true;
}

struct approve_work {
    const struct outgoing *outgoing;
    uint64_t id, operator_id;
    struct withdraw row;
};

static bool refuse_twice(const struct outgoing *outgoing, const struct approve_work *work,
                         const char *digest, struct err *err)
{
    struct listed listed;
    if (!withdraw_approvals(outgoing->db, outgoing->arena, work->id, &listed, err))
        return false;
    const struct withdraw_approval *approvals = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        if (approvals[i].member_id == work->operator_id && counts(outgoing, &approvals[i], digest))
            return err_set_key(err, ERR_INVALID, "admin.withdraw.already_approved",
                               "the same operator approved it before");
    return true;
}

static bool approve_unit(struct db *db, void *arg, struct err *err)
{
    struct approve_work *work = arg;
    const struct outgoing *outgoing = work->outgoing;
    struct withdraw *row = &work->row;
    struct withdraw_approval approval = {
        .member_id = work->operator_id,
        .created_at = outgoing->now_us,
        .expires_at = outgoing->now_us + outgoing->app->config->withdraw_approval_hours * hour_us,
    };
    char digest[WITHDRAW_DIGEST_SIZE];
    size_t needed, given;
    if (!withdraw_find_locked(db, outgoing->arena, work->id, 0, row, err))
        return false;
    if (row->state != WITHDRAW_ACCEPTED)
        return err_set_key(err, ERR_INVALID, "admin.withdraw.cannot_approve", "it is %s",
                           withdraw_state_word(row->state));
    if (row->member_id == work->operator_id)
        return err_set_key(err, ERR_INVALID, "admin.withdraw.own_withdrawal",
                           "nobody approves his own withdrawal");
    withdraw_digest(row, digest);
    approval.digest = digest;
    if (!refuse_twice(outgoing, work, digest, err) ||
        !withdraw_approval_put(db, row->id, &approval, err) ||
        !withdraw_approvals_count(outgoing, row, &needed, &given, err))
        return false;
    bool goes_on = row->is_coin && needed > 0 && given >= needed && row->reason &&
                   strcmp(row->reason, "approvals") == 0;
    return !goes_on || withdraw_process(outgoing, row, NULL, err);
}

bool withdraw_approve(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                      struct withdraw *ret_row, struct err *err)
{
    struct approve_work work = {.outgoing = outgoing, .id = id, .operator_id = operator_id};
    if (!db_transaction(outgoing->db, approve_unit, &work, err))
        return false;
    *ret_row = work.row;
    return true;
}
