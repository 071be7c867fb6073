#include "blockchain/consumers.h"

#include "base/check.h"
#include "blockchain/bus/catalogue_job.h"
#include "blockchain/bus/custody_job.h"
#include "blockchain/bus/event_relay.h"
#include "blockchain/bus/followers.h"
#include "blockchain/bus/payout_job.h"
#include "blockchain/bus/pool_job.h"
#include "blockchain/http/trust.h"

const struct consumer blockchain_consumers[] = {
    {"catalogue", catalogue_job_run}, /* what accounting says of chains, assets, wallets */
    {"followers", followers_run},     /* a thread a chain, which follows it */
    {"address-pool", pool_job_run},   /* addresses derived ahead */
    {"custody", custody_job_run},     /* what webhooks told, read from the provider */
    {"event-relay", event_relay_run}, /* the outbox to the world */
    {"payouts-1", payout_job_run},    /* what goes out: one executor a chain, two of them at once */
    {"payouts-2", payout_job_run},    {"key-watch", trust_watch}, /* the issuer's public keys */
};
const size_t blockchain_consumers_count = ARRAY_LEN(blockchain_consumers);
