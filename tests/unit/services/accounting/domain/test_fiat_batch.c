/* Batches of withdrawals by bank: which state leads where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/fiat_batch.h"

static void fiat_batch_move__every_pair__made_alone_goes_on(void **state)
{
    static const enum fiat_batch_state after[] = {
        [FIAT_BATCH_RELEASE] = FIAT_BATCH_RELEASED, [FIAT_BATCH_DROP] = FIAT_BATCH_DROPPED};
    (void)state;
    for (size_t from = 0; from < FIAT_BATCH_STATES_COUNT; from++)
        for (size_t event = 0; event < ARRAY_LEN(after); event++) {
            struct fiat_batch batch = {.state = (enum fiat_batch_state)from};
            struct err err;
            bool moved = fiat_batch_move(&batch, (enum fiat_batch_event)event, &err);
            assert_int_equal(moved, from == FIAT_BATCH_MADE);
            assert_int_equal(batch.state, moved ? after[event] : (enum fiat_batch_state)from);
            if (!moved)
                assert_int_equal(err.code, ERR_STATE_CONFLICT);
        }
}

static void fiat_batch_state_of__each_word__and_no_other(void **state)
{
    enum fiat_batch_state read;
    (void)state;
    for (size_t i = 0; i < FIAT_BATCH_STATES_COUNT; i++) {
        const char *word = fiat_batch_state_word((enum fiat_batch_state)i);
        assert_true(fiat_batch_state_of(word, &read));
        assert_int_equal(read, i);
        assert_non_null(strstr(fiat_batch_state_words, word));
    }
    assert_false(fiat_batch_state_of("sent", &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fiat_batch_move__every_pair__made_alone_goes_on),
        cmocka_unit_test(fiat_batch_state_of__each_word__and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
