/*
 * Bytes that came as a command batch, a result batch or a snapshot: refused, or good for everything
 * that is done with such a document. Commands are applied to a book and their results must be a
 * result batch; a snapshot that a book takes must come out of it as the same state.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/check.h"
#include "contract/protocol.h"
#include "matching/engine/book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ORDERS_MAX = 64 };

/* A book at any sequence number. */
static struct book *book_at(uint64_t seq)
{
    struct book *book = book_new(ORDERS_MAX);
    struct snapshot_header header = {.seq = seq};
    struct err err;
    assert(book);
    bool is_restored = book_restore(book, &header, (const uint8_t *)"", &err);
    assert(is_restored);
    return book;
}

static void print(const struct batch *batch)
{
    AUTO(str_release) struct str text = STR_INIT(64 << 20);
    batch_print(&text, batch);
    assert(str_ok(&text) && text.length > 0);
}

static void apply(const struct batch *commands)
{
    AUTO(str_release) struct str out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    struct book *book = book_at(commands->header->first_seq - 1);
    struct batch results;
    struct err err;
    result_batch_begin(&out, commands->header->market_id, commands->header->first_seq);
    for (size_t i = 0; i < commands->header->count; i++) {
        struct command command;
        command_get(commands, i, &command);
        bool is_applied = book_apply(book, &command, &out);
        assert(is_applied);
    }
    book_check(book);
    result_batch_end(&out, commands->header->count, book_state_hash(book));
    bool is_good = result_batch_read(out.data, out.length, &results, &err);
    assert(is_good);
    print(&results);
    book_free(book);
}

static void restore(const struct snapshot_header *header, const uint8_t *orders)
{
    AUTO(str_release) struct str text = STR_INIT(64 << 20);
    AUTO(str_release) struct str out = STR_INIT(64 << 20);
    struct book *book = book_new(ORDERS_MAX), *again = book_new(ORDERS_MAX);
    struct snapshot_header header_again;
    const uint8_t *orders_again;
    struct err err;
    assert(book && again);
    snapshot_print(&text, header, orders);
    if (book_restore(book, header, orders, &err)) {
        book_check(book);
        book_snapshot(book, header->market_id, &out);
        bool is_good = snapshot_read(out.data, out.length, &header_again, &orders_again, &err) &&
                       book_restore(again, &header_again, orders_again, &err);
        assert(is_good);
        assert(book_state_hash(book) == book_state_hash(again));
    }
    book_free(book);
    book_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct batch batch;
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    if (command_batch_read(data, size, &batch, &err)) {
        print(&batch);
        apply(&batch);
    } else if (result_batch_read(data, size, &batch, &err)) {
        print(&batch);
    } else if (snapshot_read(data, size, &header, &orders, &err)) {
        restore(&header, orders);
    }
    return 0;
}
