#include "fee.h"

#include <inttypes.h>

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static bool within(const struct fee_bounds *bounds, uint64_t rate, struct err *err)
{
    return rate <= bounds->cap ||
           err_set(err, ERR_OVERFLOW, "a fee rate of %" PRIu64 " is above the cap of %" PRIu64,
                   rate, bounds->cap);
}

bool fee_rate_choose(const struct fee_bounds *bounds, uint64_t estimate, uint64_t *ret_rate,
                     struct err *err)
{
    uint64_t rate = larger(estimate ? estimate : bounds->fallback, bounds->least);
    if (!within(bounds, rate, err))
        return false;
    *ret_rate = rate;
    return true;
}

bool fee_bump(const struct fee_bounds *bounds, uint64_t old_fee, uint32_t vsize, uint64_t estimate,
              uint64_t relay, uint64_t *ret_fee, struct err *err)
{
    assert(vsize > 0);
    uint64_t fee = larger(old_fee + fee_of_size(larger(relay, bounds->least), vsize),
                          fee_of_size(estimate <= FEE_PRICE_MAX ? estimate : 0, vsize));
    if (!within(bounds, fee * 1000 / vsize, err))
        return false;
    *ret_fee = fee;
    return true;
}

bool gas_price_choose(const struct fee_bounds *bounds, uint64_t base_fee, uint64_t tip,
                      struct gas_price *ret_price, struct err *err)
{
    if (base_fee > FEE_PRICE_MAX || tip > FEE_PRICE_MAX)
        return err_set(err, ERR_OVERFLOW, "an absurd price of gas");
    tip = larger(tip, bounds->least);
    uint64_t max_fee = 2 * (base_fee ? base_fee : bounds->fallback) + tip;
    if (!within(bounds, max_fee, err)) {
        /* Twice is for comfort: it is enough if the price of now is below the cap. */
        if (base_fee + tip > bounds->cap)
            return false;
        max_fee = bounds->cap;
    }
    *ret_price = (struct gas_price){.max_fee = max_fee, .tip = tip};
    return true;
}

bool gas_price_plain(const struct fee_bounds *bounds, uint64_t price, struct gas_price *ret_price,
                     struct err *err)
{
    if (price > FEE_PRICE_MAX)
        return err_set(err, ERR_OVERFLOW, "an absurd price of gas");
    price = larger(price ? price : bounds->fallback, bounds->least);
    if (!within(bounds, price, err))
        return false;
    *ret_price = (struct gas_price){.max_fee = price, .tip = price};
    return true;
}

static uint64_t eighth_more(uint64_t price)
{
    return price + (price + 7) / 8;
}

bool gas_price_bump(const struct fee_bounds *bounds, struct gas_price old, struct gas_price today,
                    struct gas_price *ret_price, struct err *err)
{
    struct gas_price price = {.max_fee = larger(eighth_more(old.max_fee), today.max_fee),
                              .tip = larger(eighth_more(old.tip), today.tip)};
    if (!within(bounds, price.max_fee, err))
        return false;
    *ret_price = price;
    return true;
}

bool gas_limit_choose(uint64_t estimate, uint64_t cap, uint64_t *ret_limit, struct err *err)
{
    if (estimate == 0 || estimate > cap)
        return err_set(err, ERR_OVERFLOW, "an estimate of %" PRIu64 " gas; the cap is %" PRIu64,
                       estimate, cap);
    uint64_t limit = estimate + estimate / 5;
    *ret_limit = limit < cap ? limit : cap;
    return true;
}
