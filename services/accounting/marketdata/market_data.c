#include "accounting/marketdata/market_data.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 * MARKET_DATA_MARKETS_MAX };

/* What is known of one market. Pages that nothing was written to cost nothing. */
struct content {
    struct ladder sides[2]; /* by enum side */
    uint64_t version;       /* of the book: +1 each change */
    struct str depth_text;  /* of the version below; see market_depth_keep() */
    uint64_t depth_version; /* 0: none is kept */
    size_t depth_limit;
    size_t trades_count, trades_next; /* ring: trades_next is overwritten next */
    struct public_trade trades[RECENT_TRADES_MAX];
    struct dec last_price;
    struct candle candles[CANDLE_PERIODS];
    struct ticker_window window;
};

struct face {
    char market_id[MARKET_ID_SIZE];
    pthread_mutex_t lock;
    struct content *content;
};

/* Faces are found by hash without a lock: they are added, and never move or go. */
struct market_data {
    struct face *_Atomic slots[SLOTS];
    pthread_mutex_t adding;
    size_t count;
};

static struct content *content_new(void)
{
    struct content *content = calloc(1, sizeof(*content));
    if (content) {
        content->sides[SIDE_BUY] = ladder_of(SIDE_BUY);
        content->sides[SIDE_SELL] = ladder_of(SIDE_SELL);
        content->version = 1;
        content->depth_text = STR_INIT(DEPTH_TEXT_BYTES_MAX);
    }
    return content;
}

static void content_free(struct content *content)
{
    if (!content)
        return;
    ladder_release(&content->sides[SIDE_BUY]);
    ladder_release(&content->sides[SIDE_SELL]);
    str_release(&content->depth_text);
    free(content);
}

struct market_data *market_data_new(void)
{
    struct market_data *data = calloc(1, sizeof(*data));
    if (data)
        pthread_mutex_init(&data->adding, NULL);
    return data;
}

void market_data_free(struct market_data *data)
{
    if (!data)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        struct face *face = atomic_load(&data->slots[i]);
        if (!face)
            continue;
        content_free(face->content);
        pthread_mutex_destroy(&face->lock);
        free(face);
    }
    pthread_mutex_destroy(&data->adding);
    free(data);
}

/* ---- finding a market ---- */

static size_t slot_first(const char *market_id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *c = market_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash % SLOTS;
}

/* The slot of a market, or the empty one where it belongs: half of them are always empty. */
static size_t slot_find(struct market_data *data, const char *market_id, struct face **ret_face)
{
    for (size_t slot = slot_first(market_id);; slot = (slot + 1) % SLOTS) {
        struct face *face = atomic_load_explicit(&data->slots[slot], memory_order_acquire);
        if (!face || strcmp(face->market_id, market_id) == 0) {
            *ret_face = face;
            return slot;
        }
    }
}

static struct face *face_new(const char *market_id)
{
    struct face *face = calloc(1, sizeof(*face));
    struct content *content = content_new();
    /* Without the room for one market the service can't go on, and its feeders have no way back:
     * the trade is settled. */
    assert(face != NULL && content != NULL);
    snprintf(face->market_id, sizeof(face->market_id), "%s", market_id);
    pthread_mutex_init(&face->lock, NULL);
    face->content = content;
    return face;
}

/* The face of a market, locked; made if it is new. */
static struct face *face_lock(struct market_data *data, const char *market_id)
{
    struct face *face;
    slot_find(data, market_id, &face);
    if (!face) {
        pthread_mutex_lock(&data->adding);
        size_t slot = slot_find(data, market_id, &face);
        if (!face) {
            assert(data->count < MARKET_DATA_MARKETS_MAX);
            data->count++;
            face = face_new(market_id);
            atomic_store_explicit(&data->slots[slot], face, memory_order_release);
        }
        pthread_mutex_unlock(&data->adding);
    }
    pthread_mutex_lock(&face->lock);
    return face;
}

/* The same for readers, who don't make one: NULL. */
static struct face *face_lock_known(struct market_data *data, const char *market_id)
{
    struct face *face;
    slot_find(data, market_id, &face);
    if (face)
        pthread_mutex_lock(&face->lock);
    return face;
}

