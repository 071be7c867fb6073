#include "coin_select.h"

#include "fee.h"

#include <inttypes.h>
#include <string.h>

static uint32_t vsize_of(const struct coin_need *need, size_t inputs)
{
    return need->base_vsize + (uint32_t)inputs * need->input_vsize;
}

/* Fills in what follows from the sum: change, if it is worth it, and the fee. False: too little. */
static bool settle(const struct coin_need *need, struct coin_choice *choice)
{
    uint32_t plain = vsize_of(need, choice->count);
    uint64_t least = need->outputs + fee_of_size(need->rate, plain);
    if (choice->inputs < least)
        return false;
    uint64_t fee = fee_of_size(need->rate, plain + need->change_vsize);
    uint64_t left = choice->inputs - need->outputs;
    if (left > fee && left - fee >= need->dust) {
        choice->change = left - fee;
        choice->fee = fee;
        choice->vsize = plain + need->change_vsize;
    } else {
        choice->change = 0;
        choice->fee = left;
        choice->vsize = plain;
    }
    assert(choice->inputs == need->outputs + choice->change + choice->fee);
    return true;
}

struct search {
    const uint64_t *units;
    const struct coin_need *need;
    size_t count;
    uint64_t target, slack, input_fee;
    uint64_t
        rest[COIN_INPUTS_MAX + 1]; /* what the coins from here on are worth, behind their fee */
    size_t picked[COIN_INPUTS_MAX], picked_count;
    unsigned tries;
};

static uint64_t worth(const struct search *search, size_t i)
{
    return search->units[i] > search->input_fee ? search->units[i] - search->input_fee : 0;
}

/* Depth first, with the coin before without it. Ends in at most COIN_TRIES_MAX looks. */
static bool search_from(struct search *search, size_t at, uint64_t sum)
{
    if (search->tries++ >= COIN_TRIES_MAX || sum > search->target + search->slack)
        return false;
    if (sum >= search->target)
        return search->picked_count > 0;
    if (at >= search->count || sum + search->rest[at] < search->target)
        return false;
    search->picked[search->picked_count++] = at;
    if (search_from(search, at + 1, sum + worth(search, at)))
        return true;
    search->picked_count--;
    return search_from(search, at + 1, sum);
}

static bool choose_exact(const uint64_t *units, size_t count, const struct coin_need *need,
                         struct coin_choice *choice)
{
    struct search search = {.units = units, .need = need};
    /* The small ones at the end are left out: the search is over a bounded set. */
    search.count = count < COIN_INPUTS_MAX ? count : COIN_INPUTS_MAX;
    search.input_fee = fee_of_size(need->rate, need->input_vsize);
    search.target = need->outputs + fee_of_size(need->rate, need->base_vsize);
    /* What change would cost now and when it is spent one day. */
    search.slack = fee_of_size(need->rate, need->change_vsize) + search.input_fee;
    if (search.slack > need->dust)
        search.slack = need->dust;
    for (size_t i = search.count; i-- > 0;)
        search.rest[i] = search.rest[i + 1] + worth(&search, i);
    if (!search_from(&search, 0, 0))
        return false;
    *choice = (struct coin_choice){.count = search.picked_count};
    for (size_t i = 0; i < search.picked_count; i++) {
        choice->index[i] = search.picked[i];
        choice->inputs += units[search.picked[i]];
    }
    return settle(need, choice) && choice->change == 0;
}

bool coins_choose(const uint64_t *units, size_t count, const struct coin_need *need,
                  struct coin_choice *ret_choice, struct err *err)
{
    struct coin_choice choice;
    if (choose_exact(units, count, need, &choice)) {
        *ret_choice = choice;
        return true;
    }
    memset(&choice, 0, sizeof(choice));
    for (size_t i = 0; i < count && choice.count < COIN_INPUTS_MAX; i++) {
        assert(i == 0 || units[i] <= units[i - 1]);
        choice.index[choice.count++] = i;
        choice.inputs += units[i];
        if (settle(need, &choice)) {
            *ret_choice = choice;
            return true;
        }
    }
    return err_set(err, ERR_FUNDS_INSUFFICIENT, "%zu coins have %" PRIu64 " of %" PRIu64,
                   choice.count, choice.inputs, need->outputs);
}
