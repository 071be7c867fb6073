#include "auth/actions/data_store.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "auth/actions/event_person.h"
#include "auth/actions/label_set.h"
#include "auth/domain/text.h"
#include "auth/state/rules.h"
#include "auth/store/data_storages.h"
#include "auth/store/users.h"
#include "json/read.h"

/* Labels of these names mean something else. */
static const char *const reserved[] = {"document", "label",   "profile", "phone", "user",
                                       "email",    "address", "otp",     "delete"};

static void check(const struct call *call, const char *title, const char *data,
                  struct mistakes *mistakes)
{
    struct err ignored;
    if (!rules_has(call->app->rules, RULES_STORAGE_TITLES, title) ||
        strlen(title) > STORAGE_TITLE_MAX)
        mistake_add(mistakes, "title.inclusion");
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (strcasecmp(title, reserved[i]) == 0)
            mistake_add(mistakes, "title.exclusion");
    if (!json_check(data, strlen(data), &ignored))
        mistake_add(mistakes, "data.invalid_format");
    if (text_length(data) > STORAGE_DATA_MAX)
        mistake_add(mistakes, "data.too_long");
}

struct storing {
    struct call *call;
    struct data_storage storage;
};

static bool unit(struct db *db, void *arg, struct err *err)
{
    struct storing *storing = arg;
    struct call *call = storing->call;
    struct data_storage storage = storing->storage;
    struct user user;
    const struct label_change change = {
        .key = storage.title, .value = "recorded", .scope = LABEL_PRIVATE};
    return users_lock_by_id(db, call->arena, storage.user_id, &user, err) &&
           data_storages_insert(db, &storage, call->now_us, err) &&
           event_data_storage_created(db, &storage, &user, err) &&
           label_set(call, &user, &change, err);
}

bool data_store(struct call *call, uint64_t user_id, const char *title, const char *data,
                struct mistakes *mistakes, struct err *err)
{
    struct storing storing = {.call = call,
                              .storage = {.user_id = user_id, .title = title, .data = data}};
    check(call, title, data, mistakes);
    if (mistakes->count > 0)
        return true;
    if (db_transaction(call->db, unit, &storing, err))
        return true;
    if (err->code != ERR_CONFLICT)
        return false;
    mistake_add(mistakes, "title.taken");
    return true;
}
