/* internal.h: what a store of secrets is made of. A backend fills `calls`; secret.c does the rest. */
#ifndef SECRET_INTERNAL_H
#define SECRET_INTERNAL_H

#include <pthread.h>

#include "secret/secret.h"

/* Stands for "no such secret"; compared by its address. */
extern const char secret_absent[];

struct secret_backend {
    /* `before`: what must be there now, else ERR_CONFLICT and nothing is written; secret_absent: there
     * must be nothing; NULL: whatever there is. */
    bool (*write)(void *backend, const char *name, const char *text, const char *before,
                  struct err *err);
    bool (*read)(void *backend, const char *name, struct str *out, struct err *err);
    /* NULL: this backend seals nothing itself. */
    bool (*seal)(void *backend, const char *context, const void *bytes, size_t length,
                 struct str *out, struct err *err);
    bool (*unseal)(void *backend, const char *context, const char *sealed, size_t length,
                   struct str *out, struct err *err);
    bool (*unseal_foreign)(void *backend, const char *key, const char *sealed, struct str *out,
                           struct err *err);
    bool (*upkeep)(void *backend, struct err *err);
    void (*close)(void *backend);
};

struct secret_store {
    const struct secret_backend *calls;
    void *backend;
    const struct clock *clock;
    pthread_rwlock_t lock; /* of what follows */
    struct keyring *ring;
    int64_t ring_read_us; /* monotonic */
};

bool secret_file_open(const struct secret_settings *settings, void **ret_backend, struct err *err);
extern const struct secret_backend secret_file_backend;

bool secret_vault_open(const struct secret_settings *settings, const struct clock *clock,
                       void **ret_backend, struct err *err);
extern const struct secret_backend secret_vault_backend;
extern const struct secret_backend secret_vault_without_transit;

#endif
