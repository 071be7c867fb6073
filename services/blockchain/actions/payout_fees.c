#include "blockchain/actions/payout_worker.h"

struct fee_bounds coin_fee_bounds(const struct blockchain_config *config)
{
    return (struct fee_bounds){.fallback = config->coin_fee_fallback,
                               .least = config->coin_fee_least,
                               .cap = config->coin_fee_cap};
}

struct fee_bounds gas_fee_bounds(const struct blockchain_config *config)
{
    return (struct fee_bounds){.fallback = UINT64_C(1000000000),
                               .least = config->gas_price_least_mwei * UINT64_C(1000000),
                               .cap = config->gas_price_cap_gwei * UINT64_C(1000000000)};
}

struct fee_bounds payout_fee_bounds(const struct payout_worker *worker)
{
    const struct blockchain_config *config = worker->app->config;
    return worker->family == &payout_family_coin ? coin_fee_bounds(config) : gas_fee_bounds(config);
}
