#include "signer/flags_seed.h"

#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "signer/keys/keys.h"
#include "signer/start.h"

static bool name_of(const char *family, const char **ret_name, struct err *err)
{
    if (strcmp(family, "bitcoin") == 0)
        *ret_name = SEED_BITCOIN_SECRET;
    else if (strcmp(family, "ethereum") == 0)
        *ret_name = SEED_ETHEREUM_SECRET;
    else
        return err_set(err, ERR_INVALID, "bitcoin or ethereum");
    return true;
}

static bool open_store(struct service *service, const char *family, const char **ret_name,
                       struct secret_store **ret_store, struct err *err)
{
    return name_of(family, ret_name, err) &&
           signer_open_secrets(service->config, service->clock, ret_store, err);
}

/* A seed is never written over: with it go all addresses that were made from it. */
static bool put(struct secret_store *store, const char *name, const struct str *seed,
                struct err *err)
{
    AUTO(str_wipe) struct str there = STR_INIT(SECRET_BYTES_MAX);
    if (!secret_read_or_make(store, name, str_data(seed), &there, err))
        return false;
    return strcmp(str_data(&there), str_data(seed)) == 0 ||
           err_set(err, ERR_CONFLICT, "%s is there, and another one", name);
}

static bool seed_type(struct str *seed, struct err *err)
{
    char piece[256];
    size_t got = fread(piece, 1, sizeof(piece), stdin);
    str_add_bytes(seed, piece, got);
    bytes_wipe(piece, sizeof(piece));
    if (!str_ok(seed) || !seed_text_is_valid(seed))
        return err_set(err, ERR_INVALID, "%d to %d bytes in hexadecimal digits on standard input",
                       SEED_SIZE_MIN, SEED_SIZE_MAX);
    seed->length = strcspn(seed->data, "\r\n ");
    seed->data[seed->length] = '\0';
    return true;
}

int seed_flag_put(struct service *service, const char *family)
{
    AUTO_FREE(secret_store_close) struct secret_store *store = NULL;
    AUTO(str_wipe) struct str seed = STR_INIT(256);
    const char *name = NULL;
    struct err err;
    if (!open_store(service, family, &name, &store, &err) || !seed_type(&seed, &err) ||
        !put(store, name, &seed, &err))
        return service_flag_failed(service, "--put-seed", &err);
    return 0;
}

int seed_flag_show(struct service *service, const char *family)
{
    AUTO_FREE(secret_store_close) struct secret_store *store = NULL;
    AUTO(str_wipe) struct str seed = STR_INIT(SECRET_BYTES_MAX);
    const char *name = NULL;
    struct err err;
    if (!open_store(service, family, &name, &store, &err) || !secret_read(store, name, &seed, &err))
        return service_flag_failed(service, "--show-seed", &err);
    printf("%s\n", str_data(&seed));
    return 0;
}
