/*
 * desk.h: where it is decided what is signed: one order after the other, against policy, sums and payouts
 * of before, each decision a line of the audit file. The memory here is what the file says and nothing
 * more: opening replays it.
 *
 *     enum desk_answer answer;
 *     if (!desk_decide(desk, &order, &approvals, &answer, err)) return false;   // refused, and written
 *     ... sign, answer
 *
 * When desk_decide() says yes, the decision is on the disk and counted: a crash afterwards costs a
 * signature that can be asked for again, never a limit. The same order again is DESK_AGAIN: it may be
 * signed, and counts nothing.
 *
 * Threads: any.
 */
#ifndef SIGNER_ACTIONS_DESK_H
#define SIGNER_ACTIONS_DESK_H

#include "base/clock.h"
#include "metrics/metrics.h"
#include "signer/domain/approvals.h"
#include "signer/store/audit.h"

struct desk;

enum desk_answer { DESK_SIGN, DESK_AGAIN };

struct desk_spec {
    const char *audit_file;
    const struct policy *policy; /* outlives the desk */
    const struct clock *clock;
    struct metrics *metrics;
};

/* ERR_CONFIG: the file's chain is broken. */
bool desk_open(const struct desk_spec *spec, struct desk **ret_desk, struct err *err) MUST_CHECK;
void desk_close(struct desk *desk); /* NULL is fine */
DEFINE_AUTO(struct desk, desk_close);

/* ERR_FORBIDDEN: refused. ERR_BUSY: the audit file or memory. */
bool desk_decide(struct desk *desk, const struct order *order, const struct approvals *approvals,
                 enum desk_answer *ret_answer, struct err *err) MUST_CHECK;

/* Writes a refusal that was found before there was an order. `about`: what is known, JSON members or "". */
void desk_note_refusal(struct desk *desk, const char *about, const struct err *why);

/* A line about ourselves: "\"event\":\"started\",...". */
bool desk_note(struct desk *desk, const char *members, struct err *err) MUST_CHECK;

void desk_look(struct desk *desk, struct audit_facts *ret_facts);
bool desk_is_ok(struct desk *desk);

/* Of the last 24 hours, for people. */
struct u256 desk_day_total(struct desk *desk, const struct policy_rule *rule);
struct u256 desk_day_fees(struct desk *desk, const struct policy_chain *chain);

#endif
