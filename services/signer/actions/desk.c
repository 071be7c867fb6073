#include "signer/actions/desk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/field.h"
#include "signer/actions/desk_replay.h"
#include "signer/domain/judge.h"
#include "signer/state/metrics.h"

struct desk {
    struct desk_spec spec;
    pthread_mutex_t lock; /* of the memory; taken before the audit's */
    struct desk_memory memory;
    struct audit *audit;
};

/* ---- what a line says ---- */

static void write_text(struct str *out, const char *key, const char *text)
{
    str_add_format(out, ",\"%s\":", key);
    json_write_string(out, text);
}

static void write_order(struct str *out, const struct order *order)
{
    char fee[U256_TEXT_SIZE];
    write_text(out, "client", order->chain->client);
    write_text(out, "network", order->chain->network);
    write_text(out, "purpose", purpose_text(order->purpose));
    write_text(out, "contract", order->contract);
    write_text(out, "tx", order->tx);
    write_text(out, "values", order->values);
    write_text(out, "fee", u256_text(order->fee, fee));
    str_add(out, ",\"inputs\":[");
    for (size_t i = 0; i < order->inputs_count; i++) {
        str_add(out, i > 0 ? "," : "");
        json_write_string(out, order->inputs[i]);
    }
    str_add(out, "]");
}

static void write_payments(struct str *out, const struct order *order,
                           const enum spend_verdict *verdicts)
{
    char units[U256_TEXT_SIZE];
    str_add(out, ",\"payments\":[");
    for (size_t i = 0; i < order->payments_count; i++) {
        const struct payment *payment = &order->payments[i];
        str_add(out, i > 0 ? ",{\"payout\":" : "{\"payout\":");
        json_write_string(out, payment->payout_id);
        write_text(out, "to", payment->to);
        write_text(out, "units", u256_text(payment->units, units));
        if (verdicts)
            write_text(out, "as",
                       verdicts[i] == SPEND_NEW        ? DESK_AS_NEW
                       : verdicts[i] == SPEND_REPLACES ? DESK_AS_REPLACES
                                                       : DESK_AS_AGAIN);
        str_add(out, "}");
    }
    str_add(out, "]");
}

/* ---- deciding ---- */

/* An order with what it looks like to the memory. */
struct trial {
    const struct order *order;
    const struct policy_rule *rule;
    int64_t now_us;
    struct mark *inputs;
    struct spend_ask asks[PAYMENTS_MAX];
    enum spend_verdict verdicts[PAYMENTS_MAX];
    bool is_new[PAYMENTS_MAX];
    bool is_again;         /* all of it */
    struct u256 units_new; /* what comes to the day */
};

static void trial_free(struct trial *trial)
{
    if (trial)
        free(trial->inputs);
    free(trial);
}
DEFINE_AUTO(struct trial, trial_free);

static struct trial *trial_new(const struct order *order, int64_t now_us)
{
    struct trial *trial = calloc(1, sizeof(*trial));
    if (!trial)
        return NULL;
    trial->order = order;
    trial->now_us = now_us;
    trial->inputs = calloc(order->inputs_count + 1, sizeof(*trial->inputs));
    if (!trial->inputs) {
        trial_free(trial);
        return NULL;
    }
    for (size_t i = 0; i < order->inputs_count; i++)
        trial->inputs[i] = order_input(order->chain, order->inputs[i]);
    for (size_t i = 0; i < order->payments_count; i++)
        trial->asks[i] =
            (struct spend_ask){.payout = payout_mark(order->payments[i].payout_id),
                               .place = order_place(order, &order->payments[i]),
                               .units = order->payments[i].units,
                               .tx = order_tx(order->chain, order->tx),
                               .binding = order_binding(order->chain, order->tx, order->values),
                               .inputs = trial->inputs,
                               .inputs_count = order->inputs_count};
    return trial;
}

