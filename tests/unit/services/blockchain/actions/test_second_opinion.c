/* When another provider is asked, and what it may say otherwise. */
#include "blockchain/actions/second_opinion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CONTRACT "0x00000000000000000000000000000000000000aa"
#define NAMED "eth:" CONTRACT "=100"

static struct chain eth = {.key = "eth"};

static struct found_transfer paid(const char *units)
{
    struct found_transfer transfer = {.txid = "0x01", .index = 3, .address_id = 7};
    memcpy(transfer.contract, CONTRACT, sizeof(CONTRACT));
    snprintf(transfer.units, sizeof(transfer.units), "%s", units);
    return transfer;
}

static struct block_haul none(void)
{
    return (struct block_haul){.chain = &eth};
}

static struct block_haul found(struct found_transfer *transfer)
{
    return (struct block_haul){.chain = &eth, .transfers = transfer, .transfers_count = 1};
}

static struct block_haul parked(struct found_parked *row, const struct found_transfer *claim,
                                bool is_refuted)
{
    *row = (struct found_parked){.reason = "a reason", .claim = claim, .is_refuted = is_refuted};
    return (struct block_haul){.chain = &eth, .parked = row, .parked_count = 1};
}

static void opinion__is_due_for_what_pays_and_what_claims_to(void **state)
{
    struct found_transfer much = paid("100"), little = paid("99");
    struct found_parked row;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct block_haul haul = parked(&row, &much, i == 1);
        assert_true(second_opinion_is_due("", true, &haul));
        assert_false(second_opinion_is_due("", false, &haul));
        assert_true(second_opinion_is_due(NAMED, false, &haul));
        haul = parked(&row, &little, i == 1);
        assert_false(second_opinion_is_due(NAMED, true, &haul));
    }
    struct block_haul haul = parked(&row, NULL, false);
    assert_false(second_opinion_is_due("", true, &haul));
    haul = found(&much);
    assert_true(second_opinion_is_due(NAMED, false, &haul));
    haul = none();
    assert_false(second_opinion_is_due("", true, &haul));
}

static void opinion__what_is_parked_is_no_other_transfer(void **state)
{
    struct found_transfer mine = paid("100"), twice = paid("200");
    struct found_parked row, other;
    struct block_haul there = found(&mine), nothing = none(), ours;
    (void)state;
    for (int i = 0; i < 2; i++) {
        ours = parked(&row, &mine, i == 1);
        assert_true(second_opinion_agrees(&ours, &there) && second_opinion_agrees(&there, &ours));
        struct block_haul theirs = parked(&other, &mine, i == 0);
        assert_true(second_opinion_agrees(&ours, &theirs));
        /* The logs of one of them are false. */
        ours = parked(&row, &twice, i == 1);
        assert_false(second_opinion_agrees(&ours, &there));
        assert_false(second_opinion_agrees(&there, &ours));
    }
    ours = parked(&row, &mine, false);
    assert_false(second_opinion_agrees(&ours, &nothing));
    assert_false(second_opinion_agrees(&nothing, &ours));
    /* By its own balances it did not come, and the other knows nothing of it. */
    ours = parked(&row, &mine, true);
    assert_true(second_opinion_agrees(&ours, &nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opinion__is_due_for_what_pays_and_what_claims_to),
        cmocka_unit_test(opinion__what_is_parked_is_no_other_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
