/* Confirms without a broker: any order, single and multiple, adds up to the longest prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bus/internal.h"

static void publish(struct bus *bus, unsigned count)
{
    bus->published_tag += count;
    bus->open_count += count;
}

static void bus_on_confirm__out_of_order__moves_at_the_first_gap(void **state)
{
    struct bus bus = {.connection = NULL};
    (void)state;
    publish(&bus, 5);
    bus_on_confirm(&bus, 3, false);
    bus_on_confirm(&bus, 5, false);
    assert_true(bus_confirmed_tag(&bus) == 0 && bus.open_count == 3);
    bus_on_confirm(&bus, 1, false);
    assert_true(bus_confirmed_tag(&bus) == 1 && bus.open_count == 2);
    bus_on_confirm(&bus, 3, false); /* a second time is nothing */
    bus_on_confirm(&bus, 2, false);
    assert_true(bus_confirmed_tag(&bus) == 3 && bus.open_count == 1);
    bus_on_confirm(&bus, 4, false);
    assert_true(bus_confirmed_tag(&bus) == 5 && bus.open_count == 0);
}

static void bus_on_confirm__multiple__takes_all_before(void **state)
{
    struct bus bus = {.connection = NULL};
    (void)state;
    publish(&bus, 10);
    bus_on_confirm(&bus, 7, false);
    bus_on_confirm(&bus, 5, true);
    assert_true(bus_confirmed_tag(&bus) == 5 && bus.open_count == 4);
    bus_on_confirm(&bus, 6, true);
    assert_true(bus_confirmed_tag(&bus) == 7 && bus.open_count == 3);
    bus_on_confirm(&bus, 0, true); /* all so far */
    assert_true(bus_confirmed_tag(&bus) == 10 && bus.open_count == 0);
}

static void bus_on_confirm__tags_nobody_published__are_ignored(void **state)
{
    struct bus bus = {.connection = NULL};
    (void)state;
    publish(&bus, 2);
    bus_on_confirm(&bus, 3, true);
    bus_on_confirm(&bus, UINT64_MAX, true);
    bus_on_confirm(&bus, 0, false);
    assert_true(bus_confirmed_tag(&bus) == 0 && bus.open_count == 2);
    bus_on_confirm(&bus, 2, true);
    bus_on_confirm(&bus, 1, false);
    assert_true(bus_confirmed_tag(&bus) == 2 && bus.open_count == 0);
}

/* Against a plain list of flags. */
static void bus_on_confirm__many_random_orders__agree_with_a_list(void **state)
{
    enum { TAGS = 20000 };
    static bool confirmed[TAGS + 1];
    struct bus bus = {.connection = NULL};
    uint64_t seed = 42, prefix = 0;
    (void)state;
    memset(confirmed, 0, sizeof(confirmed));
    while (prefix < TAGS) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t window = bus.published_tag - prefix;
        if (window < BUS_IN_FLIGHT_MAX && bus.published_tag < TAGS && (seed >> 33) % 2)
            publish(&bus, 1);
        else if (window > 0) {
            uint64_t tag = prefix + 1 + (seed >> 40) % window;
            bool multiple = (seed >> 35) % 16 == 0;
            bus_on_confirm(&bus, tag, multiple);
            for (uint64_t t = multiple ? prefix + 1 : tag; t <= tag; t++)
                confirmed[t] = true;
        }
        while (prefix < bus.published_tag && confirmed[prefix + 1])
            prefix++;
        size_t open = 0;
        for (uint64_t t = prefix + 1; t <= bus.published_tag; t++)
            open += !confirmed[t];
        assert_true(bus_confirmed_tag(&bus) == prefix);
        assert_true(bus.open_count == open);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bus_on_confirm__out_of_order__moves_at_the_first_gap),
        cmocka_unit_test(bus_on_confirm__multiple__takes_all_before),
        cmocka_unit_test(bus_on_confirm__tags_nobody_published__are_ignored),
        cmocka_unit_test(bus_on_confirm__many_random_orders__agree_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