static void face_unlock(struct face *face)
{
    pthread_mutex_unlock(&face->lock);
}

/* ---- feeding ---- */

void market_data_reset(struct market_data *data, const char *market_id)
{
    struct content *empty = content_new();
    assert(empty != NULL);
    struct face *face = face_lock(data, market_id);
    struct content *before = face->content;
    empty->version += before->version;
    face->content = empty;
    face_unlock(face);
    content_free(before);
}

void market_data_replace(struct market_data *data, const char *market_id,
                         struct market_data *loaded)
{
    assert(data != loaded);
    struct face *from = face_lock(loaded, market_id);
    struct face *face = face_lock(data, market_id);
    struct content *before = face->content;
    face->content = from->content;
    /* A reader of the old book must not keep its text for the new one. */
    face->content->version += before->version;
    face->content->depth_version = 0;
    from->content = before;
    face_unlock(face);
    face_unlock(from);
    market_data_reset(loaded, market_id);
}

void market_data_level(struct market_data *data, const char *market_id, enum side side,
                       struct dec price, struct dec volume)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    struct face *face = face_lock(data, market_id);
    ladder_set(&face->content->sides[side], price, volume);
    face->content->version++;
    face_unlock(face);
}

static void note_trade(struct content *content, const struct public_trade *trade)
{
    content->trades[content->trades_next] = *trade;
    content->trades_next = (content->trades_next + 1) % RECENT_TRADES_MAX;
    if (content->trades_count < RECENT_TRADES_MAX)
        content->trades_count++;
    content->last_price = trade->price;
}

static void note_candles(struct content *content, const struct public_trade *trade)
{
    for (unsigned i = 0; i < CANDLE_PERIODS; i++) {
        struct candle *candle = &content->candles[i];
        int64_t at_s = candle_bucket((enum candle_period)i, trade->created_at / 1000000);
        /* A clock that went back: the candle that is open takes the trade. */
        if (at_s < candle->at_s)
            at_s = candle->at_s;
        if (at_s > candle->at_s)
            *candle = (struct candle){0};
        /* A sum beyond the range of a decimal stays at what fitted. */
        bool fits = candle_add(candle, at_s, trade->price, trade->amount, trade->total);
        (void)fits;
    }
}

void market_data_trade(struct market_data *data, const char *market_id,
                       const struct public_trade *trade)
{
    struct candle part = {
        .at_s = trade->created_at / 1000000,
        .open = trade->price,
        .high = trade->price,
        .low = trade->price,
        .close = trade->price,
        .amount = trade->amount,
        .total = trade->total,
    };
    struct face *face = face_lock(data, market_id);
    note_trade(face->content, trade);
    note_candles(face->content, trade);
    ticker_window_add(&face->content->window, &part);
    face_unlock(face);
}

void market_data_load_minute(struct market_data *data, const char *market_id,
                             const struct candle *minute)
{
    struct face *face = face_lock(data, market_id);
    ticker_window_add(&face->content->window, minute);
    face_unlock(face);
}

void market_data_load_trade(struct market_data *data, const char *market_id,
                            const struct public_trade *trade)
{
    struct face *face = face_lock(data, market_id);
    note_trade(face->content, trade);
    face_unlock(face);
}

void market_data_load_candle(struct market_data *data, const char *market_id,
                             enum candle_period period, const struct candle *candle)
{
    assert(period < CANDLE_PERIODS);
    struct face *face = face_lock(data, market_id);
    face->content->candles[period] = *candle;
    face_unlock(face);
}

bool market_data_is_short(struct market_data *data, const char *market_id)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return false;
    bool is_short = ladder_is_short(&face->content->sides[SIDE_BUY]) ||
                    ladder_is_short(&face->content->sides[SIDE_SELL]);
    face_unlock(face);
    return is_short;
}

/* ---- reading ---- */

size_t market_depth(struct market_data *data, const char *market_id, enum side side, size_t limit,
                    struct depth_level *ret_levels)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return 0;
    size_t count = ladder_copy(&face->content->sides[side], limit, ret_levels);
    face_unlock(face);
    return count;
}

size_t market_depth_count(struct market_data *data, const char *market_id, enum side side)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return 0;
    size_t count = face->content->sides[side].count;
    face_unlock(face);
    return count;
}

