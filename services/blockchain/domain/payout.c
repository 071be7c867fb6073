#include "payout.h"

#include <string.h>

static const struct {
    enum payout_state from;
    enum payout_move move;
    enum payout_state to;
} moves[] = {
    {PAYOUT_QUEUED, PAYOUT_MOVE_WAIT, PAYOUT_WAITING},
    {PAYOUT_QUEUED, PAYOUT_MOVE_TAKE, PAYOUT_BUILDING},
    {PAYOUT_QUEUED, PAYOUT_MOVE_CANCEL, PAYOUT_CANCELLED},
    {PAYOUT_QUEUED, PAYOUT_MOVE_REFUSE, PAYOUT_REFUSED},
    {PAYOUT_WAITING, PAYOUT_MOVE_WAIT, PAYOUT_WAITING},
    {PAYOUT_WAITING, PAYOUT_MOVE_TAKE, PAYOUT_BUILDING},
    {PAYOUT_WAITING, PAYOUT_MOVE_CANCEL, PAYOUT_CANCELLED},
    {PAYOUT_WAITING, PAYOUT_MOVE_REFUSE, PAYOUT_REFUSED},
    {PAYOUT_BUILDING, PAYOUT_MOVE_GIVE_BACK, PAYOUT_WAITING},
    {PAYOUT_BUILDING, PAYOUT_MOVE_REFUSE, PAYOUT_REFUSED},
    {PAYOUT_BUILDING, PAYOUT_MOVE_SIGN, PAYOUT_SIGNED},
    {PAYOUT_SIGNED, PAYOUT_MOVE_HOLD, PAYOUT_SIGNED},
    {PAYOUT_BUILDING, PAYOUT_MOVE_LOSE, PAYOUT_UNKNOWN},
    {PAYOUT_SIGNED, PAYOUT_MOVE_SEND, PAYOUT_BROADCAST},
    {PAYOUT_SIGNED, PAYOUT_MOVE_LOSE, PAYOUT_UNKNOWN},
    {PAYOUT_SIGNED, PAYOUT_MOVE_CONFIRM, PAYOUT_CONFIRMED},
    {PAYOUT_SIGNED, PAYOUT_MOVE_FAIL, PAYOUT_FAILED},
    {PAYOUT_BROADCAST, PAYOUT_MOVE_SEND, PAYOUT_BROADCAST},
    {PAYOUT_BROADCAST, PAYOUT_MOVE_LOSE, PAYOUT_UNKNOWN},
    {PAYOUT_BROADCAST, PAYOUT_MOVE_CONFIRM, PAYOUT_CONFIRMED},
    {PAYOUT_BROADCAST, PAYOUT_MOVE_FAIL, PAYOUT_FAILED},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_LOSE, PAYOUT_UNKNOWN},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_HOLD, PAYOUT_SIGNED},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_SEND, PAYOUT_BROADCAST},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_CONFIRM, PAYOUT_CONFIRMED},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_FAIL, PAYOUT_FAILED},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_SETTLE, PAYOUT_CONFIRMED},
    {PAYOUT_UNKNOWN, PAYOUT_MOVE_UNDO, PAYOUT_FAILED},
    {PAYOUT_CONFIRMED, PAYOUT_MOVE_SETTLE, PAYOUT_CONFIRMED},
    {PAYOUT_CONFIRMED, PAYOUT_MOVE_UNDO, PAYOUT_FAILED},
};

bool payout_moved(enum payout_state from, enum payout_move move, enum payout_state *ret_to,
                  struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].from == from && moves[i].move == move) {
            *ret_to = moves[i].to;
            return true;
        }
    return err_set(err, ERR_STATE_CONFLICT, "a payout that is %s can't %s", payout_state_name(from),
                   payout_move_name(move));
}

const char *payout_state_name(enum payout_state state)
{
    switch (state) {
#define S(name, number, text)                                                                      \
    case PAYOUT_##name:                                                                            \
        return text;
        PAYOUT_STATES(S)
#undef S
    }
    UNREACHABLE("a state is one of the list");
    return "";
}

const char *payout_move_name(enum payout_move move)
{
    switch (move) {
#define M(name, text)                                                                              \
    case PAYOUT_MOVE_##name:                                                                       \
        return text;
        PAYOUT_MOVES(M)
#undef M
    }
    UNREACHABLE("a move is one of the list");
    return "";
}

static const char *const purposes[PAYOUT_PURPOSES] = {
    [PAYOUT_WITHDRAWAL] = "withdrawal",
    [PAYOUT_REFUND] = "refund",
    [PAYOUT_COLLECTION] = "collection",
    [PAYOUT_OFFLOAD] = "offload",
    [PAYOUT_GAS] = "gas",
    [PAYOUT_FILL] = "fill",
};

const char *payout_purpose_name(enum payout_purpose purpose)
{
    assert(purpose < PAYOUT_PURPOSES);
    return purposes[purpose];
}

bool payout_purpose_find(const char *name, enum payout_purpose *ret_purpose)
{
    for (unsigned i = 0; i < PAYOUT_PURPOSES; i++)
        if (strcmp(purposes[i], name) == 0) {
            *ret_purpose = (enum payout_purpose)i;
            return true;
        }
    return false;
}

bool payout_id_is_fine(const char *id)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t length = strlen(id);
    return length > 0 && length <= PAYOUT_ID_CHARS_MAX && strspn(id, letters) == length;
}
