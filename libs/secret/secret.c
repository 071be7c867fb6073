#include "secret/secret.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "secret/internal.h"

enum { RING_READ_INTERVAL_US = 1000000, ROTATE_TRIES_MAX = 32 };

const char secret_absent[] = "";

static const char ring_name[] = "keyring";
static const char transit_prefix[] = "vault:";

static bool ring_load(struct secret_store *store, struct err *err);

bool secret_store_open(const struct secret_settings *settings, const struct clock *clock,
                       struct secret_store **ret_store, struct err *err)
{
    AUTO_FREE(secret_store_close) struct secret_store *store = calloc(1, sizeof(*store));
    if (!store)
        return err_set(err, ERR_INTERNAL, "secrets: no memory");
    pthread_rwlock_init(&store->lock, NULL);
    store->clock = clock;
    if (strcmp(settings->kind, "file") == 0) {
        if (!secret_file_open(settings, &store->backend, err))
            return false;
        store->calls = &secret_file_backend;
    } else if (strcmp(settings->kind, "vault") == 0) {
        if (!secret_vault_open(settings, clock, &store->backend, err))
            return false;
        bool is_sealing = !settings->vault_transit || settings->vault_transit[0] != '\0';
        store->calls = is_sealing ? &secret_vault_backend : &secret_vault_without_transit;
    } else {
        return err_set(err, ERR_CONFIG, "secrets: \"%s\" is neither file nor vault",
                       settings->kind);
    }
    if (!ring_load(store, err) && err->code != ERR_PEER_UNAVAILABLE)
        return false;
    *ret_store = TAKE(store);
    return true;
}

void secret_store_close(struct secret_store *store)
{
    if (!store)
        return;
    if (store->calls)
        store->calls->close(store->backend);
    keyring_free(store->ring);
    pthread_rwlock_destroy(&store->lock);
    free(store);
}

/* ---- named secrets ---- */

static bool name_check(const char *name, struct err *err)
{
    size_t length = strlen(name);
    if (length == 0 || length > SECRET_NAME_MAX ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != length)
        return err_set(err, ERR_INVALID, "secrets: \"%.80s\" is no name", name);
    return true;
}

bool secret_read(struct secret_store *store, const char *name, struct str *out, struct err *err)
{
    return name_check(name, err) && store->calls->read(store->backend, name, out, err);
}

bool secret_write(struct secret_store *store, const char *name, const char *text, struct err *err)
{
    if (strlen(text) > SECRET_BYTES_MAX)
        return err_set(err, ERR_INVALID, "secret %.80s: above %d bytes", name, SECRET_BYTES_MAX);
    return name_check(name, err) && store->calls->write(store->backend, name, text, NULL, err);
}

bool secret_read_or_make(struct secret_store *store, const char *name, const char *text,
                         struct str *out, struct err *err)
{
    if (secret_read(store, name, out, err))
        return true;
    if (err->code != ERR_NOT_FOUND)
        return false;
    if (strlen(text) > SECRET_BYTES_MAX)
        return err_set(err, ERR_INVALID, "secret %.80s: above %d bytes", name, SECRET_BYTES_MAX);
    /* A conflict: another process was faster, and its secret is the one. */
    if (!store->calls->write(store->backend, name, text, secret_absent, err) &&
        err->code != ERR_CONFLICT)
        return false;
    return secret_read(store, name, out, err);
}

/* ---- the keyring ---- */

static bool ring_load(struct secret_store *store, struct err *err)
{
    AUTO_FREE(keyring_free) struct keyring *new = keyring_new(), *ring = NULL;
    AUTO(str_wipe) struct str made = STR_INIT(KEYRING_TEXT_MAX), text = STR_INIT(SECRET_BYTES_MAX);
    if (!new)
        return err_set(err, ERR_INTERNAL, "secrets: no memory");
    keyring_format(new, &made);
    if (!secret_read_or_make(store, ring_name, made.data, &text, err) ||
        !keyring_parse(str_data(&text), text.length, &ring, err))
        return err_wrap(err, "secret %s", ring_name);
    pthread_rwlock_wrlock(&store->lock);
    struct keyring *old = store->ring;
    store->ring = TAKE(ring);
    store->ring_read_us = clock_monotonic_us(store->clock);
    pthread_rwlock_unlock(&store->lock);
    keyring_free(old);
    return true;
}

/* The caller holds the lock. */
static bool ring_is_there(const struct secret_store *store, struct err *err)
{
    return store->ring ||
           err_set(err, ERR_PEER_UNAVAILABLE, "secrets: the store has not answered yet");
}

bool secret_store_is_ready(struct secret_store *store)
{
    pthread_rwlock_rdlock(&store->lock);
    bool is_ready = store->ring != NULL;
    pthread_rwlock_unlock(&store->lock);
    return is_ready;
}

