/*
 * The desk over days: what a clock by hand can show and a running signer can't. Sums of 24 hours, also
 * after the file was read again; a policy that changed in between; what a refusal does not count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signer/actions/desk.h"
#include "signer/state/metrics.h"

enum { HOUR_S = 3600 };
#define SECOND_US ((int64_t)1000000)
#define START_US ((int64_t)1800000000 * SECOND_US)

static const char policy_text[] = "chains:\n"
                                  "  - client: litecoin\n"
                                  "    network: regtest\n"
                                  "    name: ltc-regtest\n"
                                  "    fee_max: \"10\"\n"
                                  "    fee_day_max: \"100\"\n"
                                  "    rules:\n"
                                  "      - purpose: withdrawal\n"
                                  "        from: [hot]\n"
                                  "        to: any\n"
                                  "        payment_max: \"60\"\n"
                                  "        day_max: \"100\"\n"
                                  "      - purpose: refund\n"
                                  "        from: [hot]\n"
                                  "        to: any\n"
                                  "        payment_max: \"60\"\n"
                                  "        day_max: \"60\"\n";

struct world {
    char folder[64], path[96];
    struct clock_fake clock;
    struct metrics *metrics;
    struct policy *policy;
    struct desk *desk;
    unsigned txs; /* each order of the tests is another transaction */
};

