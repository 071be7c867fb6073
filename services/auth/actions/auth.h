/*
 * auth.h: the state of the service: one struct, made in start.c, handed to every room.
 * Each member says who made it and which threads may use it.
 */
#ifndef AUTH_ACTIONS_AUTH_H
#define AUTH_ACTIONS_AUTH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "db/db.h"
#include "metrics/metrics.h"

struct abilities; /* api/abilities.h: what roles may do here; immutable */
struct auth_config;
struct jwks;            /* jwks/jwks.h: keys of the Auth0 tenant; any thread */
struct management;      /* api/management.h: signers and scopes; immutable but for what was seen */
struct mail_rules;      /* state/mail_rules.h: which event is which letter; immutable */
struct oauth;           /* actions/oauth.h: the OAuth provider; any thread */
struct passkey_party;   /* state/passkey_party.h: the site that passkeys are for; immutable */
struct password_gate;   /* crypto/password.h: so many hashes at once; any thread */
struct authz_rule_file; /* state/authz_rules.h: paths that pass or are closed; immutable */
struct gate;            /* state/gate.h: what authz remembers; any thread */
struct geo;             /* geo/geo.h: places of addresses; any thread */
struct oauth_pages;     /* http/oauth_pages.h: pages to sign in and to agree; immutable */
struct password_rules;  /* state/password_rules.h: which passwords are taken; immutable */
struct proxy_networks;
struct rules;           /* state/rules.h: barong.yml: requirements, triggers, types; immutable */
struct sms;             /* sms/sms.h: text messages; any thread */
struct storage;         /* storage/storage.h: uploaded files; any thread */
struct secret_store;    /* secret/secret.h: sealed columns, seeds, keys; any thread */
struct service_keys;    /* api/service_keys.h: other services that may call; any thread */
struct signing;         /* state/signing.h: the keys of our tokens; any thread */
struct service_threads; /* service/threads.h: to sleep until the service stops */
struct token_cache;     /* verified tokens of resource and admin; any thread */
struct token_keys;      /* public keys of our session tokens; swapped by app->signing; any thread */
struct trust;           /* http/trust.h: what is asked of a bearer token; immutable */

struct auth {
    const struct auth_config *config; /* state/config.h; immutable */
    const struct clock *clock;
    struct metrics *metrics;
    struct service_threads *threads;
    struct db_config db_config; /* to open further connections */
    struct rules *rules;
    struct abilities *abilities;
    struct management *management;
    struct mail_rules *mail_rules; /* NULL: no mails are made */
    struct authz_rule_file *authz_rules;
    struct gate *gate;
    struct geo *geo;
    struct signing *signing;
    struct jwks *auth0; /* NULL: no tenant */
    struct password_rules *password_rules;
    struct password_gate *passwords;
    struct passkey_party *party;
    struct secret_store *secrets;
    struct storage *storage;
    struct sms *sms;
    const struct proxy_networks *proxies; /* domain/client_ip.h; immutable */
    struct oauth *oauth;
    struct oauth_pages *pages;
    struct trust *trust;
    struct token_keys *keys;
    struct service_keys *services;
    struct token_cache *bearer_tokens; /* value: struct bearer (http/trust.h) */
    _Atomic int outside_calls;         /* actions/providers.h */
    uint64_t signing_mark;             /* of what app->signing was made; the thread `gate` alone */
    _Atomic bool stopping;
    _Atomic bool database_is_there; /* the keeper's last look */
    _Atomic bool mailer_works;      /* AUTH_ROLE=mail: queue and database answer */
};

#endif
