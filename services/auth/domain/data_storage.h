/* data_storage.h: what a front end keeps with a user, by title. The rules are in actions/data_store.h. */
#ifndef AUTH_DOMAIN_DATA_STORAGE_H
#define AUTH_DOMAIN_DATA_STORAGE_H

#include <stdint.h>

enum { STORAGE_TITLE_MAX = 64, STORAGE_DATA_MAX = 5120 };

struct data_storage {
    uint64_t id, user_id;
    const char *title, *data; /* in the arena */
    int64_t created_at, updated_at;
};

#endif
