#include "auth/actions/service_account_save.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/user_create.h"
#include "auth/domain/email.h"
#include "auth/store/api_keys.h"
#include "auth/store/changes.h"
#include "auth/store/permission_rows.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"

static const char prefix[] = "SI";

struct saving {
    struct call *call;
    const struct service_account_draft *draft;
    const char *uid, *owner_uid;
    struct mistakes *mistakes;
    struct service_account account;
};

static bool is_given(const char *text)
{
    return text && *text;
}

/* Words and uids go into tokens: short, and of plain characters. */
static bool copy_word(char *room, size_t size, const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_-");
    if (length == 0 || length >= size || text[length] != '\0')
        return false;
    memcpy(room, text, length + 1);
    return true;
}

static void follow(struct service_account *account, const struct user *owner)
{
    account->owner_id = owner->id;
    account->level = owner->level;
    memcpy(account->state, owner->state, sizeof(account->state));
}

/* "<local>+<uid>@<domain>" of the owner; a program without one has an address that nobody reads. */
static bool make_email(struct service_account *account, const struct user *owner)
{
    const char *at = owner ? strchr(owner->email, '@') : NULL;
    int length =
        at ? snprintf(account->email, sizeof(account->email), "%.*s+%s%s", (int)(at - owner->email),
                      owner->email, account->uid, at)
           : snprintf(account->email, sizeof(account->email), "%s@service.invalid", account->uid);
    return length > 0 && (size_t)length < sizeof(account->email);
}

static bool fill(struct saving *saving, const struct user *owner)
{
    const struct service_account_draft *draft = saving->draft;
    struct service_account *account = &saving->account;
    memcpy(account->state, "pending", sizeof("pending"));
    if (owner)
        follow(account, owner);
    if (!is_given(draft->uid))
        uid_new(prefix, account->uid);
    else if (!copy_word(account->uid, sizeof(account->uid), draft->uid) ||
             strncmp(draft->uid, prefix, sizeof(prefix) - 1) != 0)
        mistake_add(saving->mistakes, "uid.invalid");
    if (!copy_word(account->role, sizeof(account->role), draft->role))
        mistake_add(saving->mistakes, "role.doesnt_exist");
    if (is_given(draft->state) && !copy_word(account->state, sizeof(account->state), draft->state))
        mistake_add(saving->mistakes, "state.invalid");
    if (draft->level.given)
        account->level = (int32_t)draft->level.value;
    if (!is_given(draft->email)) {
        if (!make_email(account, owner))
            mistake_add(saving->mistakes, "email.invalid");
    } else if (email_is_valid(draft->email)) {
        memcpy(account->email, draft->email, strlen(draft->email) + 1);
    } else {
        mistake_add(saving->mistakes, "email.invalid");
    }
    return saving->mistakes->count == 0;
}

static bool announce(const struct saving *saving, struct err *err)
{
    return change_announce(saving->call->db, CHANGE_SERVICE_ACCOUNT, saving->account.uid, err);
}

static bool insert(struct saving *saving, struct err *err)
{
    struct call *call = saving->call;
    if (uid_claim(call->db, saving->account.uid, "service_account", err) &&
        service_accounts_insert(call->db, &saving->account, call->now_us, err))
        return announce(saving, err);
    if (err->code == ERR_CONFLICT)
        mistake_add(saving->mistakes, "uid.not_uniq");
    return false;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct saving *saving = arg;
    const char *owner_uid = saving->draft->owner_uid;
    struct user owner;
    bool known;
    saving->mistakes->count = 0;
    saving->account = (struct service_account){.id = 0};
    if (is_given(owner_uid) && !users_lock_by_uid(db, saving->call->arena, owner_uid, &owner, err))
        return false;
    if (!permissions_know_role(db, saving->draft->role, &known, err))
        return false;
    if (!known)
        mistake_add(saving->mistakes, "role.doesnt_exist");
    if (!fill(saving, is_given(owner_uid) ? &owner : NULL))
        return true;
    return insert(saving, err);
}

bool service_account_create(struct call *call, const struct service_account_draft *draft,
                            struct mistakes *mistakes, struct service_account *ret_account,
                            struct err *err)
{
    struct saving saving = {.call = call, .draft = draft, .mistakes = mistakes};
    if (!db_transaction(call->db, create_unit, &saving, err))
        return mistakes->count > 0 && err->code == ERR_CONFLICT;
    *ret_account = saving.account;
    return true;
}

static bool find(struct saving *saving, struct err *err)
{
    if (service_accounts_by_uid(saving->call->db, saving->uid, &saving->account, err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err->key = "account";
    return false;
}

static bool keys_stop(struct saving *saving, struct err *err)
{
    const struct key_holder holder = {.service_account_id = saving->account.id};
    struct call *call = saving->call;
    const char *const *kids;
    size_t count;
    if (!api_keys_deactivate(call->db, call->arena, holder, call->now_us, &kids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!change_announce(call->db, CHANGE_API_KEY, kids[i], err))
            return false;
    return true;
}

static bool give_unit(struct db *db, void *arg, struct err *err)
{
    struct saving *saving = arg;
    struct user owner;
    if (is_given(saving->owner_uid) &&
        !users_lock_by_uid(db, saving->call->arena, saving->owner_uid, &owner, err))
        return false;
    if (!find(saving, err))
        return false;
    if (is_given(saving->owner_uid))
        follow(&saving->account, &owner);
    else
        saving->account.owner_id = 0;
    return service_accounts_update(db, &saving->account, saving->call->now_us, err) &&
           (strcmp(saving->account.state, "active") == 0 || keys_stop(saving, err)) &&
           announce(saving, err);
}

bool service_account_give(struct call *call, const char *uid, const char *owner_uid,
                          struct service_account *ret_account, struct err *err)
{
    struct saving saving = {.call = call, .uid = uid, .owner_uid = owner_uid};
    if (!db_transaction(call->db, give_unit, &saving, err))
        return false;
    *ret_account = saving.account;
    return true;
}

static bool disable_unit(struct db *db, void *arg, struct err *err)
{
    struct saving *saving = arg;
    if (!find(saving, err))
        return false;
    memcpy(saving->account.state, "disabled", sizeof("disabled"));
    return service_accounts_update(db, &saving->account, saving->call->now_us, err) &&
           keys_stop(saving, err) && announce(saving, err);
}

bool service_account_disable(struct call *call, const char *uid,
                             struct service_account *ret_account, struct err *err)
{
    struct saving saving = {.call = call, .uid = uid};
    if (!db_transaction(call->db, disable_unit, &saving, err))
        return false;
    *ret_account = saving.account;
    return true;
}
