#include "accounting/http/deposit_address_support.h"

#include <string.h>

#include "accounting/actions/change_rules.h"

const struct network *coin_network(struct http_request *request, const char *currency_id,
                                   const char *blockchain_key)
{
    const struct catalog *catalog = request_catalog(request);
    const struct network *network = NULL;
    while ((network = catalog_network_next(catalog, currency_id, network)) != NULL)
        if (network->blockchain_key &&
            (!blockchain_key || strcmp(network->blockchain_key, blockchain_key) == 0))
            return network;
    return NULL;
}

bool check_coin(struct http_request *request, const char *code)
{
    if (!check_currency(request, code))
        return false;
    const char *lower = lower_text(http_arena(request), code);
    const struct currency *currency =
        lower ? catalog_currency(request_catalog(request), lower) : NULL;
    return currency && currency->is_coin && currency->is_visible;
}

bool address_or_reply(struct http_request *request, const struct network *network,
                      struct payment_address_asked asked, const struct address_codes *codes,
                      struct payment_address *ret_address)
{
    struct change change;
    struct err err;
    if (!network) {
        err_set(&err, ERR_NOT_FOUND, "the coin is not on that chain");
        http_reply_err(request, &err);
        return false;
    }
    if (!network->deposit_enabled || strcmp(network->status, "disabled") == 0) {
        reply_code(request, codes->deposit_disabled);
        return false;
    }
    asked.currency_id = network->currency_id;
    asked.blockchain_key = network->blockchain_key;
    if (!request_change(request, &change))
        return false;
    if (payment_address_provide(request_app(request), &change, &asked, ret_address, &err))
        return true;
    if (err.code == ERR_NOT_FOUND)
        reply_code(request, codes->wallet_not_found);
    else
        http_reply_err(request, &err);
    return false;
}