uint64_t market_book_version(struct market_data *data, const char *market_id)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return 0;
    uint64_t version = face->content->version;
    face_unlock(face);
    return version;
}

bool market_depth_text(struct market_data *data, const char *market_id, size_t limit,
                       struct str *out)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return false;
    const struct content *content = face->content;
    bool kept = content->depth_version == content->version && content->depth_limit == limit;
    if (kept)
        str_add_bytes(out, str_data(&content->depth_text), content->depth_text.length);
    face_unlock(face);
    return kept;
}

void market_depth_keep(struct market_data *data, const char *market_id, size_t limit,
                       uint64_t version, const char *text, size_t length)
{
    struct face *face = length <= DEPTH_TEXT_BYTES_MAX ? face_lock_known(data, market_id) : NULL;
    if (!face)
        return;
    struct content *content = face->content;
    /* Only if nothing changed since the caller began to read. */
    if (content->version == version) {
        str_clear(&content->depth_text);
        str_add_bytes(&content->depth_text, text, length);
        content->depth_version = str_ok(&content->depth_text) ? version : 0;
        content->depth_limit = limit;
    }
    face_unlock(face);
}

size_t market_recent_trades(struct market_data *data, const char *market_id, size_t limit,
                            struct public_trade *ret_trades)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return 0;
    const struct content *content = face->content;
    size_t count = limit < content->trades_count ? limit : content->trades_count;
    for (size_t i = 0; i < count; i++)
        ret_trades[i] =
            content->trades[(content->trades_next + RECENT_TRADES_MAX - 1 - i) % RECENT_TRADES_MAX];
    face_unlock(face);
    return count;
}

void market_ticker(struct market_data *data, const char *market_id, int64_t now_us,
                   struct ticker *ret_ticker)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face) {
        *ret_ticker = (struct ticker){0};
        ticker_percent(DEC_ZERO, DEC_ZERO, ret_ticker->price_change_percent);
        return;
    }
    ticker_window_read(&face->content->window, now_us, face->content->last_price, ret_ticker);
    face_unlock(face);
}

bool market_candle(struct market_data *data, const char *market_id, enum candle_period period,
                   int64_t now_us, struct candle *ret_candle)
{
    assert(period < CANDLE_PERIODS);
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return false;
    struct candle candle = face->content->candles[period];
    face_unlock(face);
    if (candle.at_s == 0)
        return false;
    int64_t at_s = candle_bucket(period, now_us / 1000000);
    if (at_s > candle.at_s)
        candle = (struct candle){.at_s = at_s,
                                 .open = candle.close,
                                 .high = candle.close,
                                 .low = candle.close,
                                 .close = candle.close};
    *ret_candle = candle;
    return true;
}

struct dec market_last_price(struct market_data *data, const char *market_id)
{
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return DEC_ZERO;
    struct dec price = face->content->last_price;
    face_unlock(face);
    return price;
}

static bool walk(const struct ladder *ladder, struct dec volume, struct dec *ret_total,
                 struct dec *ret_worst)
{
    struct dec left = volume, total = DEC_ZERO;
    struct ladder_cursor at = {0};
    const struct depth_level *level;
    while ((level = ladder_next(ladder, &at))) {
        struct dec part = dec_min(left, level->volume), cost;
        if (!dec_mul(part, level->price, DEC_UP, &cost) || !dec_add(total, cost, &total))
            return false; /* more money than there is */
        left.units -= part.units;
        if (dec_is_zero(left)) {
            *ret_total = total;
            if (ret_worst)
                *ret_worst = level->price;
            return true;
        }
    }
    return false;
}

bool market_walk(struct market_data *data, const char *market_id, enum side taker_side,
                 struct dec volume, struct dec *ret_total, struct dec *ret_worst)
{
    assert(taker_side == SIDE_BUY || taker_side == SIDE_SELL);
    assert(dec_is_positive(volume));
    struct face *face = face_lock_known(data, market_id);
    if (!face)
        return false;
    enum side opposite = taker_side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    bool covered = walk(&face->content->sides[opposite], volume, ret_total, ret_worst);
    face_unlock(face);
    return covered;
}
