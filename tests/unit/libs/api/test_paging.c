/* Pages of rows in memory and of tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/http/entities_public.h"
#include "api/paging.h"
#include "api/row_sort.h"
#include "base/auto.h"
#include "base/check.h"

static struct paging paging_of(int64_t limit, int64_t page)
{
    return (struct paging){.limit = {limit, true}, .page = {page, true}};
}

static void paging_span__rows__as_listed(void **state)
{
    static const struct {
        int64_t limit, page;
        size_t total, first, count;
    } rows[] = {
        {100, 1, 5, 0, 5}, {2, 1, 5, 0, 2},         {2, 3, 5, 4, 1},
        {2, 4, 5, 5, 0},   {1000, 1, 0, 0, 0},      {2, 0, 5, 0, 2},
        {2, -7, 5, 0, 2},  {1, INT64_MAX, 5, 5, 0}, {1000, INT64_MAX, 5, 5, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct paging paging = paging_of(rows[i].limit, rows[i].page);
        struct span span = paging_span(&paging, rows[i].total);
        assert_int_equal(span.first, rows[i].first);
        assert_int_equal(span.count, rows[i].count);
    }
}

static void paging_limit__not_given__the_default(void **state)
{
    struct paging paging = {0};
    (void)state;
    assert_int_equal(paging_limit(&paging), PAGE_LIMIT_DEFAULT);
    assert_int_equal(paging_page(&paging), 1);
    assert_int_equal(paging_offset(&paging), 0);
}

static void paging_link_text__pages__as_listed(void **state)
{
    static const struct {
        int64_t limit, page;
        uint64_t total;
        const char *query, *text;
    } rows[] = {
        {100, 1, 0, "", ""},
        {2, 1, 2, "limit=2", ""},
        {2, 1, 3, "limit=2",
         "</u?limit=2&page=2>; rel=\"last\", </u?limit=2&page=2>; rel=\"next\""},
        {1, 2, 3, "page=2&limit=1&x=%3C",
         "</u?limit=1&x=%3C&page=1>; rel=\"first\", </u?limit=1&x=%3C&page=1>; rel=\"prev\", "
         "</u?limit=1&x=%3C&page=3>; rel=\"last\", </u?limit=1&x=%3C&page=3>; rel=\"next\""},
        {1, 9, 3, "page=9", "</u?page=1>; rel=\"first\", </u?page=3>; rel=\"prev\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(4096);
        struct paging paging = paging_of(rows[i].limit, rows[i].page);
        paging_link_text(&paging, rows[i].total, "/u", rows[i].query, &out);
        assert_string_equal(str_data(&out), rows[i].text);
    }
}

static void rows_sort__any_shown_key__ties_by_id(void **state)
{
    static const struct {
        const char *ordering, *order_by;
        int64_t ids[4];
    } rows[] = {
        {"asc", "id", {1, 2, 3, 4}},
        {"desc", "id", {4, 3, 2, 1}},
        {"asc", "group", {2, 1, 3, 4}},
        {"desc", "maker", {1, 4, 3, 2}},
        {"asc", "created_at", {4, 3, 2, 1}},
        {"asc", "market_type", {4, 1, 2, 3}},
        {"asc", "no such column", {1, 2, 3, 4}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct trading_fee fees[4] = {
            {.id = 3, .group = "b", .market_type = "spot", .created_at = 2},
            {.id = 1, .group = "b", .market_type = "spot", .created_at = 4},
            {.id = 4, .group = "c", .market_type = NULL, .created_at = 1},
            {.id = 2, .group = "a", .market_type = "spot", .created_at = 3},
        };
        struct ordering ordering = {rows[i].ordering, rows[i].order_by};
        fees[1].maker = dec_from_i64(5);
        rows_sort(fees, 4, sizeof(fees[0]), trading_fee_fields, &ordering);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(fees[k].id, rows[i].ids[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paging_span__rows__as_listed),
        cmocka_unit_test(paging_limit__not_given__the_default),
        cmocka_unit_test(paging_link_text__pages__as_listed),
        cmocka_unit_test(rows_sort__any_shown_key__ties_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
