#include "auth/consumers.h"

#include "auth/bus/event_relay.h"
#include "auth/bus/factor_resets.h"
#include "auth/bus/gate_watch.h"
#include "auth/bus/keeper.h"
#include "auth/bus/kyc_worker.h"
#include "auth/bus/letters.h"
#include "auth/bus/mail_worker.h"
#include "auth/bus/oauth_logouts.h"
#include "auth/bus/secrets.h"
#include "base/check.h"

const struct consumer auth_consumers[] = {
    {"gate", gate_watch_run}, /* authz follows what changes */
    {"keeper", keeper_run,
     ROLE_API | ROLE_MAIL},                  /* looks after the database; forgets what is over */
    {"letters", letters_run},                /* mails that were asked for by an address */
    {"secrets", secrets_run},                /* looks after the store of secrets */
    {"factor-resets", factor_resets_thread}, /* lost second factors are removed when it is time */
    {"kyc", kyc_worker_run},                 /* identity checks with KYCAID */
    {"oauth-logouts", oauth_logouts_run},    /* clients whose sessions are over are told */
    {"event-relay", event_relay_run},        /* the outbox to the world, and to the mailer */
    {"mailer", mail_worker_run, ROLE_MAIL},  /* events to mails */
};
const size_t auth_consumers_count = ARRAY_LEN(auth_consumers);
