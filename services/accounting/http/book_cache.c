#include "accounting/http/book_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct kept_book {
    char market_id[MARKET_ID_SIZE]; /* "": free */
    struct book_text book;
    int64_t read_us, fresh_until_us;
    bool is_being_read;
};

struct book_cache {
    pthread_mutex_t lock;
    struct kept_book books[BOOK_CACHE_MARKETS];
};

void book_text_init(struct book_text *book)
{
    memset(book, 0, sizeof(*book));
    for (size_t i = 0; i < ARRAY_LEN(book->sides); i++)
        book->sides[i].text = STR_INIT(BOOK_TEXT_BYTES_MAX);
}

void book_text_release(struct book_text *book)
{
    for (size_t i = 0; i < ARRAY_LEN(book->sides); i++)
        str_release(&book->sides[i].text);
    book_text_init(book);
}

static void write_side(struct str *out, const struct book_side *side, size_t limit)
{
    size_t count = limit < side->count ? limit : side->count, begin = 0;
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        str_add_bytes(out, side->text.data + begin, side->ends[i] - begin);
        begin = side->ends[i];
    }
    str_add_char(out, ']');
}

void book_text_write(struct str *out, const struct book_text *book, size_t asks, size_t bids)
{
    str_add(out, "{\"asks\":");
    write_side(out, &book->sides[SIDE_SELL], asks);
    str_add(out, ",\"bids\":");
    write_side(out, &book->sides[SIDE_BUY], bids);
    str_add_char(out, '}');
}

struct book_cache *book_cache_new(void)
{
    struct book_cache *cache = calloc(1, sizeof(*cache));
    if (!cache)
        return NULL;
    pthread_mutex_init(&cache->lock, NULL);
    for (size_t i = 0; i < BOOK_CACHE_MARKETS; i++)
        book_text_init(&cache->books[i].book);
    return cache;
}

void book_cache_free(struct book_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < BOOK_CACHE_MARKETS; i++)
        book_text_release(&cache->books[i].book);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct kept_book *find_locked(struct book_cache *cache, const char *market_id)
{
    for (size_t i = 0; i < BOOK_CACHE_MARKETS; i++)
        if (strcmp(cache->books[i].market_id, market_id) == 0)
            return &cache->books[i];
    return NULL;
}

bool book_cache_get(struct book_cache *cache, const char *market_id, int64_t monotonic_us,
                    struct str *out, size_t asks, size_t bids)
{
    pthread_mutex_lock(&cache->lock);
    struct kept_book *kept = find_locked(cache, market_id);
    bool usable =
        kept && (monotonic_us < kept->fresh_until_us ||
                 (kept->is_being_read && monotonic_us - kept->read_us < BOOK_STALE_MAX_US));
    if (usable)
        book_text_write(out, &kept->book, asks, bids);
    else if (kept)
        kept->is_being_read = true;
    pthread_mutex_unlock(&cache->lock);
    return usable;
}

/* A free place, or that of the book that was read longest ago. */
static struct kept_book *place_locked(struct book_cache *cache)
{
    struct kept_book *place = &cache->books[0];
    for (size_t i = 0; i < BOOK_CACHE_MARKETS; i++) {
        struct kept_book *each = &cache->books[i];
        if (!each->market_id[0])
            return each;
        if (each->read_us < place->read_us)
            place = each;
    }
    return place;
}

void book_cache_put(struct book_cache *cache, const char *market_id, int64_t monotonic_us,
                    int64_t took_us, struct book_text *book)
{
    pthread_mutex_lock(&cache->lock);
    struct kept_book *kept = find_locked(cache, market_id);
    if (took_us < BOOK_DEAR_US) {
        if (kept) {
            book_text_release(&kept->book);
            *kept = (struct kept_book){.book = kept->book};
        }
        pthread_mutex_unlock(&cache->lock);
        return;
    }
    if (!kept)
        kept = place_locked(cache);
    int64_t keep_us = took_us * BOOK_KEEP_TIMES;
    struct book_text before = kept->book;
    *kept = (struct kept_book){
        .book = *book,
        .read_us = monotonic_us,
        .fresh_until_us = monotonic_us + (keep_us < BOOK_KEEP_MAX_US ? keep_us : BOOK_KEEP_MAX_US),
    };
    snprintf(kept->market_id, sizeof(kept->market_id), "%s", market_id);
    pthread_mutex_unlock(&cache->lock);
    book_text_release(&before);
    book_text_init(book);
}

void book_cache_give_up(struct book_cache *cache, const char *market_id)
{
    pthread_mutex_lock(&cache->lock);
    struct kept_book *kept = find_locked(cache, market_id);
    if (kept)
        kept->is_being_read = false;
    pthread_mutex_unlock(&cache->lock);
}
