/* Order books that were dear to read: kept for a while; quick ones never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/http/book_cache.h"

#define DEAR_US ((int64_t)BOOK_DEAR_US)

static int world_new(void **state)
{
    *state = book_cache_new();
    return *state ? 0 : -1;
}

static int world_free(void **state)
{
    book_cache_free(*state);
    return 0;
}

/* A book of `count` orders a side: asks 0, 1, ..., bids 100, 101, ... */
static void put(struct book_cache *cache, const char *market_id, int64_t now_us, int64_t took_us,
                size_t count)
{
    struct book_text book;
    book_text_init(&book);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < count; i++) {
            str_add_u64(&book.sides[side].text, side == SIDE_SELL ? i : 100 + i);
            book.sides[side].ends[i] = book.sides[side].text.length;
            book.sides[side].count++;
        }
    book_cache_put(cache, market_id, now_us, took_us, &book);
    book_text_release(&book);
}

static void assert_got(struct book_cache *cache, const char *market_id, int64_t now_us, size_t asks,
                       size_t bids, const char *expected)
{
    struct str out = STR_INIT(4096);
    bool got = book_cache_get(cache, market_id, now_us, &out, asks, bids);
    assert_int_equal(got, expected != NULL);
    if (expected)
        assert_string_equal(str_data(&out), expected);
    str_release(&out);
}

static void get__dear_book__the_orders_that_were_asked_for(void **state)
{
    put(*state, "btcusd", 0, DEAR_US, 3);
    assert_got(*state, "btcusd", 1, 2, 1, "{\"asks\":[0,1],\"bids\":[100]}");
    assert_got(*state, "btcusd", 1, 200, 200, "{\"asks\":[0,1,2],\"bids\":[100,101,102]}");
    assert_got(*state, "ethusd", 1, 1, 1, NULL);
}

static void get__quick_book__not_kept(void **state)
{
    put(*state, "btcusd", 0, DEAR_US - 1, 3);
    assert_got(*state, "btcusd", 1, 2, 2, NULL);
    put(*state, "btcusd", 0, DEAR_US, 3);
    put(*state, "btcusd", 0, 1, 3); /* it became quick */
    assert_got(*state, "btcusd", 1, 2, 2, NULL);
}

static void get__kept_too_long__one_reads_the_others_get_the_old_one(void **state)
{
    int64_t later_us = DEAR_US * BOOK_KEEP_TIMES;
    put(*state, "btcusd", 0, DEAR_US, 1);
    assert_got(*state, "btcusd", later_us - 1, 1, 1, "{\"asks\":[0],\"bids\":[100]}");
    assert_got(*state, "btcusd", later_us, 1, 1, NULL);
    assert_got(*state, "btcusd", later_us, 1, 1, "{\"asks\":[0],\"bids\":[100]}");
    assert_got(*state, "btcusd", BOOK_STALE_MAX_US, 1, 1, NULL);
    book_cache_give_up(*state, "btcusd");
    assert_got(*state, "btcusd", later_us, 1, 1, NULL);
    put(*state, "btcusd", later_us, DEAR_US, 0);
    assert_got(*state, "btcusd", later_us + 1, 1, 1, "{\"asks\":[],\"bids\":[]}");
}

static void put__more_markets_than_places__the_oldest_goes(void **state)
{
    char market_id[MARKET_ID_SIZE];
    for (int i = 0; i <= BOOK_CACHE_MARKETS; i++) {
        snprintf(market_id, sizeof(market_id), "m%d", i);
        put(*state, market_id, i, DEAR_US, 0);
    }
    assert_got(*state, "m0", 1, 1, 1, NULL);
    assert_got(*state, "m1", 1, 1, 1, "{\"asks\":[],\"bids\":[]}");
    assert_got(*state, market_id, 1, 1, 1, "{\"asks\":[],\"bids\":[]}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(get__dear_book__the_orders_that_were_asked_for),
        TEST(get__quick_book__not_kept),
        TEST(get__kept_too_long__one_reads_the_others_get_the_old_one),
        TEST(put__more_markets_than_places__the_oldest_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
