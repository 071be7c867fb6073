#include "accounting/actions/withdraw_explain.h"

#include <stdio.h>
#include <string.h>

#include "accounting/actions/withdraw_approve.h"
#include "accounting/actions/withdraw_limits.h"
#include "accounting/actions/withdraw_step.h"
#include "accounting/domain/signed_approval.h"
#include "accounting/peers/peers.h"
#include "accounting/store/members.h"
#include "accounting/store/payout_requests.h"
#include "accounting/store/reconcile.h"
#include "accounting/store/withdraws.h"
#include "base/auto.h"
#include "base/clock.h"
#include "json/field.h"
#include "json/read.h"

enum { PATH_SIZE = 80 };

/* ---- a sentence for people ---- */

static const struct {
    const char *reason, *sentence;
} reasons[] = {
    {"limit_24_hour", "Above the limit of 24 hours: an operator processes or rejects it."},
    {"limit_1_month", "Above the limit of a month: an operator processes or rejects it."},
    {"price_unknown", "A price is unknown, so no limit can be judged: for an operator."},
    {"admin_approve", "Every withdrawal waits for an operator (WITHDRAW_ADMIN_APPROVE)."},
    {"approvals", "Waits for the approvals of operators."},
    {"approval",
     "The signer waits for approvals, signed by enough of its approvers; or an operator has "
     "to look at the key that pays."},
    {"approval_invalid",
     "The signer refuses an approval: its signature does not verify, or it is too "
     "old. Its operator signs again."},
    {"approval_differs",
     "The signer refuses an approval: something else was signed than is paid. Its "
     "operator signs again."},
    {"owner_signatures",
     "Owners of the contract wallet have to sign, and not enough of them have."},
    {"safe_busy", "Another payment of the contract wallet comes first."},
    {"safe_refused", "The contract wallet, or the token, would refuse the payment now."},
    {"day_max", "The signer's cap of 24 hours is reached: it is paid as the window moves on."},
    {"fiat", "Fiat is paid by hand: an operator processes, dispatches and confirms it."},
    {"stopped", "The gateway does not sign it: the coins of the currency differ from the books. It "
                "is paid when they balance or an operator acknowledges the difference."},
    {"liquidity", "The hot wallet is short: it is paid when there is enough."},
    {"fee", "The network asks for more than our limit: it is paid when that is less."},
    {"unknown", "It was sent and nobody answered: the same bytes are sent again, never refunded."},
    {"internal", "The address is a member's of ours: nothing went to the chain."},
    {"undone", "It was paid, and a deep reorganisation of the chain took that back for good: an "
               "adjustment gives the member what he did not get."},
    {"refused", "The gateway refused it; nothing was signed. Process it again, or fail it."},
};

static const char *sentence_of(const struct withdraw *row, bool is_stopped)
{
    if (is_stopped && row->state == WITHDRAW_PROCESSING)
        return "Withdrawals of the currency are stopped: its coins differ from the books. If it "
               "is not signed yet, it waits until they balance or an operator acknowledges the "
               "difference.";
    for (size_t i = 0; row->reason && i < ARRAY_LEN(reasons); i++)
        if (strcmp(reasons[i].reason, row->reason) == 0)
            return reasons[i].sentence;
    if (row->state == WITHDRAW_PROCESSING)
        return "The gateway was asked to pay it, or will be as soon as it answers.";
    if (row->state == WITHDRAW_CONFIRMING)
        return "It was sent; its confirmations are counted.";
    if (row->state == WITHDRAW_SUCCEED)
        return "Done.";
    return withdraw_is_completed(row->state) ? "It ended; the funds were given back." : "Waits.";
}

/* ---- the parts ---- */

static void add_limits(const struct outgoing *outgoing, const struct withdraw *row, struct str *out)
{
    struct withdraw_limit_rule rule;
    struct withdraw_sums sums;
    struct member member;
    struct err ignored; /* a part that can't be told is null */
    bool ok = members_by_id(outgoing->db, row->member_id, &member, &ignored) &&
              withdraw_sums_of(outgoing, row->member_id, &sums, &ignored);
    str_add(out, ",\"limit\":");
    if (!ok || !withdraw_limit_of(outgoing, &member, &rule)) {
        str_add(out, "null");
        return;
    }
    str_add(out, "{\"group\":");
    json_write_string(out, rule.group);
    str_add(out, ",\"kyc_level\":");
    json_write_string(out, rule.kyc_level);
    str_add(out, ",\"limit_24_hour\":");
    json_write_dec(out, rule.limit_24_hour);
    str_add(out, ",\"limit_1_month\":");
    json_write_dec(out, rule.limit_1_month);
    str_add(out, ",\"last_24_hours\":");
    json_write_dec(out, sums.last_24_hours);
    str_add(out, ",\"last_1_month\":");
    json_write_dec(out, sums.last_1_month);
    str_add_char(out, '}');
}

