/*
 * Loading: how a worker without a disk comes to its books. A snapshot of each market from accounting
 * (open orders at the last settled command), then the commands above it; their results come out
 * again with the same numbers, and accounting drops those that it has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "json/read.h"
#include "matching/actions/worker.h"
#include "matching/state/metrics.h"

enum { LIST_BYTES_MAX = 1 << 20, COMMANDS_BYTES_MAX = 4 << 20, URL_SIZE = 512 };

DEFINE_AUTO(cJSON, cJSON_Delete);

/* ---- calling accounting ---- */

static bool renew_token(struct worker *worker, struct err *err)
{
    int64_t now_us = clock_now_us(worker->clock);
    if (now_us < worker->token_expires_us - TOKEN_LIFETIME_S * 1000000ll / 2 &&
        worker->token.length)
        return true;
    str_clear(&worker->token);
    if (!token_sign_service(worker->signer, "matching", "accounting", now_us, TOKEN_LIFETIME_S,
                            &worker->token, err))
        return false;
    worker->token_expires_us = now_us + TOKEN_LIFETIME_S * 1000000ll;
    return true;
}

static bool call(struct worker *worker, const char *tail, struct str *out, struct err *err)
{
    char url[URL_SIZE];
    long status;
    if (!renew_token(worker, err))
        return false;
    snprintf(url, sizeof(url), "%s/api/v2/internal/matching/%s", worker->config->accounting_url,
             tail);
    const struct fetch_request request = {.url = url, .bearer = str_data(&worker->token)};
    if (!fetch_run(worker->fetch, &request, &status, out, err))
        return err_wrap(err, "accounting");
    if (status == 401)
        worker->token_expires_us = 0;
    if (status != 200)
        return err_set(err, ERR_PEER_UNAVAILABLE, "accounting answers %ld to %s: %.100s", status,
                       tail, str_data(out));
    return true;
}

/* ---- one market ---- */

static bool read_snapshot(struct worker *worker, struct worker_market *market,
                          const struct str *bytes, struct err *err)
{
    struct snapshot_header header;
    const uint8_t *orders;
    if (!snapshot_read(bytes->data, bytes->length, &header, &orders, err))
        return false;
    if (strncmp(header.market_id, market->id, MARKET_ID_SIZE) != 0)
        return err_set(err, ERR_PROTOCOL, "the snapshot is of %.23s", header.market_id);
    struct book *book = book_new(worker->config->orders_max);
    if (!book)
        return err_set(err, ERR_INTERNAL, "no memory for the book of %s", market->id);
    if (!book_restore(book, &header, orders, err)) {
        book_free(book);
        return false;
    }
    book_free(market->book);
    market->book = book;
    return true;
}

bool worker_load_market(struct worker *worker, struct worker_market *market, struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(SNAPSHOT_BYTES_MAX);
    char tail[64 + MARKET_ID_SIZE];
    snprintf(tail, sizeof(tail), "snapshot?market=%s", market->id);
    metric_add(worker->metrics, METRIC_LOADS, 1);
    /* Results of the old book that were not sent are computed again. */
    market->results_count = 0;
    if (!call(worker, tail, &bytes, err) || !read_snapshot(worker, market, &bytes, err))
        return err_wrap(err, "loading %s", market->id);
    return worker_catch_up(worker, market, err);
}

/* Command batches one behind the other, as the call for commands gives them. */
static bool apply_concatenated(struct worker *worker, struct worker_market *market,
                               const struct str *bytes, struct err *err)
{
    for (size_t offset = 0; offset < bytes->length;) {
        struct batch_header header;
        struct batch batch;
        size_t left = bytes->length - offset;
        if (left < sizeof(header))
            return err_set(err, ERR_PROTOCOL, "%zu bytes behind the last command batch", left);
        memcpy(&header, bytes->data + offset, sizeof(header));
        size_t length = header.bytes < left ? header.bytes : left;
        if (!command_batch_read(bytes->data + offset, length, &batch, err))
            return false;
        if (batch.header->first_seq > book_seq(market->book) + 1)
            return err_set(err, ERR_PROTOCOL, "the journal of %s has a gap at %lu", market->id,
                           (unsigned long)book_seq(market->book) + 1);
        if (!worker_apply(worker, market, &batch, err))
            return false;
        offset += length;
    }
    return true;
}

bool worker_catch_up(struct worker *worker, struct worker_market *market, struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(COMMANDS_BYTES_MAX);
    do {
        char tail[96 + MARKET_ID_SIZE];
        str_clear(&bytes);
        snprintf(tail, sizeof(tail), "commands?market=%s&from=%lu", market->id,
                 (unsigned long)book_seq(market->book) + 1);
        if (!call(worker, tail, &bytes, err) || !apply_concatenated(worker, market, &bytes, err))
            return err_wrap(err, "commands of %s", market->id);
    } while (bytes.length > 0 && !worker->stopping);
    return true;
}

/* ---- the list ---- */

static struct worker_market *add_market(struct worker *worker, const char *id)
{
    struct worker_market *market = &worker->markets[worker->markets_count++];
    memset(market, 0, sizeof(*market));
    memcpy(market->id, id, strnlen(id, MARKET_ID_SIZE - 1));
    market->results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    market->seq_child = metric_label(worker->metrics, METRIC_SEQ, id);
    market->orders_child = metric_label(worker->metrics, METRIC_ORDERS, id);
    market->hash_child = metric_label(worker->metrics, METRIC_STATE_HASH, id);
    return market;
}

bool worker_load_markets(struct worker *worker, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(LIST_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *list = NULL;
    const cJSON *item;
    if (!call(worker, "markets", &text, err) ||
        !json_read(str_data(&text), text.length, &list, err))
        return false;
    if (!cJSON_IsArray(list))
        return err_set(err, ERR_PROTOCOL, "the list of markets is no array");
    cJSON_ArrayForEach(item, list)
    {
        const char *id = json_member_text(item, "id");
        if (!id || strlen(id) >= MARKET_ID_SIZE)
            return err_set(err, ERR_PROTOCOL, "a market without an id");
        struct worker_market *market = worker_market_find(worker, id);
        if (!worker_market_is_ours(worker, id) || (market && market->book))
            continue;
        if (!market && worker->markets_count == WORKER_MARKETS_MAX)
            return err_set(err, ERR_CONFIG, "more than %d markets: use MARKETS and SHARD",
                           WORKER_MARKETS_MAX);
        if (!market)
            market = add_market(worker, id);
        if (!worker_load_market(worker, market, err))
            return false;
    }
    return true;
}
