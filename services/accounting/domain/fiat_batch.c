#include "accounting/domain/fiat_batch.h"

#include <string.h>

static const char *const state_words[] = {
#define S(name, word) [FIAT_BATCH_##name] = (word),
    FIAT_BATCH_STATES(S)
#undef S
};

const char fiat_batch_state_words[] = "made released dropped";

const char *fiat_batch_state_word(enum fiat_batch_state state)
{
    assert(state < FIAT_BATCH_STATES_COUNT);
    return state_words[state];
}

bool fiat_batch_state_of(const char *word, enum fiat_batch_state *ret_state)
{
    for (size_t i = 0; i < FIAT_BATCH_STATES_COUNT; i++)
        if (strcmp(state_words[i], word) == 0) {
            *ret_state = (enum fiat_batch_state)i;
            return true;
        }
    return false;
}

static const struct {
    enum fiat_batch_event event;
    enum fiat_batch_state from, to;
} moves[] = {
    {FIAT_BATCH_RELEASE, FIAT_BATCH_MADE, FIAT_BATCH_RELEASED},
    {FIAT_BATCH_DROP, FIAT_BATCH_MADE, FIAT_BATCH_DROPPED},
};

bool fiat_batch_move(struct fiat_batch *batch, enum fiat_batch_event event, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].event == event && moves[i].from == batch->state) {
            batch->state = moves[i].to;
            return true;
        }
    return err_set(err, ERR_STATE_CONFLICT, "batch %lu is %s", (unsigned long)batch->id,
                   fiat_batch_state_word(batch->state));
}
