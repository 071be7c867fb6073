#include "accounting/consumers.h"

#include "accounting/actions/order_accept.h"
#include "accounting/bus/collect_job.h"
#include "accounting/bus/command_relay.h"
#include "accounting/bus/event_relay.h"
#include "accounting/bus/fiat_relay.h"
#include "accounting/bus/journal_job.h"
#include "accounting/bus/market_clock.h"
#include "accounting/bus/on_chain_event.h"
#include "accounting/bus/on_results.h"
#include "accounting/bus/payout_relay.h"
#include "accounting/bus/pnl_job.h"
#include "accounting/bus/price_job.h"
#include "accounting/bus/reconcile_job.h"
#include "accounting/http/trust.h"
#include "base/check.h"

const struct consumer accounting_consumers[] = {
    {"accept", accept_writer_run},        /* orders and cancels: group commit */
    {"command-relay", command_relay_run}, /* committed commands to the workers */
    {"settler", on_results_run},          /* results of the workers into the books */
    {"event-relay", event_relay_run},     /* the outbox to the world */
    {"market-clock", market_clock_run},   /* tickers and k-lines, by the clock */
    {"key-watch", trust_watch},           /* the issuer's public keys */
    {"journal", journal_job_run},         /* deletes what is old and settled from the journal */
    {"collect", collect_job_run},         /* deposits into the wallets, and what the gateway owes */
    {"chain-feed", on_chain_event_run},   /* what happens on the chains into the books */
    {"payout-relay", payout_relay_run},   /* payments of withdrawals to the gateway */
    {"fiat-relay", fiat_relay_run},       /* payments by bank to the payment gateway */
    {"reconcile", reconcile_job_run},     /* the coins on the chains against the books */
    {"pnl", pnl_job_run},                 /* profit and loss, if PNL_CURRENCIES asks for it */
    {"prices", price_job_run},            /* prices by their markets, if PRICE_INTERVAL is not 0 */
};
const size_t accounting_consumers_count = ARRAY_LEN(accounting_consumers);
