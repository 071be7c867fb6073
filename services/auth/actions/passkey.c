#include "auth/actions/passkey.h"

#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/session.h"
#include "auth/domain/passkey.h"
#include "auth/state/config.h"
#include "auth/state/passkey_party.h"
#include "auth/store/activities.h"
#include "auth/store/changes.h"
#include "auth/store/sessions.h"
#include "auth/store/used_tokens.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

enum { SECOND_US = 1000000 };

/* ---- keys of ours ---- */

static bool challenge_key(struct call *call, char ret_key[static KEYRING_INDEX_SIZE],
                          struct err *err)
{
    return secret_index(call->app->secrets, "passkey.challenge", "", 0, ret_key, err);
}

/* What names the user to his authenticators: nobody else can tell whose it is. */
static bool handle_of(struct call *call, const struct user *user,
                      uint8_t ret_handle[static PASSKEY_HANDLE_SIZE], struct err *err)
{
    char index[KEYRING_INDEX_SIZE];
    if (!secret_index(call->app->secrets, "passkey.handle", user->uid, strlen(user->uid), index,
                      err))
        return false;
    sha256(index, strlen(index), ret_handle);
    return true;
}

/* ---- asking ---- */

/* The ids of the user's passkeys, in the arena. */
static bool ids_of(struct call *call, const struct user *user, struct cbor **ret_ids,
                   size_t *ret_count, struct err *err)
{
    struct passkey *passkeys;
    size_t count;
    if (!passkeys_of_user(call->db, call->arena, user->id, &passkeys, &count, err))
        return false;
    struct cbor *ids = arena_alloc(call->arena, (count + 1) * sizeof(*ids));
    if (!ids)
        return err_set(err, ERR_BUSY, "no memory for passkeys");
    for (size_t i = 0; i < count; i++)
        ids[i] = (struct cbor){passkeys[i].credential.id, passkeys[i].credential.id_length};
    *ret_ids = ids;
    *ret_count = count;
    return true;
}

bool passkey_ask_new(struct call *call, const struct user *user, const char *holder,
                     struct str *out, struct err *err)
{
    char key[KEYRING_INDEX_SIZE], challenge[CHALLENGE_TEXT_SIZE];
    uint8_t handle[PASSKEY_HANDLE_SIZE];
    struct cbor *ids;
    size_t count;
    if (!challenge_key(call, key, err) || !handle_of(call, user, handle, err) ||
        !ids_of(call, user, &ids, &count, err))
        return false;
    challenge_make(key, CHALLENGE_REGISTER, holder, call->now_us, challenge);
    passkey_creation_write(
        out, &(struct passkey_creation){.party_id = passkey_party_get(call->app->party)->id,
                                        .party_name = call->app->config->app_name,
                                        .challenge = challenge,
                                        .handle = handle,
                                        .user_name = user->email,
                                        .exclude = ids,
                                        .exclude_count = count});
    return true;
}

bool passkey_ask(struct call *call, const struct user *user, enum challenge_purpose purpose,
                 const char *holder, struct str *out, struct err *err)
{
    char key[KEYRING_INDEX_SIZE], challenge[CHALLENGE_TEXT_SIZE];
    struct cbor *ids = NULL;
    size_t count = 0;
    if (!challenge_key(call, key, err) || (user && !ids_of(call, user, &ids, &count, err)))
        return false;
    challenge_make(key, purpose, holder, call->now_us, challenge);
    passkey_request_write(
        out, &(struct passkey_request){.party_id = passkey_party_get(call->app->party)->id,
                                       .challenge = challenge,
                                       .allow = ids,
                                       .allow_count = count});
    return true;
}