/* What the payouts of before say of each payment. */
static bool ask_payouts(const struct desk *desk, struct trial *trial, struct err *err)
{
    trial->is_again = true;
    trial->units_new = U256_ZERO;
    for (size_t i = 0; i < trial->order->payments_count; i++) {
        const struct payment *payment = &trial->order->payments[i];
        trial->verdicts[i] = spends_ask(desk->memory.spends, &trial->asks[i]);
        if (!judge_verdict(payment, trial->verdicts[i], err))
            return false;
        trial->is_new[i] = trial->verdicts[i] == SPEND_NEW;
        trial->is_again &= trial->verdicts[i] == SPEND_AGAIN;
        if (trial->is_new[i] && !u256_add(trial->units_new, payment->units, &trial->units_new))
            return refuse(err, RULE_KEY("day_max"), "more than there can be");
    }
    return true;
}

static bool judge_locked(struct desk *desk, struct trial *trial, const struct approvals *approvals,
                         struct err *err)
{
    const struct order *order = trial->order;
    if (!ask_payouts(desk, trial, err))
        return false;
    /* What was signed once may be out: a policy that is stricter since then can't take it back, and a
     * refusal would say that it never was. */
    if (trial->is_again)
        return true;
    if (!judge_rule(order, &trial->rule, err) || !judge_payments(order, trial->rule, err))
        return false;
    struct u256 fees = window_total(&desk->memory.fees[order->chain->number], trial->now_us);
    struct u256 units = window_total(&desk->memory.units[trial->rule->number], trial->now_us);
    return judge_fee(order, fees, err) &&
           judge_day(order, trial->rule, units, trial->units_new, err) &&
           judge_approvals(desk->spec.policy, order, trial->rule, approvals, trial->is_new,
                           trial->now_us, err) &&
           spends_reserve(desk->memory.spends, order->payments_count, err);
}

static bool write_locked(struct desk *desk, const struct trial *trial, uint64_t *ret_line,
                         struct err *err)
{
    AUTO(str_release) struct str line = STR_INIT(AUDIT_LINE_MAX);
    str_add(&line, trial->is_again ? "\"event\":\"repeated\"" : "\"event\":\"signed\"");
    write_order(&line, trial->order);
    write_payments(&line, trial->order, trial->verdicts);
    if (!str_ok(&line))
        return err_set(err, ERR_INVALID, "an order above %d bytes", AUDIT_LINE_MAX);
    return audit_append(desk->audit, trial->now_us, str_data(&line), ret_line, err);
}

/* After the line: this can't fail, or the memory would not be what the file says. */
static void count_locked(struct desk *desk, const struct trial *trial)
{
    const struct order *order = trial->order;
    struct audit_facts facts;
    audit_look(desk->audit, &facts);
    for (size_t i = 0; i < order->payments_count; i++)
        if (trial->verdicts[i] != SPEND_AGAIN)
            spends_put(desk->memory.spends, &trial->asks[i], facts.last_us);
    window_add(&desk->memory.units[trial->rule->number], facts.last_us, trial->units_new);
    window_add(&desk->memory.fees[order->chain->number], facts.last_us, order->fee);
}

static void refuse_locked(struct desk *desk, const struct order *order, const struct err *why)
{
    AUTO(str_release) struct str line = STR_INIT(AUDIT_LINE_MAX);
    struct err err;
    uint64_t number;
    str_add(&line, "\"event\":\"refused\"");
    write_text(&line, "rule", err_key(why));
    write_text(&line, "what", why->what);
    write_order(&line, order);
    write_payments(&line, order, NULL);
    /* A refusal that can't be written is a refusal all the same. */
    (void)!(str_ok(&line) && audit_append(desk->audit, clock_now_us(desk->spec.clock),
                                          str_data(&line), &number, &err));
}

static void count_refusal(struct desk *desk, const struct err *why)
{
    struct metrics *metrics = desk->spec.metrics;
    metric_add_labelled(metrics, METRIC_REFUSED,
                        metric_label(metrics, METRIC_REFUSED, err_key(why)), 1);
}

static void show_locked(struct desk *desk, const struct trial *trial)
{
    struct metrics *metrics = desk->spec.metrics;
    const char *purpose = purpose_text(trial->order->purpose);
    if (trial->is_again)
        metric_add(metrics, METRIC_REPEATED, 1);
    else
        metric_add_labelled(metrics, METRIC_SIGNED, metric_label(metrics, METRIC_SIGNED, purpose),
                            1);
    metric_set(metrics, METRIC_PAYOUTS_KNOWN, (int64_t)spends_count(desk->memory.spends));
}

