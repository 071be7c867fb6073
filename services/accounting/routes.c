/*
 * routes.c: every request that accounting answers. Open this first, consumers.c second.
 *
 * A new endpoint: its field tables and parameters, an action with its test, the handler in http/, a
 * row in the table of its group, `make docs`.
 */
#include "accounting/routes.h"

#include <string.h>

#include "accounting/http/access.h"
#include "accounting/http/routes_admin.h"
#include "accounting/http/routes_member.h"
#include "accounting/http/routes_public.h"
#include "accounting/openapi.h"

static const struct http_route openapi_routes[] = {
    {.method = "GET",
     .path = "/api/v2/swagger",
     .mode = HTTP_WORKER,
     .handler = openapi_user,
     .access = ACCESS_PUBLIC,
     .tag = "docs",
     .doc = "This document: the user API."},
    {.method = "GET",
     .path = "/api/v2/admin/swagger",
     .mode = HTTP_WORKER,
     .handler = openapi_admin,
     .access = ACCESS_PUBLIC,
     .tag = "docs",
     .doc = "The admin API as an OpenAPI document."},
    {.method = "GET",
     .path = "/api/v2/management/swagger",
     .mode = HTTP_WORKER,
     .handler = openapi_management,
     .access = ACCESS_PUBLIC,
     .tag = "docs",
     .doc = "The management API as an OpenAPI document."},
    {.method = NULL},
};

static const struct http_route *const groups[] = {
    /* Everybody, then members. */
    public_catalog_routes,
    public_fee_routes,
    public_market_routes,
    public_service_routes,
    public_webhook_routes,
    public_payment_routes,
    coinmarketcap_routes,
    coingecko_routes,
    account_routes,
    account_transfer_routes,
    account_deposit_routes,
    account_beneficiary_routes,
    account_withdraw_routes,
    account_transaction_routes,
    market_routes,
    market_trade_routes,
    /* The operators. */
    admin_order_routes,
    admin_trade_routes,
    admin_member_routes,
    admin_operation_routes,
    admin_currency_routes,
    admin_network_routes,
    admin_blockchain_routes,
    admin_market_routes,
    admin_engine_routes,
    admin_fee_routes,
    admin_limit_routes,
    admin_adjustment_routes,
    admin_internal_transfer_routes,
    admin_deposit_routes,
    admin_deposit_explain_routes,
    admin_fiat_batch_routes,
    admin_fiat_payment_routes,
    admin_fiat_report_routes,
    admin_fiat_statement_routes,
    admin_withdraw_routes,
    admin_withdraw_explain_routes,
    admin_beneficiary_routes,
    admin_parked_routes,
    admin_reconciliation_routes,
    admin_wallet_routes,
    admin_wallet_overview_routes,
    admin_contract_routes,
    /* Other servers. */
    management_member_routes,
    management_currency_routes,
    management_network_routes,
    management_engine_routes,
    management_market_routes,
    management_fee_routes,
    management_trading_routes,
    management_operation_routes,
    management_transfer_routes,
    management_withdraw_routes,
    management_beneficiary_routes,
    management_wallet_routes,
    management_deposit_routes,
    internal_routes,
    internal_chain_routes,
    openapi_routes,
};

size_t accounting_routes(struct http_route *routes)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        for (const struct http_route *route = groups[i]; route->method; route++) {
            assert(count < ROUTES_MAX - 1);
            memcpy(&routes[count++], route, sizeof(*route));
        }
    memset(&routes[count], 0, sizeof(routes[count]));
    return count;
}
