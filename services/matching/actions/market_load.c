#include "matching/actions/market_load.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "matching/actions/accounting_call.h"
#include "matching/actions/commands_apply.h"
#include "matching/actions/results_publish.h"

DEFINE_AUTO(struct book, book_free);

static size_t snapshot_bytes_max(const struct worker *worker)
{
    return sizeof(struct snapshot_header) +
           (size_t)worker->config->orders_per_market_max * sizeof(struct snapshot_order);
}

static bool snapshot_load(struct worker *worker, const struct market *market, struct book *book,
                          struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(snapshot_bytes_max(worker));
    struct snapshot_header header;
    const uint8_t *orders;
    char path[64 + MARKET_ID_SIZE];
    snprintf(path, sizeof(path), "snapshot?market=%s", market->id);
    if (!accounting_call(worker, path, SNAPSHOT_TIMEOUT_MS, &body, err) ||
        !snapshot_read(str_data(&body), body.length, &header, &orders, err))
        return false;
    if (strcmp(header.market_id, market->id) != 0)
        return err_set(err, ERR_PROTOCOL, "asked for %s, got the snapshot of %s", market->id,
                       header.market_id);
    return book_restore(book, &header, orders, err);
}

bool market_load(struct worker *worker, struct market *market, bool *ret_diverged, struct err *err)
{
    AUTO_FREE(book_free) struct book *book = book_new(worker->config->orders_per_market_max);
    *ret_diverged = false;
    if (!book)
        return err_set(err, ERR_INTERNAL, "no memory for a book");
    if (!results_seal(worker, market, err) || !snapshot_load(worker, market, book, err))
        return err_wrap(err, "market %s", market->id);
    /* From here on the new book is the market's; the old one only tells whether they agree. */
    AUTO_FREE(book_free) struct book *before = market->book;
    market->book = TAKE(book);
    market->wants_load = false;
    metric_add(worker->metrics, METRIC_LOADS, 1);
    if (!commands_catch_up(worker, market, err)) {
        market->wants_load = true;
        return err_wrap(err, "market %s", market->id);
    }
    market_tell(worker, market);
    *ret_diverged = before && book_seq(before) == book_seq(market->book) &&
                    book_state_hash(before) != book_state_hash(market->book);
    return true;
}
