#include "signer/actions/desk_replay.h"

#include <stdlib.h>
#include <string.h>

#include "json/read.h"
#include "signer/domain/order.h"

#define OPEN_US ((int64_t)SPEND_OPEN_DAYS * 24 * 3600 * 1000000)

bool desk_memory_make(struct desk_memory *memory, const struct policy *policy, struct err *err)
{
    memory->policy = policy;
    memory->spends = spends_new(SPENDS_OPEN_MAX, OPEN_US);
    memory->units = calloc(policy->rules_count + 1, sizeof(*memory->units));
    memory->fees = calloc(policy->chains_count + 1, sizeof(*memory->fees));
    return (memory->spends && memory->units && memory->fees) ||
           err_set(err, ERR_INTERNAL, "no memory");
}

void desk_memory_release(struct desk_memory *memory)
{
    spends_free(memory->spends);
    free(memory->units);
    free(memory->fees);
    *memory = (struct desk_memory){.policy = NULL};
}

/* A signed line again. Its chain or asset may have left the policy since: its payouts are known all the
 * same, its sums have nowhere to go. */
struct replayed {
    const char *client, *network, *purpose, *contract, *tx, *values;
    struct mark *inputs;
    size_t inputs_count;
    struct u256 units; /* of new payments */
};

static void replayed_release(struct replayed *replayed)
{
    free(replayed->inputs);
}

static bool missing(struct err *err, const char *what)
{
    return err_set(err, ERR_CONFIG, "a signed line has no %s that can be read", what);
}

static bool inputs_read(const cJSON *root, struct replayed *replayed, struct err *err)
{
    const cJSON *list = json_member(root, "inputs"), *each;
    int count = cJSON_GetArraySize(list);
    const struct policy_chain chain = {.client = replayed->client, .network = replayed->network};
    replayed->inputs = calloc((size_t)count + 1, sizeof(*replayed->inputs));
    if (!cJSON_IsArray(list) || !replayed->inputs)
        return missing(err, "inputs");
    cJSON_ArrayForEach(each, list)
    {
        if (!cJSON_IsString(each))
            return missing(err, "inputs");
        replayed->inputs[replayed->inputs_count++] = order_input(&chain, each->valuestring);
    }
    return true;
}

static bool payment_read(struct desk_memory *memory, const cJSON *one, struct replayed *replayed,
                         int64_t at_us, struct err *err)
{
    const char *payout = json_member_text(one, "payout"), *to = json_member_text(one, "to");
    const char *amount = json_member_text(one, "units"), *as = json_member_text(one, "as");
    struct u256 units;
    if (!payout || !to || !amount || !as || !u256_parse(amount, &units))
        return missing(err, "payments");
    const char *const place[] = {replayed->client, replayed->network, replayed->contract, to, NULL};
    const struct policy_chain chain = {.client = replayed->client, .network = replayed->network};
    const struct spend_ask ask = {.payout = payout_mark(payout),
                                  .place = mark_of(place),
                                  .units = units,
                                  .tx = order_tx(&chain, replayed->tx),
                                  .binding = order_binding(&chain, replayed->tx, replayed->values),
                                  .inputs = replayed->inputs,
                                  .inputs_count = replayed->inputs_count};
    if (strcmp(as, DESK_AS_AGAIN) == 0)
        return true;
    if (!spends_reserve(memory->spends, 1, err))
        return false;
    spends_put(memory->spends, &ask, at_us);
    if (strcmp(as, DESK_AS_NEW) == 0 && !u256_add(replayed->units, units, &replayed->units))
        replayed->units = U256_MAX;
    return true;
}

static bool sums_read(struct desk_memory *memory, const cJSON *root,
                      const struct replayed *replayed, int64_t at_us, struct err *err)
{
    const char *text = json_member_text(root, "fee");
    enum purpose purpose;
    struct u256 fee;
    if (!text || !u256_parse(text, &fee))
        return missing(err, "fee");
    const struct policy_chain *chain =
        policy_chain(memory->policy, replayed->client, replayed->network);
    if (!chain)
        return true;
    window_add(&memory->fees[chain->number], at_us, fee);
    const struct policy_rule *rule = purpose_parse(replayed->purpose, &purpose)
                                         ? policy_rule(chain, purpose, replayed->contract)
                                         : NULL;
    if (rule)
        window_add(&memory->units[rule->number], at_us, replayed->units);
    return true;
}

bool desk_replay(void *context, const struct audit_line *line, struct err *err)
{
    struct desk_memory *memory = context;
    const cJSON *root = line->root, *payments = json_member(root, "payments"), *each;
    const char *event = json_member_text(root, "event");
    AUTO(replayed_release)
    struct replayed replayed = {.client = json_member_text(root, "client"),
                                .network = json_member_text(root, "network"),
                                .purpose = json_member_text(root, "purpose"),
                                .contract = json_member_text(root, "contract"),
                                .tx = json_member_text(root, "tx"),
                                .values = json_member_text(root, "values")};
    if (!event)
        return missing(err, "event");
    if (strcmp(event, "signed") != 0)
        return true;
    if (!replayed.client || !replayed.network || !replayed.purpose || !replayed.contract ||
        !replayed.tx || !replayed.values || !cJSON_IsArray(payments))
        return missing(err, "order");
    if (!inputs_read(root, &replayed, err))
        return false;
    cJSON_ArrayForEach(each, payments)
    {
        if (!payment_read(memory, each, &replayed, line->at_us, err))
            return false;
    }
    return sums_read(memory, root, &replayed, line->at_us, err);
}
