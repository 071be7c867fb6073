/* seed_people.c: levels.yml and users.yml. A user of level n begins with the labels of the levels up
 * to n, and so with that level. */
#include <stdio.h>
#include <string.h>

#include "auth/actions/label_set.h"
#include "auth/actions/seed_files.h"
#include "auth/actions/user_create.h"
#include "auth/store/labels.h"
#include "auth/store/seeds.h"
#include "auth/store/users.h"
#include "contract/param_value.h"
#include "crypto/password.h"

#define KEY(type, name, kind_, member_)                                                            \
    {                                                                                              \
        .key = (name), .kind = (kind_), .offset = offsetof(struct type, member_)                   \
    }

/* ---- levels ---- */

struct level_seed {
    struct param_i64 id;
    const char *key, *value, *description;
};

static const struct seed_field level_keys[] = {
    KEY(level_seed, "id", SEED_I64, id),
    KEY(level_seed, "key", SEED_TEXT, key),
    KEY(level_seed, "value", SEED_TEXT, value),
    KEY(level_seed, "description", SEED_TEXT, description),
    {.key = NULL},
};

static bool level_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                      struct err *err)
{
    const struct level_seed *row = from;
    if (!row->id.given || row->id.value < 1 || row->id.value > INT32_MAX || !row->key ||
        !row->value)
        return err_set(err, ERR_INVALID, "a level has id (from 1), key and value");
    snprintf(ret_label, SEED_LINE_SIZE, "level %d", (int)row->id.value);
    return seed_level(seed->db, row->id.value, row->key, row->value, row->description, ret_added,
                      err);
}

/* ---- users ---- */

struct user_seed {
    struct user_draft draft;
    const char *password;
    struct param_i64 level;
};

static const struct seed_field user_keys[] = {
    KEY(user_seed, "uid", SEED_TEXT, draft.uid),
    KEY(user_seed, "email", SEED_TEXT, draft.email),
    KEY(user_seed, "username", SEED_TEXT, draft.username),
    KEY(user_seed, "role", SEED_TEXT, draft.role),
    KEY(user_seed, "state", SEED_TEXT, draft.state),
    KEY(user_seed, "data", SEED_TEXT, draft.data),
    KEY(user_seed, "password", SEED_TEXT, password),
    KEY(user_seed, "level", SEED_I64, level),
    {.key = NULL},
};

struct user_work {
    struct seed *seed;
    struct user_seed *row;
};

static bool add_labels(struct call *call, struct user *user, int64_t level, struct err *err)
{
    struct level *levels;
    size_t count;
    if (!levels_list(call->db, call->arena, &levels, &count, err))
        return false;
    for (size_t i = 0; i < count && levels[i].id <= level; i++) {
        struct label_change change = {
            .key = levels[i].key, .value = levels[i].value, .scope = LABEL_PRIVATE};
        if (!label_set(call, user, &change, err))
            return false;
    }
    return true;
}

static bool user_unit(struct db *db, void *arg, struct err *err)
{
    struct user_work *work = arg;
    struct user user;
    (void)db;
    return user_create(&seeding_of(work->seed)->call, &work->row->draft, &user, err) &&
           add_labels(&seeding_of(work->seed)->call, &user, work->row->level.value, err);
}

/* The password of the row, else of SEED_PASSWORDS_FILE; without one nobody signs in before a reset. */
static bool hash_password(struct seed *seed, struct user_seed *row, char *digest, struct err *err)
{
    const char *password = row->password;
    TREE_EACH(known, seeding_of(seed)->passwords)
    {
        if (!password && strcmp(tree_key(known), row->draft.email) == 0)
            password = tree_text(known);
    }
    digest[0] = '\0';
    return !password || password_hash(seeding_of(seed)->call.app->passwords, password, digest, err);
}

static bool user_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                     struct err *err)
{
    struct user_seed *row = from;
    struct user user;
    char digest[PASSWORD_HASH_SIZE];
    if (!row->draft.email || !row->level.given)
        return err_set(err, ERR_INVALID, "a user has an email and a level");
    snprintf(ret_label, SEED_LINE_SIZE, "user %s", row->draft.email);
    if (users_by_email(seed->db, NULL, row->draft.email, &user, err))
        return true;
    if (err->code != ERR_NOT_FOUND || !hash_password(seed, row, digest, err))
        return false;
    row->draft.password_digest = digest;
    struct user_work work = {seed, row};
    if (!db_transaction(seed->db, user_unit, &work, err))
        return false;
    *ret_added = true;
    return true;
}

const struct seed_file seed_people_files[] = {
    {"levels.yml", level_keys, sizeof(struct level_seed), level_add},
    {"users.yml", user_keys, sizeof(struct user_seed), user_add},
    {.name = NULL},
};
