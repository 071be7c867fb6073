#include "matching/actions/market_list.h"

#include <string.h>

#include "base/auto.h"
#include "json/read.h"
#include "matching/actions/accounting_call.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

/* The shard of a market, as accounting computes it: FNV-1a of the id. */
static uint32_t shard_of(const char *market_id, uint32_t shards)
{
    uint32_t hash = 2166136261u;
    for (const char *at = market_id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    return hash % shards;
}

bool market_is_ours(const struct matching_config *config, const char *market_id)
{
    if (strcmp(config->markets, "*") == 0)
        return shard_of(market_id, config->shards) == config->shard;
    size_t length = strlen(market_id);
    for (const char *at = config->markets; *at;) {
        at += strspn(at, ", ");
        size_t word = strcspn(at, ", ");
        if (word == length && strncmp(at, market_id, length) == 0)
            return true;
        at += word;
    }
    return false;
}

static bool market_add(struct worker *worker, const char *market_id, struct err *err)
{
    struct metrics *metrics = worker->metrics;
    if (worker->markets_count == MARKETS_MAX)
        return err_set(err, ERR_CONFIG, "more than %d markets: use shards", MARKETS_MAX);
    struct market *market = &worker->markets[worker->markets_count++];
    *market = (struct market){.results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX), .wants_load = true};
    memcpy(market->id, market_id, strlen(market_id) + 1);
    market->seq_gauge = metric_label(metrics, METRIC_SEQ, market_id);
    market->orders_gauge = metric_label(metrics, METRIC_ORDERS, market_id);
    market->hash_gauge = metric_label(metrics, METRIC_STATE_HASH, market_id);
    return true;
}

/* 0, 1 s, 2 s, then the longest. */
static uint32_t pause_after(uint32_t pause_ms)
{
    if (pause_ms < MARKET_LIST_PAUSE_MS)
        return MARKET_LIST_PAUSE_MS;
    return pause_ms * 2 < PAUSE_MS_MAX ? pause_ms * 2 : PAUSE_MS_MAX;
}

bool market_list_read(struct worker *worker, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(MARKETS_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *list = NULL;
    worker->list_us = clock_monotonic_us(worker->clock);
    worker->wants_list = true;
    worker->list_pause_ms = pause_after(worker->list_pause_ms);
    if (!accounting_call(worker, "markets", CALL_TIMEOUT_MS, &body, err) ||
        !json_read(str_data(&body), body.length, &list, err))
        return false;
    if (!cJSON_IsArray(list))
        return err_set(err, ERR_PROTOCOL, "the list of markets is no array");
    for (const cJSON *row = list->child; row; row = row->next) {
        const char *id = json_member_text(row, "id");
        if (!id || id[0] == '\0' || strlen(id) >= MARKET_ID_SIZE)
            return err_set(err, ERR_PROTOCOL, "the list of markets has a row without an id");
        if (market_is_ours(worker->config, id) && !market_find(worker, id) &&
            !market_add(worker, id, err))
            return false;
    }
    worker->has_list = true;
    worker->wants_list = false;
    worker->list_pause_ms = MARKET_LIST_PAUSE_MS;
    return true;
}
