#include "accounting/bus/book_stream.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/marketdata/ladder.h"
#include "json/field.h"

struct book {
    char market_id[MARKET_ID_SIZE];
    struct ladder sides[2]; /* by enum side */
    uint64_t sequence;
    bool snapshot_due;
    int64_t snapshot_us; /* when the last one went out */
    unsigned increments; /* since then */
};

struct book_stream {
    struct book *books[BOOK_STREAM_MARKETS_MAX]; /* by market id */
    size_t count;
    bool some_due;
};

struct book_stream *book_stream_new(void)
{
    return calloc(1, sizeof(struct book_stream));
}

void book_stream_clear(struct book_stream *stream)
{
    for (size_t i = 0; i < stream->count; i++) {
        ladder_release(&stream->books[i]->sides[SIDE_BUY]);
        ladder_release(&stream->books[i]->sides[SIDE_SELL]);
        free(stream->books[i]);
    }
    stream->count = 0;
}

void book_stream_free(struct book_stream *stream)
{
    if (!stream)
        return;
    book_stream_clear(stream);
    free(stream);
}

/* ---- books ---- */

static size_t place_of(const struct book_stream *stream, const char *market_id)
{
    size_t low = 0, high = stream->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(stream->books[middle]->market_id, market_id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct book *book_get(struct book_stream *stream, const char *market_id)
{
    size_t place = place_of(stream, market_id);
    if (place < stream->count && strcmp(stream->books[place]->market_id, market_id) == 0)
        return stream->books[place];
    /* The catalog refuses more markets than this. */
    assert(stream->count < BOOK_STREAM_MARKETS_MAX);
    struct book *book = calloc(1, sizeof(*book));
    assert(book != NULL);
    snprintf(book->market_id, sizeof(book->market_id), "%s", market_id);
    book->sides[SIDE_BUY] = ladder_of(SIDE_BUY);
    book->sides[SIDE_SELL] = ladder_of(SIDE_SELL);
    book->sequence = 1;
    book->snapshot_due = stream->some_due = true;
    memmove(&stream->books[place + 1], &stream->books[place],
            (stream->count - place) * sizeof(struct book *));
    stream->books[place] = book;
    stream->count++;
    return book;
}

void book_stream_load(struct book_stream *stream, const char *market_id, enum side side,
                      struct dec price, struct dec volume)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    ladder_set(&book_get(stream, market_id)->sides[side], price, volume);
}

void book_stream_add(struct book_stream *stream, const char *market_id)
{
    (void)book_get(stream, market_id);
}

void book_stream_renew(struct book_stream *stream)
{
    for (size_t i = 0; i < stream->count; i++)
        stream->books[i]->snapshot_due = true;
    stream->some_due = stream->count > 0;
}

/* ---- messages ---- */

static void write_side(struct str *body, const struct ladder *side)
{
    struct ladder_cursor at = {0};
    const struct depth_level *level;
    str_add_char(body, '[');
    for (size_t i = 0; i < SNAPSHOT_LEVELS_MAX && (level = ladder_next(side, &at)); i++) {
        str_add(body, i > 0 ? ",[" : "[");
        json_write_dec(body, level->price);
        str_add_char(body, ',');
        json_write_dec(body, level->volume);
        str_add_char(body, ']');
    }
    str_add_char(body, ']');
}

static bool send_snapshot(struct book *book, struct event_out *out, int64_t monotonic_us,
                          struct err *err)
{
    struct str *body = &out->body;
    str_clear(body);
    str_add(body, "{\"asks\":");
    write_side(body, &book->sides[SIDE_SELL]);
    str_add(body, ",\"bids\":");
    write_side(body, &book->sides[SIDE_BUY]);
    str_add(body, ",\"sequence\":");
    str_add_u64(body, book->sequence);
    str_add_char(body, '}');
    if (!event_emit(out, EXCHANGE_RANGER, "public", book->market_id, "ob-snap", err))
        return false;
    book->snapshot_due = false;
    book->snapshot_us = monotonic_us;
    book->increments = 0;
    return true;
}

static bool send_increment(struct book *book, struct event_out *out, enum side side,
                           struct dec price, struct dec volume, struct err *err)
{
    struct str *body = &out->body;
    str_clear(body);
    str_add(body, side == SIDE_SELL ? "{\"asks\":[" : "{\"bids\":[");
    json_write_dec(body, price);
    str_add_char(body, ',');
    if (dec_is_zero(volume))
        str_add(body, "\"\"");
    else
        json_write_dec(body, volume);
    str_add(body, "],\"sequence\":");
    str_add_u64(body, book->sequence);
    str_add_char(body, '}');
    return event_emit(out, EXCHANGE_RANGER, "public", book->market_id, "ob-inc", err);
}

static bool snapshot_is_due(const struct book *book, int64_t monotonic_us)
{
    int64_t elapsed_us = monotonic_us - book->snapshot_us;
    if (book->snapshot_due)
        return true;
    return book->increments < SNAPSHOT_INCREMENTS ? elapsed_us >= SNAPSHOT_QUIET_US
                                                  : elapsed_us > SNAPSHOT_BUSY_US;
}

bool book_stream_begin(struct book_stream *stream, struct event_out *out, int64_t monotonic_us,
                       struct err *err)
{
    if (!stream->some_due)
        return true;
    for (size_t i = 0; i < stream->count; i++)
        if (stream->books[i]->snapshot_due &&
            !send_snapshot(stream->books[i], out, monotonic_us, err))
            return false;
    stream->some_due = false;
    return true;
}

bool book_stream_level(struct book_stream *stream, struct event_out *out, const char *market_id,
                       enum side side, struct dec price, struct dec volume, int64_t monotonic_us,
                       struct err *err)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    struct book *book = book_get(stream, market_id);
    if (snapshot_is_due(book, monotonic_us) && !send_snapshot(book, out, monotonic_us, err))
        return false;
    ladder_set(&book->sides[side], price, volume);
    book->sequence++;
    book->increments++;
    return send_increment(book, out, side, price, volume, err);
}
