#include "accounting/domain/deposit.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

#define STATE_WORD(name, word) word,
static const char *const state_words[] = {DEPOSIT_STATES(STATE_WORD)};
#define STATE_LIST(name, word) word " "
const char deposit_state_words[] = DEPOSIT_STATES(STATE_LIST);

static const char *const event_words[] = {
    [DEPOSIT_CANCEL] = "cancel",
    [DEPOSIT_REJECT] = "reject",
    [DEPOSIT_ACCEPT] = "accept",
    [DEPOSIT_PROCESS] = "process",
    [DEPOSIT_FEE_PROCESS] = "fee_process",
    [DEPOSIT_SKIP] = "skip",
    [DEPOSIT_ERR] = "err",
    [DEPOSIT_DISPATCH] = "dispatch",
    [DEPOSIT_REFUND] = "refund",
};
const char deposit_action_words[] =
    "cancel reject accept process fee_process skip err dispatch refund";

const char *deposit_state_word(enum deposit_state state)
{
    assert(state < DEPOSIT_STATES_COUNT);
    return state_words[state];
}

bool deposit_state_parse(const char *word, enum deposit_state *ret_state)
{
    for (size_t i = 0; i < ARRAY_LEN(state_words); i++)
        if (strcmp(state_words[i], word) == 0) {
            *ret_state = (enum deposit_state)i;
            return true;
        }
    return false;
}

bool deposit_event_parse(const char *word, enum deposit_event *ret_event)
{
    for (size_t i = 0; i < ARRAY_LEN(event_words); i++)
        if (strcmp(event_words[i], word) == 0) {
            *ret_event = (enum deposit_event)i;
            return true;
        }
    return false;
}

/* ---- moves ---- */

static const struct {
    enum deposit_event event;
    enum deposit_state from, to;
    bool coins_only;
} moves[] = {
    {DEPOSIT_CANCEL, DEPOSIT_SUBMITTED, DEPOSIT_CANCELED, false},
    {DEPOSIT_REJECT, DEPOSIT_SUBMITTED, DEPOSIT_REJECTED, false},
    {DEPOSIT_ACCEPT, DEPOSIT_SUBMITTED, DEPOSIT_ACCEPTED, false},
    {DEPOSIT_PROCESS, DEPOSIT_ACCEPTED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_PROCESS, DEPOSIT_SKIPPED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_PROCESS, DEPOSIT_ERRORED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_ACCEPTED, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_PROCESSING, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_SKIPPED, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_SKIP, DEPOSIT_PROCESSING, DEPOSIT_SKIPPED, false},
    {DEPOSIT_ERR, DEPOSIT_PROCESSING, DEPOSIT_ERRORED, false},
    {DEPOSIT_ERR, DEPOSIT_FEE_PROCESSING, DEPOSIT_ERRORED, false},
    {DEPOSIT_DISPATCH, DEPOSIT_PROCESSING, DEPOSIT_COLLECTED, false},
    {DEPOSIT_DISPATCH, DEPOSIT_FEE_PROCESSING, DEPOSIT_COLLECTED, false},
    {DEPOSIT_REFUND, DEPOSIT_AML_SUSPICIOUS, DEPOSIT_REFUNDING, true},
    {DEPOSIT_REFUND, DEPOSIT_SKIPPED, DEPOSIT_REFUNDING, true},
    {DEPOSIT_REOPEN, DEPOSIT_CANCELED, DEPOSIT_SUBMITTED, true},
    {DEPOSIT_REFUND_FAIL, DEPOSIT_REFUNDING, DEPOSIT_SKIPPED, true},
};

bool deposit_move(enum deposit_state *state, enum deposit_event event, bool is_coin)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].event == event && moves[i].from == *state &&
            (is_coin || !moves[i].coins_only)) {
            *state = moves[i].to;
            return true;
        }
    return false;
}

/* ---- what the chain says ---- */

static enum deposit_step decide_credited(const struct deposit_standing *standing,
                                         enum transfer_news news)
{
    bool is_gone = news == TRANSFER_GONE || news == TRANSFER_REPLACED;
    if (is_gone)
        return standing->reverted ? STEP_NOTHING : STEP_FREEZE;
    if (news == TRANSFER_CONFIRMED)
        return standing->reverted ? STEP_RECREDIT : STEP_NOTHING;
    return STEP_PLACE;
}

static enum deposit_step decide_submitted(enum transfer_news news)
{
    switch (news) {
    case TRANSFER_SEEN:
        return STEP_PLACE;
    case TRANSFER_CONFIRMED:
        return STEP_CONFIRM;
    case TRANSFER_GONE:
        return STEP_UNCONFIRM;
    case TRANSFER_REPLACED:
        break;
    }
    return STEP_CANCEL;
}

enum deposit_step deposit_decide(const struct deposit_standing *standing, enum transfer_news news)
{
    bool is_there = news == TRANSFER_SEEN || news == TRANSFER_CONFIRMED;
    if (!standing)
        return is_there ? STEP_CREATE : STEP_NOTHING;
    if (standing->credited)
        return decide_credited(standing, news);
    if (standing->state == DEPOSIT_SUBMITTED)
        return decide_submitted(news);
    if (standing->state == DEPOSIT_CANCELED && standing->left_chain && is_there)
        return STEP_REOPEN;
    return STEP_NOTHING; /* an operator canceled or rejected it, and that stays */
}

/* ---- words of transfer_type ---- */

static const char *const transfer_types[] = {"card", "wire", "swift", "sepa"};
enum { TRANSFER_TYPE_FIRST = 101 };

int64_t deposit_transfer_type_number(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(transfer_types); i++)
        if (strcmp(transfer_types[i], word) == 0)
            return TRANSFER_TYPE_FIRST + (int64_t)i;
    return 0;
}

const char *deposit_transfer_type_word(int64_t number, bool is_coin)
{
    int64_t index = number - TRANSFER_TYPE_FIRST;
    if (index >= 0 && index < (int64_t)ARRAY_LEN(transfer_types))
        return transfer_types[index];
    return is_coin ? "crypto" : "fiat";
}