static void reopen(struct world *w, const char *text)
{
    const struct desk_spec spec = {
        .audit_file = w->path, .clock = &w->clock.clock, .metrics = w->metrics};
    struct desk_spec whole = spec;
    struct err err = {.what = ""};
    desk_close(w->desk);
    policy_free(w->policy);
    w->desk = NULL;
    w->policy = NULL;
    if (!policy_read("policy", text, strlen(text), &w->policy, &err))
        fail_msg("%s", err.what);
    whole.policy = w->policy;
    if (!desk_open(&whole, &w->desk, &err))
        fail_msg("%s", err.what);
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    snprintf(w->folder, sizeof(w->folder), "/tmp/bourse-desk.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof(w->path), "%s/audit.jsonl", w->folder);
    clock_fake_init(&w->clock, START_US);
    w->metrics = metrics_new("bourse_signer", signer_metrics, METRIC_MAX);
    reopen(w, policy_text);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    desk_close(w->desk);
    policy_free(w->policy);
    metrics_free(w->metrics);
    unlink(w->path);
    rmdir(w->folder);
    free(w);
    return 0;
}

/* "" or the rule that refused it. */
static const char *ask(struct world *w, enum purpose purpose, const char *payout, uint64_t units,
                       uint64_t fee, const char *input)
{
    struct payment payment = {.units = u256_from_u64(units)};
    char inputs[1][INPUT_TEXT_SIZE];
    struct order order = {.chain = &w->policy->chains[0],
                          .purpose = purpose,
                          .from = 1u << ACCOUNT_HOT,
                          .payments = &payment,
                          .payments_count = 1,
                          .fee = u256_from_u64(fee),
                          .inputs = inputs,
                          .inputs_count = 1};
    const struct approvals none = {.count = 0};
    enum desk_answer answer;
    struct err err;
    snprintf(payment.payout_id, sizeof(payment.payout_id), "%s", payout);
    snprintf(payment.to, sizeof(payment.to), "rltc1");
    snprintf(inputs[0], sizeof(inputs[0]), "%s", input);
    snprintf(order.tx, sizeof(order.tx), "tx-%u", w->txs++);
    if (desk_decide(w->desk, &order, &none, &answer, &err))
        return "";
    assert_int_equal(err.code, ERR_FORBIDDEN);
    return err_key(&err) + strlen("signer.policy.");
}

static const char *withdraw(struct world *w, const char *payout, uint64_t units, uint64_t fee)
{
    return ask(w, PURPOSE_WITHDRAWAL, payout, units, fee, payout);
}

static void later(struct world *w, int64_t seconds)
{
    w->clock.now_us += seconds * SECOND_US;
}

static uint64_t day(struct world *w)
{
    uint64_t total;
    assert_true(u256_to_u64(desk_day_total(w->desk, &w->policy->chains[0].rules[0]), &total));
    return total;
}

static void desk_decide__sum_of_a_day__not_above_by_one_unit(void **state)
{
    struct world *w = *state;
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
    assert_string_equal(withdraw(w, "w-2", 41, 1), "day_max");
    assert_string_equal(withdraw(w, "w-3", 40, 1), "");
    assert_string_equal(withdraw(w, "w-4", 1, 1), "day_max");
    assert_int_equal(day(w), 100);
}

static void desk_decide__a_day_later__the_sum_is_free_again(void **state)
{
    struct world *w = *state;
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
    later(w, 12 * HOUR_S);
    assert_string_equal(withdraw(w, "w-2", 40, 1), "");
    later(w, 12 * HOUR_S);
    assert_string_equal(withdraw(w, "w-3", 1, 1),
                        "day_max"); /* the minute of the first still counts */
    later(w, 120);
    assert_string_equal(withdraw(w, "w-3", 60, 1), "");
    assert_string_equal(withdraw(w, "w-4", 1, 1), "day_max");
    assert_int_equal(day(w), 100);
}

static void desk_open__again__counts_the_same(void **state)
{
    struct world *w = *state;
    assert_string_equal(withdraw(w, "w-1", 60, 10), "");
    later(w, 23 * HOUR_S);
    assert_string_equal(withdraw(w, "w-2", 30, 10), "");
    reopen(w, policy_text);
    assert_int_equal(day(w), 90);
    assert_string_equal(withdraw(w, "w-3", 11, 10), "day_max");
    later(w, HOUR_S + 120);
    assert_int_equal(day(w), 30);
    reopen(w, policy_text);
    assert_int_equal(day(w), 30);
    assert_string_equal(withdraw(w, "w-1", 60, 1), ""); /* bumped: its input is the first one's */
    assert_int_equal(day(w), 30);
}

static void desk_decide__refused__counts_nothing(void **state)
{
    struct world *w = *state;
    assert_string_equal(withdraw(w, "w-1", 61, 1), "payment_max");
    assert_string_equal(withdraw(w, "w-1", 0, 1), "payment_empty");
    assert_string_equal(withdraw(w, "w-1", 60, 11), "fee_max");
    assert_int_equal(day(w), 0);
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
}

static void desk_decide__bump__counts_its_fee_alone(void **state)
{
    struct world *w = *state;
    for (unsigned i = 0; i < 10; i++)
        assert_string_equal(ask(w, PURPOSE_WITHDRAWAL, "w-1", 60, 10, "coin"), "");
    assert_int_equal(day(w), 60);
    assert_string_equal(ask(w, PURPOSE_WITHDRAWAL, "w-1", 60, 1, "coin"), "fee_day_max");
    assert_string_equal(ask(w, PURPOSE_WITHDRAWAL, "w-1", 60, 1, "other"), "payout_second");
}

static void desk_open__policy_changed__sums_stay_with_their_rule(void **state)
{
    struct world *w = *state;
    char text[sizeof(policy_text)];
    assert_string_equal(ask(w, PURPOSE_REFUND, "r-1", 50, 1, "coin"), "");
    memcpy(text, policy_text, sizeof(policy_text));
    memcpy(strstr(text, "withdrawal"), "collection", 10); /* to: any is for payments to others */
    struct policy *policy = NULL;
    struct err err;
    assert_false(policy_read("policy", text, strlen(text), &policy, &err));
    memcpy(text, policy_text, sizeof(policy_text));
    memcpy(strstr(text, "\"60\""), "\"10\"", 4);
    reopen(w, text);
    assert_string_equal(withdraw(w, "w-1", 11, 1), "payment_max");
    assert_string_equal(ask(w, PURPOSE_REFUND, "r-2", 11, 1, "more"), "day_max");
    assert_string_equal(ask(w, PURPOSE_REFUND, "r-2", 10, 1, "more"), "");
}

static void desk_decide__repeat_under_a_stricter_policy__answered(void **state)
{
    struct world *w = *state;
    char text[sizeof(policy_text)];
    unsigned first = w->txs;
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
    memcpy(text, policy_text, sizeof(policy_text));
    memcpy(strstr(text, "\"60\""), "\"10\"", 4);
    reopen(w, text);
    w->txs = first;
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
    assert_int_equal(day(w), 60);
    assert_string_equal(withdraw(w, "w-2", 60, 1), "payment_max");
}

static void desk_decide__clock_went_back__sums_stay(void **state)
{
    struct world *w = *state;
    assert_string_equal(withdraw(w, "w-1", 60, 1), "");
    later(w, -10 * HOUR_S);
    assert_string_equal(withdraw(w, "w-2", 41, 1), "day_max");
    assert_string_equal(withdraw(w, "w-3", 40, 1), "");
    reopen(w, policy_text);
    assert_int_equal(day(w), 100);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        T(desk_decide__sum_of_a_day__not_above_by_one_unit),
        T(desk_decide__a_day_later__the_sum_is_free_again),
        T(desk_open__again__counts_the_same),
        T(desk_decide__refused__counts_nothing),
        T(desk_decide__bump__counts_its_fee_alone),
        T(desk_open__policy_changed__sums_stay_with_their_rule),
        T(desk_decide__repeat_under_a_stricter_policy__answered),
        T(desk_decide__clock_went_back__sums_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
