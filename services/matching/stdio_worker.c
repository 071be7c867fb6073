#include "matching/stdio_worker.h"

#include <string.h>

#include "base/auto.h"
#include "contract/protocol.h"
#include "matching/engine/book.h"

DEFINE_AUTO(struct book, book_free);

enum { ORDERS_MAX = 1 << 20, DOCUMENT_BYTES_MAX = 256 << 20 };

/* The next document. *ret_is_end: there is none, and the input ended well. */
static bool document_read(FILE *in, struct str *document, bool *ret_is_end, struct err *err)
{
    uint32_t length;
    size_t got = fread(&length, 1, sizeof(length), in);
    *ret_is_end = got == 0 && feof(in);
    if (*ret_is_end)
        return true;
    str_clear(document);
    char *room = got == sizeof(length) ? str_reserve(document, length) : NULL;
    if (!room || fread(room, 1, length, in) != length)
        return err_set(err, ERR_PROTOCOL, "the input is cut short or a document is too long");
    document->length = length;
    return true;
}

static bool snapshot_take(struct book **book, const struct str *document, struct err *err)
{
    struct snapshot_header header;
    const uint8_t *orders;
    if (!snapshot_read(document->data, document->length, &header, &orders, err))
        return false;
    book_free(*book);
    *book = book_new(ORDERS_MAX);
    if (!*book)
        return err_set(err, ERR_INTERNAL, "no memory for a book");
    return book_restore(*book, &header, orders, err);
}

static bool commands_take(struct book *book, const struct str *document, struct str *results,
                          struct err *err)
{
    struct batch batch;
    if (!command_batch_read(document->data, document->length, &batch, err))
        return false;
    if (!book || batch.header->first_seq != book_seq(book) + 1)
        return err_set(err, ERR_PROTOCOL, "commands from %lu don't follow",
                       (unsigned long)batch.header->first_seq);
    str_clear(results);
    result_batch_begin(results, batch.header->market_id, batch.header->first_seq);
    for (size_t i = 0; i < batch.header->count; i++) {
        struct command command;
        command_get(&batch, i, &command);
        if (!book_apply(book, &command, results))
            return err_set(err, ERR_PROTOCOL, "the results of one batch are too long");
    }
    result_batch_end(results, batch.header->count, book_state_hash(book));
    return true;
}

static bool document_write(FILE *out, const struct str *document, struct err *err)
{
    uint32_t length = (uint32_t)document->length;
    bool is_written = fwrite(&length, sizeof(length), 1, out) == 1 &&
                      fwrite(document->data, 1, length, out) == length && fflush(out) == 0;
    return is_written || err_set(err, ERR_INTERNAL, "the output can't be written");
}

bool stdio_worker_run(FILE *in, FILE *out, struct err *err)
{
    AUTO(str_release) struct str document = STR_INIT(DOCUMENT_BYTES_MAX);
    AUTO(str_release) struct str results = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    AUTO_FREE(book_free) struct book *book = NULL;
    for (;;) {
        bool is_end;
        if (!document_read(in, &document, &is_end, err))
            return false;
        if (is_end)
            return true;
        bool is_snapshot = document.length >= 4 && memcmp(document.data, "BRS1", 4) == 0;
        if (is_snapshot ? !snapshot_take(&book, &document, err)
                        : !commands_take(book, &document, &results, err) ||
                              !document_write(out, &results, err))
            return false;
    }
}
