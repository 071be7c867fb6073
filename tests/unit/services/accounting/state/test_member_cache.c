/* The cache of members: both names lead to one member, it is bounded, and old news does not win. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/state/member_cache.h"

#include <stdio.h>
#include <string.h>

enum { SMALL = 8 };

static struct member member_of(uint64_t id)
{
    struct member member = {.id = id, .level = 1, .updated_at = 100};
    snprintf(member.uid, sizeof(member.uid), "ID%lu", (unsigned long)id);
    snprintf(member.group, sizeof(member.group), "vip-0");
    return member;
}

static void put(struct member_cache *cache, uint64_t id)
{
    struct member member = member_of(id);
    member_cache_put(cache, &member);
}

static int world_new(void **state)
{
    *state = member_cache_new(SMALL);
    return *state ? 0 : -1;
}

static int world_free(void **state)
{
    member_cache_free(*state);
    return 0;
}

static void member_cache_by__id_or_uid__is_the_same_member(void **state)
{
    struct member found;
    put(*state, 7);
    put(*state, 9);
    assert_true(member_cache_by_id(*state, 9, &found));
    assert_string_equal(found.uid, "ID9");
    assert_true(member_cache_by_uid(*state, "ID7", &found));
    assert_int_equal(found.id, 7);
    assert_false(member_cache_by_id(*state, 8, &found));
    assert_false(member_cache_by_uid(*state, "ID8", &found));
    assert_false(member_cache_by_id(*state, 0, &found));
    assert_false(member_cache_by_uid(*state, "", &found));
}

static void member_cache_put__again__replaces(void **state)
{
    struct member found, changed = member_of(7);
    put(*state, 7);
    snprintf(changed.group, sizeof(changed.group), "vip-3");
    changed.updated_at++;
    member_cache_put(*state, &changed);
    assert_true(member_cache_by_uid(*state, "ID7", &found));
    assert_string_equal(found.group, "vip-3");
}

static void member_cache_put__an_older_row__is_ignored(void **state)
{
    struct member found, old = member_of(7);
    put(*state, 7);
    snprintf(old.group, sizeof(old.group), "old");
    old.updated_at--;
    member_cache_put(*state, &old);
    assert_true(member_cache_by_id(*state, 7, &found));
    assert_string_equal(found.group, "vip-0");
}

static void member_cache_drop__any__is_gone_by_both_names(void **state)
{
    struct member found;
    put(*state, 7);
    member_cache_drop(*state, 7);
    member_cache_drop(*state, 7);
    member_cache_drop(*state, 0);
    assert_false(member_cache_by_id(*state, 7, &found));
    assert_false(member_cache_by_uid(*state, "ID7", &found));
    put(*state, 7);
    assert_true(member_cache_by_uid(*state, "ID7", &found));
}

static void member_cache_put__beyond_the_bound__forgets_the_first(void **state)
{
    struct member found;
    size_t kept = 0;
    for (uint64_t id = 1; id <= 10 * SMALL; id++) {
        put(*state, id);
        assert_true(member_cache_by_id(*state, id, &found));
        if (id % 3 == 0)
            member_cache_drop(*state, id);
    }
    for (uint64_t id = 1; id <= 10 * SMALL; id++) {
        char uid[MEMBER_UID_SIZE];
        snprintf(uid, sizeof(uid), "ID%lu", (unsigned long)id);
        bool by_id = member_cache_by_id(*state, id, &found);
        assert_true(by_id == member_cache_by_uid(*state, uid, &found));
        assert_true(!by_id || found.id == id);
        kept += by_id;
    }
    assert_in_range(kept, 1, SMALL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(member_cache_by__id_or_uid__is_the_same_member),
        TEST(member_cache_put__again__replaces),
        TEST(member_cache_put__an_older_row__is_ignored),
        TEST(member_cache_drop__any__is_gone_by_both_names),
        TEST(member_cache_put__beyond_the_bound__forgets_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