/* Ours, for this holder, and not used before: now it is. */
static bool challenge_take(struct call *call, enum challenge_purpose purpose, const char *holder,
                           const char *challenge, struct err *err)
{
    char key[KEYRING_INDEX_SIZE], id[CHALLENGE_ID_SIZE];
    int64_t until = call->now_us + 2 * (int64_t)CHALLENGE_LIFE_S * SECOND_US;
    bool is_first;
    if (!challenge_key(call, key, err) ||
        !challenge_check(key, purpose, holder, call->now_us, challenge, err))
        return false;
    challenge_id(challenge, id);
    return used_tokens_take(call->db, id, until, &is_first, err) &&
           (is_first || err_set(err, ERR_INVALID, "passkey: the challenge was used before"));
}

/* ---- keeping ---- */

struct add_work {
    struct call *call;
    const struct user *user;
    const struct session *session;
    struct passkey passkey;
};

static bool note(struct call *call, const struct user *user, const char *action, const char *event,
                 const char *name, struct err *err)
{
    const struct activity activity = {
        .user_id = user->id, .topic = "otp", .action = action, .result = ACTIVITY_SUCCEED};
    const struct event_text extra[] = {
        {"domain", call->app->config->domain}, {"passkey", name}, {NULL, NULL}};
    return activity_record(call->db, &activity, &call->visitor, err) &&
           event_system(call->db, event, user, extra, err) &&
           change_announce(call->db, CHANGE_USER, user->uid, err);
}

static bool add_unit(struct db *db, void *arg, struct err *err)
{
    struct add_work *work = arg;
    struct user locked;
    size_t count;
    char methods[SESSION_METHODS_SIZE];
    if (!users_lock_by_id(db, NULL, work->user->id, &locked, err) ||
        !passkeys_count(db, work->user->id, &count, err))
        return false;
    if (count >= PASSKEYS_MAX)
        return err_set_key(err, ERR_INVALID, "resource.passkey.too_many", "passkey: %d are enough",
                           PASSKEYS_MAX);
    if (!passkeys_insert(db, &work->passkey, err)) {
        if (err->code == ERR_CONFLICT)
            err->key = "resource.passkey.exists";
        return false;
    }
    session_methods_add(work->session->methods, "hwk", methods);
    return sessions_end_of_user(work->call, work->user, work->session->id, err) &&
           sessions_set_methods(db, work->session->id, methods, work->call->now_us, err) &&
           note(work->call, work->user, "add passkey", "system.user.passkey.created",
                work->passkey.name, err);
}

static bool invalid(struct err *err)
{
    if (err->code == ERR_INVALID)
        err->key = "resource.passkey.invalid";
    return false;
}

bool passkey_add(struct call *call, const struct user *user, const struct passkey_add *add,
                 struct passkey *ret_passkey, struct err *err)
{
    struct add_work *work = arena_alloc(call->arena, sizeof(*work));
    struct passkey_answer answer;
    if (!work)
        return err_set(err, ERR_BUSY, "no memory for a passkey");
    *work = (struct add_work){.call = call, .user = user, .session = add->session};
    if (!passkey_name_read(add->name, work->passkey.name))
        return err_set_key(err, ERR_INVALID, "resource.passkey.invalid_name",
                           "passkey: no name for people");
    if (!passkey_registration_read(call->arena, add->credential, &answer, err) ||
        !challenge_take(call, CHALLENGE_REGISTER, add->holder, answer.challenge, err))
        return invalid(err);
    const struct webauthn_registration registration = {.challenge = answer.challenge,
                                                       .client_data = answer.client_data,
                                                       .attestation_object =
                                                           answer.attestation_object};
    if (!webauthn_register(passkey_party_get(call->app->party), &registration,
                           &work->passkey.credential, err))
        return invalid(err);
    work->passkey.user_id = user->id;
    work->passkey.created_at = call->now_us;
    memcpy(work->passkey.transports, answer.transports, sizeof(work->passkey.transports));
    if (!db_transaction(call->db, add_unit, work, err))
        return false;
    *ret_passkey = work->passkey;
    return true;
}

