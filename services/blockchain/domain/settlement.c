#include "blockchain/domain/settlement.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum settlement_case settlement_case_of(enum payout_state state, const char *reason,
                                        bool is_custody)
{
    if (state == PAYOUT_UNKNOWN && is_custody)
        return SETTLEMENT_CUSTODY;
    if (state == PAYOUT_UNKNOWN && strcmp(reason, PAYOUT_REASON_SIGNED_BEFORE) == 0)
        return SETTLEMENT_SIGNED_ELSEWHERE;
    if (state == PAYOUT_CONFIRMED && strcmp(reason, PAYOUT_REASON_UNDONE) == 0)
        return SETTLEMENT_UNDONE;
    if (state == PAYOUT_CONFIRMED && strcmp(reason, PAYOUT_REASON_GONE) == 0)
        return SETTLEMENT_GONE;
    return SETTLEMENT_NONE;
}

static const char *const outcomes[] = {[SETTLEMENT_PAID] = "paid", [SETTLEMENT_UNPAID] = "unpaid"};

const char *settlement_outcome_name(enum settlement_outcome outcome)
{
    assert(outcome < ARRAY_LEN(outcomes));
    return outcomes[outcome];
}

bool settlement_outcome_find(const char *name, enum settlement_outcome *ret_outcome)
{
    for (unsigned i = 0; i < ARRAY_LEN(outcomes); i++)
        if (strcmp(outcomes[i], name) == 0) {
            *ret_outcome = (enum settlement_outcome)i;
            return true;
        }
    return false;
}

bool settlement_is_txid(const char *text)
{
    const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    return strlen(digits) == 64 && strspn(digits, "0123456789abcdef") == 64;
}

/* The digits before `end`, as a number of at most `most`. */
static bool number_before(const char *from, const char *end, uint64_t most, uint64_t *ret_number)
{
    char text[24];
    if (!end || end == from || (size_t)(end - from) >= sizeof(text))
        return false;
    snprintf(text, sizeof(text), "%.*s", (int)(end - from), from);
    return str_to_u64(text, ret_number) && *ret_number <= most;
}

bool settlement_used_read(const char *text, struct settlement_used *ret_used)
{
    struct settlement_used used = {.is_nonce = strncmp(text, "evm:", 4) == 0};
    const char *colon = strrchr(text, ':');
    uint64_t account, index, last;
    if (!colon || !number_before(colon + 1, colon + strlen(colon), UINT64_MAX, &last))
        return false;
    if (used.is_nonce) {
        const char *slash = strchr(text, '/');
        if (!slash || slash > colon || !number_before(text + 4, slash, UINT32_MAX, &account) ||
            !number_before(slash + 1, colon, UINT32_MAX, &index))
            return false;
        used.account = (uint32_t)account;
        used.index = (uint32_t)index;
        used.nonce = last;
    } else {
        if (last > UINT32_MAX || (size_t)(colon - text) >= sizeof(used.txid))
            return false;
        snprintf(used.txid, sizeof(used.txid), "%.*s", (int)(colon - text), text);
        used.vout = (uint32_t)last;
        if (!settlement_is_txid(used.txid))
            return false;
    }
    *ret_used = used;
    return true;
}