static bool decide_locked(struct desk *desk, struct trial *trial, const struct approvals *approvals,
                          uint64_t *ret_line, struct err *err)
{
    if (!judge_locked(desk, trial, approvals, err)) {
        if (err->code == ERR_FORBIDDEN)
            refuse_locked(desk, trial->order, err);
        return false;
    }
    if (!write_locked(desk, trial, ret_line, err))
        return false;
    if (!trial->is_again)
        count_locked(desk, trial);
    show_locked(desk, trial);
    return true;
}

bool desk_decide(struct desk *desk, const struct order *order, const struct approvals *approvals,
                 enum desk_answer *ret_answer, struct err *err)
{
    AUTO_FREE(trial_free) struct trial *trial = trial_new(order, clock_now_us(desk->spec.clock));
    uint64_t line;
    if (!trial)
        return err_set(err, ERR_BUSY, "no memory for an order");
    pthread_mutex_lock(&desk->lock);
    bool done = decide_locked(desk, trial, approvals, &line, err);
    pthread_mutex_unlock(&desk->lock);
    if (!done && err->code == ERR_FORBIDDEN)
        count_refusal(desk, err);
    /* Also of a repeat: the line of the first time may be waiting for its sync in another thread. */
    if (!done || !audit_sync(desk->audit, line, err))
        return false;
    *ret_answer = trial->is_again ? DESK_AGAIN : DESK_SIGN;
    return true;
}

void desk_note_refusal(struct desk *desk, const char *about, const struct err *why)
{
    AUTO(str_release) struct str line = STR_INIT(AUDIT_LINE_MAX);
    struct err err;
    uint64_t number;
    str_add(&line, "\"event\":\"refused\"");
    write_text(&line, "rule", err_key(why));
    write_text(&line, "what", why->what);
    str_add_format(&line, "%s%s", about[0] ? "," : "", about);
    (void)!(str_ok(&line) && audit_append(desk->audit, clock_now_us(desk->spec.clock),
                                          str_data(&line), &number, &err));
    count_refusal(desk, why);
}

/* ---- life ---- */

bool desk_note(struct desk *desk, const char *members, struct err *err)
{
    uint64_t line;
    return audit_append(desk->audit, clock_now_us(desk->spec.clock), members, &line, err) &&
           audit_sync(desk->audit, line, err);
}

bool desk_open(const struct desk_spec *spec, struct desk **ret_desk, struct err *err)
{
    AUTO_FREE(desk_close) struct desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return err_set(err, ERR_INTERNAL, "no memory");
    pthread_mutex_init(&desk->lock, NULL);
    desk->spec = *spec;
    if (!desk_memory_make(&desk->memory, spec->policy, err) ||
        !audit_open(spec->audit_file, clock_now_us(spec->clock), desk_replay, &desk->memory,
                    &desk->audit, err))
        return false;
    metric_set(spec->metrics, METRIC_PAYOUTS_KNOWN, (int64_t)spends_count(desk->memory.spends));
    *ret_desk = TAKE(desk);
    return true;
}

void desk_close(struct desk *desk)
{
    if (!desk)
        return;
    audit_close(desk->audit);
    desk_memory_release(&desk->memory);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

void desk_look(struct desk *desk, struct audit_facts *ret_facts)
{
    audit_look(desk->audit, ret_facts);
}

bool desk_is_ok(struct desk *desk)
{
    return audit_is_ok(desk->audit);
}

struct u256 desk_day_total(struct desk *desk, const struct policy_rule *rule)
{
    pthread_mutex_lock(&desk->lock);
    struct u256 total =
        window_total(&desk->memory.units[rule->number], clock_now_us(desk->spec.clock));
    pthread_mutex_unlock(&desk->lock);
    return total;
}

struct u256 desk_day_fees(struct desk *desk, const struct policy_chain *chain)
{
    pthread_mutex_lock(&desk->lock);
    struct u256 total =
        window_total(&desk->memory.fees[chain->number], clock_now_us(desk->spec.clock));
    pthread_mutex_unlock(&desk->lock);
    return total;
}