static void add_approvals(const struct outgoing *outgoing, const struct withdraw *row,
                          struct str *out)
{
    size_t needed = 0, given = 0;
    struct err ignored;
    struct payment_said said;
    if (!withdraw_approvals_count(outgoing, row, &needed, &given, &ignored))
        needed = given = 0;
    str_add_format(out, ",\"approvals\":{\"needed\":%zu,\"given\":%zu,\"payment\":", needed, given);
    if (row->is_coin && withdraw_payment(outgoing, row, &said, &ignored))
        payment_said_write(&said, out);
    else
        str_add(out, "null");
    str_add_char(out, '}');
}

static void add_steps(const struct outgoing *outgoing, const struct withdraw *row, struct str *out)
{
    char time[CLOCK_ISO_SIZE];
    struct listed listed = {.count = 0};
    struct err ignored;
    if (!withdraw_steps(outgoing->db, outgoing->arena, row->id, &listed, &ignored))
        listed.count = 0;
    const struct withdraw_step_row *steps = listed.rows;
    str_add(out, ",\"steps\":[");
    for (size_t i = 0; i < listed.count; i++) {
        str_add(out, i > 0 ? ",{\"event\":" : "{\"event\":");
        json_write_string(out, steps[i].event);
        str_add(out, ",\"from\":");
        json_write_string(out, steps[i].from);
        str_add(out, ",\"to\":");
        json_write_string(out, steps[i].to);
        str_add(out, ",\"by\":");
        json_write_string(out, steps[i].actor);
        str_add(out, ",\"reason\":");
        json_write_string(out, steps[i].reason);
        str_add_format(out, ",\"at\":\"%s\"}", clock_iso(steps[i].created_at, time));
    }
    str_add_char(out, ']');
}

/* What the gateway says of it now; null when it is away. */
static void add_gateway(const struct outgoing *outgoing, const struct withdraw *row,
                        struct str *out)
{
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    char path[PATH_SIZE];
    struct err ignored;
    long status;
    snprintf(path, sizeof(path), "/internal/payouts/withdraw-%lu", (unsigned long)row->id);
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN, .path = path};
    bool ok = peer_call(outgoing->app->peers, &request, &status, &text, &ignored) &&
              status == 200 && json_check(str_data(&text), text.length, &ignored);
    str_add(out, ",\"gateway\":");
    str_add(out, ok ? str_data(&text) : "null");
}

static void add_payout(const struct outgoing *outgoing, const struct withdraw *row, struct str *out)
{
    struct payout_request payout;
    struct err ignored;
    str_add(out, ",\"payout\":");
    if (!payout_request_find(outgoing->db, outgoing->arena, row->id, &payout, &ignored)) {
        str_add(out, "null");
        return;
    }
    str_add(out, "{\"request\":");
    json_write_string(out, payout.state);
    str_add(out, ",\"state\":");
    json_write_string(out, payout.payout_state);
    str_add_format(out, ",\"attempts\":%lu,\"error\":", (unsigned long)payout.attempts);
    json_write_string(out, payout.error);
    add_gateway(outgoing, row, out);
    str_add_char(out, '}');
}

static void add_stopped(const struct reconcile_row *stopped, struct str *out)
{
    str_add(out, ",\"stopped\":");
    if (!stopped) {
        str_add(out, "null");
        return;
    }
    str_add(out, "{\"reason\":\"coins_differ\",\"blockchain_key\":");
    json_write_string(out, stopped->blockchain_key);
    str_add(out, ",\"difference\":");
    json_write_string(out, stopped->difference);
    str_add_format(out, ",\"height\":%lld}", (long long)stopped->height);
}

bool withdraw_explain(const struct outgoing *outgoing, uint64_t id, struct str *out,
                      struct err *err)
{
    struct reconcile_row stopped;
    struct withdraw row;
    struct err ignored; /* untold: as if it were not stopped */
    if (!withdraw_find(outgoing->db, outgoing->arena, id, 0, &row, err))
        return false;
    bool is_stopped =
        reconcile_stopped_find(outgoing->db, outgoing->arena, row.currency_id, &stopped, &ignored);
    str_add_format(out, "{\"id\":%lu,\"tid\":", (unsigned long)row.id);
    json_write_string(out, row.tid);
    str_add(out, ",\"state\":");
    json_write_string(out, withdraw_state_word(row.state));
    str_add(out, ",\"reason\":");
    json_write_string(out, row.reason);
    str_add(out, ",\"sentence\":");
    json_write_string(out, sentence_of(&row, is_stopped));
    add_stopped(is_stopped ? &stopped : NULL, out);
    add_steps(outgoing, &row, out);
    add_limits(outgoing, &row, out);
    add_approvals(outgoing, &row, out);
    add_payout(outgoing, &row, out);
    str_add_char(out, '}');
    return true;
}
