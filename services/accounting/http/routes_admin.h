/* routes_admin.h: the routes of those who run the exchange, and of servers that sign their calls.
 * Tables end with method NULL; routes.c joins them. */
#ifndef ACCOUNTING_HTTP_ROUTES_ADMIN_H
#define ACCOUNTING_HTTP_ROUTES_ADMIN_H

#include "http/http.h"

extern const struct http_route admin_currency_routes[];
extern const struct http_route admin_network_routes[];
extern const struct http_route admin_blockchain_routes[];
extern const struct http_route admin_market_routes[];
extern const struct http_route admin_engine_routes[];
extern const struct http_route admin_fee_routes[];
extern const struct http_route admin_limit_routes[];
extern const struct http_route admin_adjustment_routes[];
extern const struct http_route admin_internal_transfer_routes[];
extern const struct http_route admin_withdraw_routes[];
extern const struct http_route admin_withdraw_explain_routes[];
extern const struct http_route admin_beneficiary_routes[];
extern const struct http_route account_transfer_routes[];
extern const struct http_route account_deposit_routes[];
extern const struct http_route admin_deposit_routes[];
extern const struct http_route admin_deposit_explain_routes[];
extern const struct http_route admin_fiat_batch_routes[];
extern const struct http_route admin_parked_routes[];         /* events of the gateway that wait */
extern const struct http_route admin_reconciliation_routes[]; /* coins against books */
extern const struct http_route admin_fiat_payment_routes[];
extern const struct http_route admin_fiat_report_routes[];
extern const struct http_route admin_fiat_statement_routes[];
extern const struct http_route admin_wallet_routes[];
extern const struct http_route admin_wallet_overview_routes[];
extern const struct http_route admin_contract_routes[];

extern const struct http_route management_currency_routes[];
extern const struct http_route management_network_routes[];
extern const struct http_route management_engine_routes[];
extern const struct http_route management_market_routes[];
extern const struct http_route management_fee_routes[];
extern const struct http_route management_member_routes[];  /* members, balances, timestamp */
extern const struct http_route management_trading_routes[]; /* orders, trades */
extern const struct http_route management_operation_routes[];
extern const struct http_route management_transfer_routes[];
extern const struct http_route management_withdraw_routes[];
extern const struct http_route management_beneficiary_routes[];
extern const struct http_route management_wallet_routes[];
extern const struct http_route management_deposit_routes[];

#endif
