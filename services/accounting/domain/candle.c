#include "accounting/domain/candle.h"

#include "base/check.h"

struct period_row {
    int64_t minutes;
    const char *name;
};

static const struct period_row periods[CANDLE_PERIODS] = {
#define P(name, minutes, text) {minutes, text},
    CANDLE_PERIOD_LIST(P)
#undef P
};

const char *candle_period_name(enum candle_period period)
{
    assert(period < CANDLE_PERIODS);
    return periods[period].name;
}

int64_t candle_period_minutes(enum candle_period period)
{
    assert(period < CANDLE_PERIODS);
    return periods[period].minutes;
}

bool candle_period_find(int64_t minutes, enum candle_period *ret_period)
{
    for (unsigned i = 0; i < CANDLE_PERIODS; i++)
        if (periods[i].minutes == minutes) {
            *ret_period = (enum candle_period)i;
            return true;
        }
    return false;
}

int64_t candle_bucket(enum candle_period period, int64_t time_s)
{
    int64_t length_s = candle_period_minutes(period) * 60;
    int64_t rest = time_s % length_s;
    return time_s - (rest < 0 ? rest + length_s : rest);
}

bool candle_add(struct candle *candle, int64_t at_s, struct dec price, struct dec amount,
                struct dec total)
{
    struct candle one = {.open = price,
                         .high = price,
                         .low = price,
                         .close = price,
                         .amount = amount,
                         .total = total};
    return candle_merge(candle, at_s, &one);
}

bool candle_merge(struct candle *candle, int64_t at_s, const struct candle *later)
{
    assert(at_s > 0);
    if (candle->at_s == 0) {
        *candle = *later;
        candle->at_s = at_s;
        return true;
    }
    assert(candle->at_s == at_s);
    struct dec amount, total;
    if (!dec_add(candle->amount, later->amount, &amount) ||
        !dec_add(candle->total, later->total, &total))
        return false;
    candle->amount = amount;
    candle->total = total;
    candle->close = later->close;
    if (dec_cmp(later->high, candle->high) > 0)
        candle->high = later->high;
    if (dec_cmp(later->low, candle->low) < 0)
        candle->low = later->low;
    return true;
}