bool passkey_rename(struct call *call, const struct user *user, uint64_t id, const char *name,
                    struct err *err)
{
    char read[PASSKEY_NAME_MAX + 1];
    if (!passkey_name_read(name, read))
        return err_set_key(err, ERR_INVALID, "resource.passkey.invalid_name",
                           "passkey: no name for people");
    return passkeys_rename(call->db, user->id, id, read, err);
}

struct remove_work {
    struct call *call;
    const struct user *user;
    const struct session *session;
    uint64_t id;
};

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct remove_work *work = arg;
    struct user locked;
    return users_lock_by_id(db, NULL, work->user->id, &locked, err) &&
           passkeys_delete(db, work->user->id, work->id, err) &&
           sessions_end_of_user(work->call, work->user, work->session->id, err) &&
           note(work->call, work->user, "remove passkey", "system.user.passkey.deleted", NULL, err);
}

bool passkey_remove(struct call *call, const struct user *user, uint64_t id,
                    const struct session *session, struct err *err)
{
    struct remove_work work = {.call = call, .user = user, .session = session, .id = id};
    return db_transaction(call->db, remove_unit, &work, err);
}

/* ---- judging ---- */

/* The authenticator names the user; it must be him whose passkey it is. */
static bool handle_check(struct call *call, const struct user *user, struct cbor handle,
                         struct err *err)
{
    uint8_t expected[PASSKEY_HANDLE_SIZE];
    if (handle.length == 0)
        return true;
    if (!handle_of(call, user, expected, err))
        return false;
    if (handle.length != sizeof(expected) || !bytes_equal(handle.bytes, expected, handle.length))
        return err_set(err, ERR_INVALID, "passkey: the authenticator names somebody else");
    return true;
}

static bool copied(struct call *call, const struct user *user, const struct passkey *passkey,
                   struct err *err)
{
    const struct activity activity = {.user_id = user->id,
                                      .topic = "otp",
                                      .action = "use passkey",
                                      .result = ACTIVITY_FAILED,
                                      .data = "{\"reason\":\"The counter went back\"}"};
    const struct event_text extra[] = {
        {"domain", call->app->config->domain}, {"passkey", passkey->name}, {NULL, NULL}};
    return activity_record(call->db, &activity, &call->visitor, err) &&
           event_system(call->db, "system.user.passkey.suspicious", user, extra, err) &&
           err_set(err, ERR_INVALID, "passkey %llu: the counter went back",
                   (unsigned long long)passkey->id);
}

bool passkey_verify(struct call *call, const struct passkey_proof *proof, struct user *ret_user,
                    struct err *err)
{
    struct passkey *passkey = arena_alloc(call->arena, sizeof(*passkey));
    struct passkey_answer answer;
    struct webauthn_use use;
    struct user user;
    bool is_done;
    if (!passkey)
        return err_set(err, ERR_BUSY, "no memory for a passkey");
    if (!passkey_assertion_read(call->arena, proof->credential, &answer, err) ||
        !challenge_take(call, proof->purpose, proof->holder, answer.challenge, err))
        return false;
    if (!passkeys_find(call->db, answer.id, passkey, err))
        return err->code == ERR_NOT_FOUND ? err_set(err, ERR_INVALID, "passkey: nobody's") : false;
    const struct webauthn_assertion assertion = {.challenge = answer.challenge,
                                                 .client_data = answer.client_data,
                                                 .authenticator_data = answer.authenticator_data,
                                                 .signature = answer.signature};
    if (!users_by_id(call->db, call->arena, passkey->user_id, &user, err) ||
        !handle_check(call, &user, answer.handle, err) ||
        !webauthn_assert(passkey_party_get(call->app->party), &assertion, &passkey->credential,
                         &use, err))
        return false;
    if (use.has_count_regressed)
        return copied(call, &user, passkey, err);
    if (!passkeys_use(call->db, passkey, &use, call->now_us, &is_done, err))
        return false;
    if (!is_done)
        return err_set(err, ERR_INVALID, "passkey: another use was faster");
    *ret_user = user;
    return true;
}
