#include "auth/actions/api_key.h"

#include <stdio.h>
#include <string.h>

#include "auth/store/changes.h"
#include "base/random.h"
#include "crypto/crypto.h"

static const char active[] = "active";

enum { KID_BYTES = (API_KEY_KID_SIZE - 1) / 2, SECRET_BYTES = (API_KEY_SECRET_SIZE - 1) / 2 };

struct key_holder api_key_holder(const struct api_key_owner *owner)
{
    if (owner->user)
        return (struct key_holder){.user_id = owner->user->id};
    return (struct key_holder){.service_account_id = owner->account->id};
}

static const char *owner_state(const struct api_key_owner *owner)
{
    return owner->user ? owner->user->state : owner->account->state;
}

static void random_hex(char *text, size_t bytes_count)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[SECRET_BYTES];
    assert(bytes_count <= sizeof(bytes));
    random_bytes(bytes, bytes_count);
    for (size_t i = 0; i < bytes_count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * bytes_count] = '\0';
    bytes_wipe(bytes, sizeof(bytes));
}

/* The list as it is kept, if nothing is added to the mistakes. */
static const char *scope_of(struct arena *arena, const char *text, struct mistakes *mistakes)
{
    char *list = arena_alloc(arena, API_KEY_SCOPE_MAX + 1);
    switch (list ? api_key_words_read(text, list) : API_KEY_WORDS_MALFORMED) {
    case API_KEY_WORDS_GOOD:
        break;
    case API_KEY_WORDS_MALFORMED:
        mistake_add(mistakes, "scope.invalid");
        break;
    case API_KEY_WORDS_UNKNOWN:
        mistake_add(mistakes, "scope.inclusion");
        break;
    }
    return list;
}

/* ---- making ---- */

struct making {
    struct call *call;
    const struct api_key_owner *owner;
    struct api_key key;
    const char *secret;
};

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct making *making = arg;
    struct call *call = making->call;
    struct api_key key = making->key;
    if (!api_keys_insert(db, call->app->secrets, call->arena, &key, making->secret, call->now_us,
                         err) ||
        !change_announce(db, CHANGE_API_KEY, key.kid, err))
        return false;
    making->key = key;
    return true;
}

static bool check_new(struct call *call, const struct api_key_owner *owner,
                      const struct api_key_draft *draft, struct mistakes *mistakes, struct err *err)
{
    uint64_t count;
    if (!api_keys_count(call->db, api_key_holder(owner), &count, err))
        return false;
    if (strcmp(draft->algorithm, "HS256") != 0) {
        mistake_add(mistakes, "kid.blank");
        mistake_add(mistakes, "algorithm.inclusion");
    }
    if (strcmp(owner_state(owner), active) != 0)
        mistake_add(mistakes, "key_holder_account.invalid");
    if (count >= API_KEYS_MAX)
        mistake_add(mistakes, "api_key.limit_reached");
    return true;
}

bool api_key_create(struct call *call, const struct api_key_owner *owner,
                    const struct api_key_draft *draft, struct mistakes *mistakes,
                    struct api_key *ret_key, char ret_secret[static API_KEY_SECRET_SIZE],
                    struct err *err)
{
    const struct key_holder holder = api_key_holder(owner);
    struct making making = {.call = call,
                            .owner = owner,
                            .key = {.user_id = holder.user_id,
                                    .service_account_id = holder.service_account_id,
                                    .algorithm = "HS256",
                                    .state = "active"},
                            .secret = ret_secret};
    if (!check_new(call, owner, draft, mistakes, err))
        return false;
    making.key.scope = scope_of(call->arena, draft->scope ? draft->scope : "", mistakes);
    if (mistakes->count > 0)
        return true;
    random_hex(making.key.kid, KID_BYTES);
    random_hex(ret_secret, SECRET_BYTES);
    if (!db_transaction(call->db, create_unit, &making, err)) {
        bytes_wipe(ret_secret, API_KEY_SECRET_SIZE);
        if (err->code != ERR_PEER_UNAVAILABLE)
            return false;
        mistake_add(mistakes, "api_key.could_not_save_secret");
        return true;
    }
    *ret_key = making.key;
    return true;
}

/* ---- changing ---- */

static bool find(struct call *call, const struct api_key_owner *owner, const char *kid,
                 struct api_key *ret_key, struct err *err)
{
    const struct key_holder holder = api_key_holder(owner);
    struct api_key key;
    if (strlen(kid) != API_KEY_KID_SIZE - 1)
        return err_set(err, ERR_NOT_FOUND, "no such API key");
    if (!api_keys_by_kid(call->db, call->arena, kid, &key, err))
        return false;
    if (key.user_id != holder.user_id || key.service_account_id != holder.service_account_id)
        return err_set(err, ERR_NOT_FOUND, "somebody else's API key");
    *ret_key = key;
    return true;
}

struct changing {
    struct call *call;
    struct api_key key;
    bool is_removed;
};

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct changing *changing = arg;
    struct api_key *key = &changing->key;
    bool written = changing->is_removed ? api_keys_delete(db, key->id, err)
                                        : api_keys_update(db, key, changing->call->now_us, err);
    return written && change_announce(db, CHANGE_API_KEY, key->kid, err);
}

bool api_key_change(struct call *call, const struct api_key_owner *owner, const char *kid,
                    const struct api_key_draft *draft, struct mistakes *mistakes,
                    struct api_key *ret_key, struct err *err)
{
    struct changing changing = {.call = call};
    struct api_key *key = &changing.key;
    if (!find(call, owner, kid, key, err))
        return false;
    if (draft->scope)
        key->scope = scope_of(call->arena, draft->scope, mistakes);
    if (draft->state) {
        bool wakes = strcmp(draft->state, active) == 0;
        if (strlen(draft->state) >= sizeof(key->state) || draft->state[0] == '\0' ||
            (wakes && strcmp(owner_state(owner), active) != 0))
            mistake_add(mistakes, "state.invalid");
        else
            snprintf(key->state, sizeof(key->state), "%s", draft->state);
    }
    if (mistakes->count > 0)
        return true;
    if (!db_transaction(call->db, change_unit, &changing, err))
        return false;
    *ret_key = *key;
    return true;
}

bool api_key_remove(struct call *call, const struct api_key_owner *owner, const char *kid,
                    struct err *err)
{
    struct changing changing = {.call = call, .is_removed = true};
    return find(call, owner, kid, &changing.key, err) &&
           db_transaction(call->db, change_unit, &changing, err);
}
