#include "jwks/jwks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "token/jwk.h"

enum { CONNECT_TIMEOUT_MS = 1000, TIMEOUT_MS = 3000, STATUS_OK = 200 };

struct jwks {
    struct jwks_spec spec;
    struct token_keys *keys;
    _Atomic bool is_ready;
    pthread_mutex_t mutex; /* of asking */
    struct fetch *fetch;
    int64_t asked_us;  /* monotonic; 0: never */
    struct err failed; /* why the last question had no answer; code ERR_NONE: it had */
};

DEFINE_AUTO(struct token_keys, token_keys_free);

static bool is_given(const char *text)
{
    return text && text[0] != '\0';
}

static bool add_fixed(const struct jwks *jwks, struct token_keys *keys, struct err *err)
{
    const struct jwks_spec *spec = &jwks->spec;
    return !is_given(spec->fixed_pem) ||
           (token_keys_add(keys, spec->fixed_name, spec->algorithm, spec->fixed_pem, err) &&
            token_keys_set_nameless(keys, spec->fixed_name, err));
}

bool jwks_new(const struct jwks_spec *spec, struct jwks **ret_jwks, struct err *err)
{
    if (!is_given(spec->url) && !is_given(spec->fixed_pem))
        return err_set(err, ERR_CONFIG, "neither a key nor the address of keys");
    struct jwks *jwks = calloc(1, sizeof(*jwks));
    if (!jwks)
        return err_set(err, ERR_INTERNAL, "no memory");
    pthread_mutex_init(&jwks->mutex, NULL);
    jwks->spec = *spec;
    jwks->is_ready = is_given(spec->fixed_pem);
    jwks->keys = token_keys_new();
    jwks->fetch = fetch_new();
    bool made = jwks->keys && jwks->fetch;
    if (!made)
        err_set(err, ERR_INTERNAL, "no memory");
    if (!made || !add_fixed(jwks, jwks->keys, err)) {
        jwks_free(jwks);
        return false;
    }
    *ret_jwks = jwks;
    return true;
}

void jwks_free(struct jwks *jwks)
{
    if (!jwks)
        return;
    fetch_free(jwks->fetch);
    token_keys_free(jwks->keys);
    pthread_mutex_destroy(&jwks->mutex);
    free(jwks);
}

const struct token_keys *jwks_keys(const struct jwks *jwks)
{
    return jwks->keys;
}

bool jwks_is_ready(const struct jwks *jwks)
{
    return jwks->is_ready;
}

bool jwks_lacks(const struct jwks *jwks, const char *bearer)
{
    static const char scheme[] = "Bearer ";
    if (!is_given(jwks->spec.url) || !bearer ||
        strncasecmp(bearer, scheme, sizeof(scheme) - 1) != 0)
        return false;
    bearer += sizeof(scheme) - 1;
    return token_keys_lack(jwks->keys, bearer, strnlen(bearer, TOKEN_BYTES_MAX + 1));
}

bool jwks_take(struct jwks *jwks, const char *text, size_t length, bool *ret_gone, struct err *err)
{
    AUTO_FREE(token_keys_free) struct token_keys *keys = token_keys_new();
    size_t added = 0;
    if (!keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!add_fixed(jwks, keys, err))
        return false;
    if (!token_keys_add_jwks(keys, text, length, jwks->spec.algorithm, &added, err)) {
        err->code = ERR_PROTOCOL;
        return err_wrap(err, "%s", jwks->spec.url);
    }
    if (added == 0)
        return err_set(err, ERR_PROTOCOL, "%s holds no usable keys", jwks->spec.url);
    *ret_gone = token_keys_swap(jwks->keys, keys);
    jwks->is_ready = true;
    return true;
}

static bool ask_locked(struct jwks *jwks, bool *ret_gone, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    const struct fetch_request request = {
        .url = jwks->spec.url, .connect_timeout_ms = CONNECT_TIMEOUT_MS, .timeout_ms = TIMEOUT_MS};
    long status;
    if (!fetch_run(jwks->fetch, &request, &status, &text, err))
        return false;
    if (status != STATUS_OK)
        return err_set(err, ERR_PEER_UNAVAILABLE, "%s answers %ld", jwks->spec.url, status);
    return jwks_take(jwks, str_data(&text), text.length, ret_gone, err);
}

bool jwks_refresh(struct jwks *jwks, bool *ret_gone, struct err *err)
{
    *ret_gone = false;
    if (!is_given(jwks->spec.url))
        return true;
    /* Those who come while somebody asks wait for his answer, and have it too. */
    pthread_mutex_lock(&jwks->mutex);
    int64_t now_us = clock_monotonic_us(jwks->spec.clock);
    int64_t pause_us = jwks->failed.code == ERR_NONE ? JWKS_PAUSE_US : JWKS_RETRY_US;
    if (jwks->asked_us == 0 || now_us - jwks->asked_us >= pause_us) {
        jwks->failed.code = ERR_NONE;
        bool answered = ask_locked(jwks, ret_gone, &jwks->failed);
        assert(answered == (jwks->failed.code == ERR_NONE));
        jwks->asked_us = clock_monotonic_us(jwks->spec.clock);
    }
    bool good = jwks->failed.code == ERR_NONE;
    if (!good)
        *err = jwks->failed;
    pthread_mutex_unlock(&jwks->mutex);
    return good;
}
