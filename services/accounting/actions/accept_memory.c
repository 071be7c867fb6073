#include "accounting/actions/accept_memory.h"

#include <string.h>

enum {
    RECALL_MIN = 8, /* requests that tell of load; fewer are cheap to refuse one by one */
    READS_AFTER =
        32 /* batches that read after a wrong guess, so that somebody without funds costs little */
};

/* More than any account has: 20 digits before the point, 16 behind it. */
static struct dec all_funds(void)
{
    struct dec whole = DEC_ZERO;
    bool fits = dec_from_scaled(INT64_C(1000000000000000000), 0, &whole);
    assert(fits);
    return (struct dec){whole.units * 100};
}

static struct market_commands *tail_of(struct accept_batch *batch, const char *market_id)
{
    for (size_t i = 0; i < batch->tails_count; i++)
        if (strcmp(batch->tails[i].id, market_id) == 0)
            return &batch->tails[i];
    return NULL;
}

/* What a market buy locks depends on the balance; an amend and a cancel on their order. */
static bool is_plain(const struct intake *intake)
{
    return intake->kind == INTAKE_SUBMIT && !order_type_is_market(intake->order.type);
}

bool accept_recall(struct accept_batch *batch)
{
    if (batch->count < RECALL_MIN || !batch->knows_seal)
        return false;
    if (batch->reads_left > 0) {
        batch->reads_left--;
        return false;
    }
    for (size_t i = 0; i < batch->count; i++)
        if (!is_plain(batch->intakes[i]))
            return false;
    for (size_t m = 0; m < batch->markets_count; m++) {
        const struct market_commands *tail = tail_of(batch, batch->markets[m].id);
        if (!tail)
            return false;
        batch->markets[m].first_seq = batch->markets[m].command_seq = tail->command_seq;
    }
    for (size_t i = 0; i < batch->keys_count; i++)
        batch->accounts[i] = (struct account){.key = batch->keys[i], .balance = all_funds()};
    batch->accounts_count = batch->keys_count;
    batch->client_rows = 0; /* a client order id that is there fails the INSERT */
    return true;
}

bool accept_recall_holds(const struct accept_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->intakes[i]->ok && batch->intakes[i]->err.code == ERR_FUNDS_INSUFFICIENT)
            return false;
    return true;
}

void accept_remember(struct accept_batch *batch)
{
    for (size_t m = 0; m < batch->markets_count; m++) {
        struct market_commands *tail = tail_of(batch, batch->markets[m].id);
        if (!tail && batch->tails_count == ARRAY_LEN(batch->tails))
            continue;
        if (!tail)
            tail = &batch->tails[batch->tails_count++];
        *tail = batch->markets[m];
    }
    batch->known_seal = batch->seal;
    batch->knows_seal = true;
}

void accept_forget(struct accept_batch *batch)
{
    batch->tails_count = 0;
    batch->knows_seal = false;
    batch->reads_left = READS_AFTER;
}
