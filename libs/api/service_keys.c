#include "api/service_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"

enum {
    SERVICE_TOKENS_MAX = 256,
    KEY_BYTES_MAX = 16 * 1024,
    LIST_BYTES_MAX = 4096,
    /* Clocks of two machines differ; OpenDAX's template allows this much for `iat`. */
    ISSUED_AT_LEEWAY_S = 180
};

struct service_keys {
    struct token_keys *keys;
    const char *audience[2];
    struct token_cache *tokens;
};

bool service_peer_from_claims(void *app, const struct token_claims *claims, void *ret_peer,
                              struct err *err)
{
    (void)app;
    struct service_peer peer = {.name = ""};
    _Static_assert(sizeof(peer.name) == sizeof(claims->key_name), "the name of a key fits");
    /* A service speaks for itself only: its key can't sign in the name of another one. */
    if (claims->issuer[0] == '\0' || strcmp(claims->issuer, claims->key_name) != 0)
        return err_set(err, ERR_UNAUTHENTICATED, "claims: the issuer is not the owner of the key");
    memcpy(peer.name, claims->key_name, sizeof(peer.name));
    *(struct service_peer *)ret_peer = peer;
    return true;
}

static bool add_keys(struct token_keys *keys, const char *list, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(LIST_BYTES_MAX);
    if (!list || !*list)
        return true;
    str_add(&text, list);
    if (!str_ok(&text))
        return err_set(err, ERR_CONFIG, "SERVICE_KEYS is too long");
    char *rest = text.data, *item;
    while ((item = strsep(&rest, ",")) != NULL) {
        char *path = strchr(item, '=');
        if (!path || path == item || path[1] == '\0')
            return err_set(err, ERR_CONFIG, "SERVICE_KEYS: \"%s\" is not ISSUER=FILE", item);
        *path++ = '\0';
        AUTO(str_release) struct str pem = STR_INIT(KEY_BYTES_MAX);
        if (!file_read(path, &pem, err) ||
            !token_keys_add(keys, item, "ES256", str_data(&pem), err))
            return err_wrap(err, "SERVICE_KEYS: %s", item);
    }
    return true;
}

bool service_keys_open(const char *list, const char *audience, struct service_keys **ret_keys,
                       struct err *err)
{
    struct service_keys *keys = calloc(1, sizeof(*keys));
    if (!keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    keys->audience[0] = audience;
    keys->keys = token_keys_new();
    const struct token_rules rules = {.audience = keys->audience,
                                      .subject = "service",
                                      .issued_at_leeway_s = ISSUED_AT_LEEWAY_S,
                                      .expiry_required = true,
                                      .jti_required = true};
    if (keys->keys && add_keys(keys->keys, list, err)) {
        keys->tokens = token_cache_new(keys->keys, &rules, SERVICE_TOKENS_MAX,
                                       sizeof(struct service_peer), service_peer_from_claims, NULL);
        if (keys->tokens) {
            *ret_keys = keys;
            return true;
        }
        err_set(err, ERR_INTERNAL, "no memory");
    } else if (!keys->keys) {
        err_set(err, ERR_INTERNAL, "no memory");
    }
    service_keys_close(keys);
    return false;
}

void service_keys_close(struct service_keys *keys)
{
    if (!keys)
        return;
    token_cache_free(keys->tokens);
    token_keys_free(keys->keys);
    free(keys);
}

struct token_cache *service_keys_tokens(const struct service_keys *keys)
{
    return keys->tokens;
}

const struct token_keys *service_keys_all(const struct service_keys *keys)
{
    return keys->keys;
}

bool service_key_check(const char *name, const char *private_pem, struct err *err)
{
    struct token_signer *signer;
    if (!token_signer_new("ES256", name, private_pem, &signer, err))
        return err_wrap(err, "SERVICE_KEY_FILE");
    token_signer_free(signer);
    return true;
}
