/* Rows of seed files into structs: what is misspelt, mistyped or unknown is said with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "yaml/seed_read.h"
#include "contract/param_value.h"

struct row {
    const char *name, *address, *options;
    struct param_i64 height;
    struct param_dec fee;
    struct param_bool visible;
    const struct tree_node *balances;
};

#define KEY(name_, kind_, member)                                                                  \
    {                                                                                              \
        .key = name_, .kind = kind_, .offset = offsetof(struct row, member)                        \
    }
static const struct seed_field explorer_keys[] = {KEY("address", SEED_TEXT, address),
                                                  {.key = NULL}};
static const struct seed_field keys[] = {
    KEY("name", SEED_TEXT, name),
    KEY("title", SEED_TEXT, name),
    KEY("height", SEED_I64, height),
    KEY("fee", SEED_DEC, fee),
    KEY("visible", SEED_BOOL, visible),
    KEY("options", SEED_JSON, options),
    KEY("balances", SEED_NODE, balances),
    {.key = "explorer", .kind = SEED_MAP, .fields = explorer_keys},
    {.key = NULL},
};

struct world {
    struct arena *arena;
    struct tree_node *tree;
    struct row row;
    struct err err;
};

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->arena = arena_new(1 << 20);
    *state = world;
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    tree_free(world->tree);
    arena_free(world->arena);
    free(world);
    return 0;
}

static bool read_text(struct world *world, const char *text)
{
    assert_true(tree_read_text("rows.yml", text, strlen(text), &world->tree, &world->err));
    return seed_read(tree_items(world->tree), keys, world->arena, &world->row, &world->err);
}

static void seed_read__all_kinds__fill_the_struct(void **state)
{
    struct world *world = *state;
    assert_true(read_text(world, "- {name: btc, height: 12, fee: \"0.5\", visible: no, explorer: "
                                 "{address: x}, options: {a: 1, b: [true, \"x y\"], c: 007}, "
                                 "balances: [1, 2]}"));
    assert_string_equal(world->row.name, "btc");
    assert_string_equal(world->row.address, "x");
    assert_string_equal(world->row.options, "{\"a\":1,\"b\":[true,\"x y\"],\"c\":\"007\"}");
    assert_true(world->row.height.given && world->row.height.value == 12);
    assert_true(world->row.fee.given && world->row.fee.value.units == DEC_ONE_UNITS / 2);
    assert_true(world->row.visible.given && !world->row.visible.value);
    assert_int_equal(tree_count(world->row.balances), 2);
}

static void seed_read__null__is_absent(void **state)
{
    struct world *world = *state;
    assert_true(read_text(world, "- {name: ~, height: null, fee: , title: t}"));
    assert_string_equal(world->row.name, "t");
    assert_false(world->row.height.given || world->row.fee.given);
}

static void refused(struct world *world, const char *text, const char *sentence)
{
    tree_free(world->tree);
    world->tree = NULL;
    assert_false(read_text(world, text));
    assert_int_equal(world->err.code, ERR_CONFIG);
    assert_string_equal(world->err.what, sentence);
}

static void seed_read__mistakes__are_said_with_their_line(void **state)
{
    struct world *world = *state;
    refused(world, "- name: a\n  nmae: b\n", "rows.yml:2: no such key: nmae");
    refused(world, "- height: 1.5\n", "rows.yml:1: height must be a whole number");
    refused(world, "- name: a\n  fee: 1e5\n", "rows.yml:2: fee must be a plain decimal");
    refused(world, "- visible: perhaps\n", "rows.yml:1: visible must be true or false");
    refused(world, "- name: [a]\n", "rows.yml:1: name must be text");
    refused(world, "- explorer: {adress: x}\n", "rows.yml:1: no such key: adress");
    refused(world, "- text\n", "rows.yml:1: must be a map of keys and values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seed_read__all_kinds__fill_the_struct, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(seed_read__null__is_absent, world_new, world_free),
        cmocka_unit_test_setup_teardown(seed_read__mistakes__are_said_with_their_line, world_new,
                                        world_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
