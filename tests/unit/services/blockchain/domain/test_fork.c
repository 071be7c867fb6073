/* What a follower does next, as a table; and a follower made of it, against a node that forks at random. */
#include "blockchain/domain/fork.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 4096, ROUNDS = 20000, NAME_SIZE = 16 };

static void fork_decide__every_case__as_the_table_says(void **state)
{
    static const struct {
        struct fork_view view;
        enum fork_move move;
    } rows[] = {
        {{.has_height = false, .start = 5, .node_tip = 4}, FORK_IDLE},
        {{.has_height = false, .start = 5, .node_tip = 5}, FORK_TAKE},
        {{true, 7, 5, 7, "a", "a"}, FORK_IDLE},
        {{true, 7, 5, 8, "a", "a"}, FORK_TAKE},
        {{true, 7, 5, 7, "a", "b"}, FORK_REVERT},
        {{true, 7, 5, 9, "a", "b"}, FORK_REVERT},
        {{true, 7, 5, 6, "a", "a"}, FORK_BEHIND},
        {{true, 7, 5, 6, "a", "b"}, FORK_REVERT},
        {{true, 7, 5, 3, NULL, "b"}, FORK_BEHIND},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(fork_decide(&rows[i].view), rows[i].move);
}

struct line {
    char hashes[BLOCKS_MAX][NAME_SIZE];
    size_t count;
};

/* The same numbers each time. */
static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static void node_moves(struct line *node, unsigned *serial, uint64_t *seed)
{
    if (next(seed) % 4 == 0 && node->count > 1)
        node->count -= (size_t)next(seed) % (node->count < 6 ? node->count : 6);
    for (uint32_t grow = next(seed) % 4; grow > 0 && node->count < BLOCKS_MAX; grow--)
        snprintf(node->hashes[node->count++], NAME_SIZE, "%u", ++*serial);
}

/* One step of a follower that knows nothing but the rule. */
static bool follower_steps(struct line *ours, const struct line *node)
{
    size_t low = ours->count < node->count ? ours->count : node->count;
    struct fork_view view = {
        .has_height = ours->count > 0, .height = ours->count - 1, .node_tip = node->count - 1};
    if (view.has_height) {
        view.our_hash = ours->hashes[low - 1];
        view.node_hash = node->hashes[low - 1];
    }
    switch (fork_decide(&view)) {
    case FORK_TAKE:
        memcpy(ours->hashes[ours->count], node->hashes[ours->count], NAME_SIZE);
        ours->count++;
        return true;
    case FORK_REVERT:
        ours->count--;
        return true;
    case FORK_IDLE:
    case FORK_BEHIND:
        break;
    }
    return false;
}

static void fork_decide__a_node_that_forks_at_random__ends_on_its_chain(void **state)
{
    struct line *node = calloc(1, sizeof(*node)), *ours = calloc(1, sizeof(*ours));
    unsigned serial = 0;
    uint64_t seed = 7;
    (void)state;
    assert_non_null(node);
    assert_non_null(ours);
    snprintf(node->hashes[node->count++], NAME_SIZE, "genesis");
    for (int round = 0; round < ROUNDS && node->count < BLOCKS_MAX - 8; round++) {
        node_moves(node, &serial, &seed);
        for (uint32_t steps = next(&seed) % 5; steps > 0; steps--)
            follower_steps(ours, node);
    }
    while (follower_steps(ours, node))
        ;
    /* Every height of ours is a block of the node's chain; nothing is missing but what it may lack. */
    assert_true(ours->count >= node->count);
    for (size_t i = 0; i < node->count; i++)
        assert_string_equal(ours->hashes[i], node->hashes[i]);
    free(node);
    free(ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fork_decide__every_case__as_the_table_says),
        cmocka_unit_test(fork_decide__a_node_that_forks_at_random__ends_on_its_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
