/* Life of a settlement, and what is gathered between two commits. The commit: results_settle.c. */
#include "accounting/actions/settlement.h"

#include <stdlib.h>
#include <string.h>

/* ---- life cycle ---- */

struct settlement *settlement_new(struct accounting *app)
{
    struct settlement *settlement = calloc(1, sizeof(*settlement));
    if (!settlement)
        return NULL;
    settlement->app = app;
    settlement->sql = STR_INIT(SETTLE_SQL_BYTES_MAX);
    settlement->events = STR_INIT(EVENTS_BYTES_MAX);
    /* Sized for the worst batch; pages that are never touched cost nothing. */
    settlement->orders = calloc(SETTLE_ORDERS_MAX, sizeof(settlement->orders[0]));
    settlement->changed = calloc(SETTLE_ORDERS_MAX, sizeof(settlement->changed[0]));
    settlement->order_ids = calloc(SETTLE_ORDERS_MAX, sizeof(settlement->order_ids[0]));
    settlement->index = calloc(SETTLE_INDEX, sizeof(settlement->index[0]));
    settlement->trades = calloc(SETTLE_ROOM, sizeof(settlement->trades[0]));
    settlement->entries = calloc(SETTLE_ROOM, sizeof(settlement->entries[0]));
    settlement->deltas = calloc(SETTLE_DELTAS_MAX, sizeof(settlement->deltas[0]));
    settlement->levels = calloc(SETTLE_ROOM, sizeof(settlement->levels[0]));
    settlement->updates = calloc(SETTLE_ORDERS_MAX, sizeof(settlement->updates[0]));
    settlement->candles = calloc(1, sizeof(*settlement->candles));
    for (size_t i = 0; i < SETTLE_MARKETS_MAX; i++)
        settlement->markets[i].seal_text = STR_INIT(SETTLE_SQL_BYTES_MAX);
    if (!settlement->orders || !settlement->changed || !settlement->order_ids ||
        !settlement->index || !settlement->trades || !settlement->entries || !settlement->deltas ||
        !settlement->levels || !settlement->updates || !settlement->candles) {
        settlement_free(settlement);
        return NULL;
    }
    return settlement;
}

void settlement_free(struct settlement *settlement)
{
    if (!settlement)
        return;
    for (size_t i = 0; i < SETTLE_MARKETS_MAX; i++)
        str_release(&settlement->markets[i].seal_text);
    str_release(&settlement->sql);
    str_release(&settlement->events);
    free(settlement->orders);
    free(settlement->changed);
    free(settlement->order_ids);
    free(settlement->index);
    free(settlement->trades);
    free(settlement->entries);
    free(settlement->deltas);
    free(settlement->levels);
    free(settlement->updates);
    free(settlement->candles);
    free(settlement);
}

/* ---- gathering ---- */

size_t settlement_market(struct settlement *settlement, const char *id)
{
    for (size_t i = 0; i < settlement->markets_count; i++)
        if (strncmp(settlement->markets[i].id, id, MARKET_ID_SIZE) == 0)
            return i;
    if (settlement->markets_count == SETTLE_MARKETS_MAX)
        return SETTLE_MARKETS_MAX;
    struct settling_market *market = &settlement->markets[settlement->markets_count];
    struct str seal_text = market->seal_text;
    memset(market, 0, sizeof(*market));
    market->seal_text = seal_text;
    memcpy(market->id, id, strnlen(id, MARKET_ID_SIZE - 1));
    return settlement->markets_count++;
}

bool settlement_add(struct settlement *settlement, const struct batch *batch)
{
    struct result result;
    size_t offset = 0, results = 0, items = 0;
    while (result_next(batch, &offset, &result)) {
        struct result_item item;
        results++;
        items += result.items;
        for (uint32_t i = 0; i < result.items; i++)
            result_item_next(batch, &offset, &item);
    }
    bool first = settlement->batches_count == 0;
    if (!first && (settlement->batches_count == SETTLE_BATCHES_MAX ||
                   settlement->results_count + results > SETTLE_RESULTS_MAX ||
                   settlement->items_count + items > SETTLE_ITEMS_MAX))
        return false;
    if (settlement_market(settlement, batch->header->market_id) == SETTLE_MARKETS_MAX)
        return false;
    settlement->begin[settlement->batches_count] = 0;
    settlement->batches[settlement->batches_count++] = *batch;
    settlement->results_count += results;
    settlement->items_count += items;
    return true;
}

bool settlement_is_empty(const struct settlement *settlement)
{
    return settlement->batches_count == 0;
}

void settlement_clear(struct settlement *settlement)
{
    settlement->batches_count = settlement->results_count = settlement->items_count = 0;
    settlement->markets_count = 0;
}