static bool ring_unseal(struct secret_store *store, const char *context, const char *sealed,
                        size_t length, struct str *out, int64_t *ret_read_us, struct err *err)
{
    pthread_rwlock_rdlock(&store->lock);
    bool done =
        ring_is_there(store, err) && keyring_unseal(store->ring, context, sealed, length, out, err);
    *ret_read_us = store->ring_read_us;
    pthread_rwlock_unlock(&store->lock);
    return done;
}

/* From what the store holds now; ERR_CONFLICT: somebody else wrote it meanwhile. */
static bool ring_advance(struct secret_store *store, unsigned *ret_version, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(KEYRING_TEXT_MAX);
    AUTO_FREE(keyring_free) struct keyring *ring = NULL;
    AUTO(str_wipe) struct str before = STR_INIT(SECRET_BYTES_MAX);
    if (!secret_read(store, ring_name, &before, err) ||
        !keyring_parse(str_data(&before), before.length, &ring, err) || !keyring_rotate(ring, err))
        return false;
    *ret_version = keyring_version(ring);
    keyring_format(ring, &text);
    return store->calls->write(store->backend, ring_name, text.data, str_data(&before), err);
}

bool secret_rotate(struct secret_store *store, unsigned *ret_version, struct err *err)
{
    unsigned version = 0;
    bool done = false;
    /* A rotation by another process is kept, and ours comes on top of it. */
    for (int tries = 0; tries < ROTATE_TRIES_MAX && !done; tries++) {
        done = ring_advance(store, &version, err);
        if (!done && err->code != ERR_CONFLICT)
            return false;
    }
    if (!done || !ring_load(store, err))
        return false;
    *ret_version = version;
    return true;
}

bool secret_is_current(struct secret_store *store, const char *sealed, size_t length)
{
    if (length > strlen(transit_prefix) &&
        memcmp(sealed, transit_prefix, strlen(transit_prefix)) == 0)
        return true; /* Vault has keys and versions of its own */
    pthread_rwlock_rdlock(&store->lock);
    bool is_current = store->ring && keyring_is_current(store->ring, sealed, length);
    pthread_rwlock_unlock(&store->lock);
    return is_current;
}

/* ---- sealed text ---- */

bool secret_seal(struct secret_store *store, enum secret_kind kind, const char *context,
                 const void *bytes, size_t length, struct str *out, struct err *err)
{
    if (length > SECRET_BYTES_MAX)
        return err_set(err, ERR_INVALID, "%s: %zu bytes are too long to seal", context, length);
    if (kind == SECRET_CREDENTIAL && store->calls->seal)
        return store->calls->seal(store->backend, context, bytes, length, out, err);
    pthread_rwlock_rdlock(&store->lock);
    bool done =
        ring_is_there(store, err) && keyring_seal(store->ring, context, bytes, length, out, err);
    pthread_rwlock_unlock(&store->lock);
    return done;
}

bool secret_unseal(struct secret_store *store, const char *context, const char *sealed,
                   size_t length, struct str *out, struct err *err)
{
    size_t head = strlen(transit_prefix);
    int64_t read_us;
    if (length > head && memcmp(sealed, transit_prefix, head) == 0) {
        if (!store->calls->unseal)
            return err_set(err, ERR_CONFIG, "%s: sealed by Vault, which is not configured",
                           context);
        return store->calls->unseal(store->backend, context, sealed, length, out, err);
    }
    if (ring_unseal(store, context, sealed, length, out, &read_us, err))
        return true;
    /* A version that we don't know yet: another process rotated. */
    bool is_fresh = clock_monotonic_us(store->clock) - read_us < RING_READ_INTERVAL_US;
    if (err->code != ERR_NOT_FOUND || is_fresh)
        return false;
    return ring_load(store, err) && ring_unseal(store, context, sealed, length, out, &read_us, err);
}

bool secret_opens_foreign(const struct secret_store *store)
{
    return store->calls->unseal_foreign != NULL;
}

bool secret_unseal_foreign(struct secret_store *store, const char *key, const char *sealed,
                           struct str *out, struct err *err)
{
    assert(secret_opens_foreign(store));
    return store->calls->unseal_foreign(store->backend, key, sealed, out, err);
}

bool secret_index(struct secret_store *store, const char *context, const void *bytes, size_t length,
                  char ret_index[static KEYRING_INDEX_SIZE], struct err *err)
{
    pthread_rwlock_rdlock(&store->lock);
    bool done = ring_is_there(store, err);
    if (done)
        keyring_index(store->ring, context, bytes, length, ret_index);
    pthread_rwlock_unlock(&store->lock);
    return done;
}

bool secret_upkeep(struct secret_store *store, struct err *err)
{
    if (!store->calls->upkeep(store->backend, err))
        return false;
    return secret_store_is_ready(store) || ring_load(store, err);
}
