/*
 * oauth_client.h: a client as it is registered. The JSON document of RFC 7591 is the one form of it:
 * registration, the admin API, the CLI and the table all read and write it with oauth_client_read()
 * and oauth_client_write(), so there is one set of rules. What only operators may say (skipping
 * consent) is read when `trusted` is true and refused otherwise. Pure; texts live in the arena.
 */
#ifndef AUTH_DOMAIN_OAUTH_CLIENT_H
#define AUTH_DOMAIN_OAUTH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/oauth_code.h"
#include "contract/scope.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    OAUTH_CLIENT_ID_MAX = 64,
    OAUTH_CLIENT_NAME_MAX = 100,
    OAUTH_URIS_MAX = 16,
    OAUTH_METADATA_BYTES_MAX = 32 * 1024
};

/* How a client says who it is; the word of token_endpoint_auth_method. */
#define OAUTH_AUTH_METHODS(X)                                                                      \
    X(BASIC, "client_secret_basic")                                                                \
    X(POST, "client_secret_post")                                                                  \
    X(KEY, "private_key_jwt")                                                                      \
    X(NONE, "none")
enum oauth_auth_method {
#define X(name, word) OAUTH_AUTH_##name,
    OAUTH_AUTH_METHODS(X)
#undef X
        OAUTH_AUTH_METHODS_COUNT
};

#define OAUTH_GRANT_TYPES(X)                                                                       \
    X(CODE, "authorization_code")                                                                  \
    X(REFRESH, "refresh_token")                                                                    \
    X(MACHINE, "client_credentials")                                                               \
    X(DEVICE, "urn:ietf:params:oauth:grant-type:device_code")
enum oauth_grant_type {
#define X(name, word) OAUTH_GRANT_##name,
    OAUTH_GRANT_TYPES(X)
#undef X
        OAUTH_GRANT_TYPES_COUNT
};

struct oauth_uris {
    const char *items[OAUTH_URIS_MAX];
    size_t count;
};

struct oauth_client {
    uint64_t row; /* 0: not stored */
    char client_id[OAUTH_CLIENT_ID_MAX + 1];
    bool is_enabled;
    /* of the metadata */
    const char *name, *client_uri, *logo_uri, *policy_uri, *tos_uri; /* NULL: not given */
    enum oauth_auth_method auth_method;
    const char *assertion_algorithm; /* of private_key_jwt; NULL: any of ours */
    unsigned grant_types;            /* bits of enum oauth_grant_type */
    scope_set scopes;                /* what it may ever ask for */
    struct oauth_uris redirect_uris, post_logout_uris, resources;
    const char *jwks; /* JSON text; NULL: none */
    const char *jwks_uri;
    const char *id_token_algorithm; /* NULL: RS256 */
    const char *logout_uri;         /* of the back channel; NULL: none */
    bool pushed_required, dpop_required, skip_consent;
};

struct oauth_client_rules {
    bool trusted;  /* an operator speaks */
    bool insecure; /* addresses with http are fine: a local stack */
};

const char *oauth_grant_type_word(enum oauth_grant_type type);
bool oauth_grant_type_parse(const char *word, enum oauth_grant_type *ret_type) MUST_CHECK;

/* Fills everything of the metadata; leaves row, client_id and is_enabled. Unknown members are ignored
 * (RFC 7591 §2). OAUTH_INVALID_REDIRECT_URI, OAUTH_INVALID_CLIENT_METADATA. */
bool oauth_client_read(struct arena *arena, const char *json, size_t length,
                       const struct oauth_client_rules *rules, struct oauth_client *client,
                       struct err *err) MUST_CHECK;
/* Appends the members of the document, without braces. */
void oauth_client_write(struct str *out, const struct oauth_client *client);

bool oauth_client_may(const struct oauth_client *client, enum oauth_grant_type type);
static inline bool oauth_client_is_public(const struct oauth_client *client)
{
    return client->auth_method == OAUTH_AUTH_NONE;
}
static inline bool oauth_client_has_secret(const struct oauth_client *client)
{
    return client->auth_method == OAUTH_AUTH_BASIC || client->auth_method == OAUTH_AUTH_POST;
}
/* The registered address that the asked one is; NULL: none. */
const char *oauth_client_redirect(const struct oauth_client *client, const char *asked);
bool oauth_uris_have(const struct oauth_uris *uris, const char *uri);

#endif
