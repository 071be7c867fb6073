/* What a run of seeds says: rows, and mistakes with their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "seed/seed.h"

static char said[SEED_LINE_SIZE];

static void hear(const char *line)
{
    snprintf(said, sizeof(said), "%s", line);
}

static struct tree_node *tree_of(const char *text)
{
    struct tree_node *tree;
    struct err err;
    assert_true(tree_read_text("levels.yml", text, strlen(text), &tree, &err));
    return tree;
}

static void seed_mistake__rows__are_counted_and_placed(void **state)
{
    struct seed seed = {.say = hear};
    struct err err;
    (void)state;
    struct tree_node *tree = tree_of("- {id: 1}\n- {id: 2}\n");
    TREE_EACH(row, tree)
    {
        assert_false(err_set(&err, ERR_INVALID, "a level has a key"));
        seed_mistake(&seed, row, &err);
    }
    assert_int_equal(seed.mistakes, 2);
    assert_string_equal(said, "levels.yml:2: a level has a key");
    tree_free(tree);
}

static void seed_mistake__placed_story__keeps_its_place(void **state)
{
    struct seed seed = {.say = hear};
    struct err err;
    (void)state;
    struct tree_node *tree = tree_of("- {id: 1}\n");
    assert_false(err_set(&err, ERR_CONFIG, "levels.yml:7: of another line"));
    seed_mistake(&seed, tree, &err);
    assert_string_equal(said, "levels.yml:7: of another line");
    tree_free(tree);
}

static void seed_say__nobody_listens__is_nothing(void **state)
{
    struct seed seed = {.say = NULL};
    (void)state;
    seed_say(&seed, "added %s", "level 1");
    assert_int_equal(seed.mistakes, 0);
}

static void seed_folder__no_folder__is_refused_before_the_database_is_asked(void **state)
{
    const struct seed_file *const lists[] = {NULL};
    struct seed seed = {.say = hear};
    struct err err;
    (void)state;
    assert_false(seed_folder(&seed, lists, "/there/is/no/such", &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seed_mistake__rows__are_counted_and_placed),
        cmocka_unit_test(seed_mistake__placed_story__keeps_its_place),
        cmocka_unit_test(seed_say__nobody_listens__is_nothing),
        cmocka_unit_test(seed_folder__no_folder__is_refused_before_the_database_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
