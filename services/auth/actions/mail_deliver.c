#include "auth/actions/mail_deliver.h"

#include <stdio.h>
#include <string.h>

#include "auth/domain/letter.h"
#include "auth/state/config.h"
#include "auth/state/mail_rules.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "crypto/crypto.h"

enum { CLAIMS_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 1 << 20, HOUR_S = 3600 };

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct arena, arena_free);

const char *mail_outcome_name(enum mail_outcome outcome)
{
    static const char *const names[] = {[OUTCOME_SENT] = "sent",
                                        [OUTCOME_DROPPED] = "dropped",
                                        [OUTCOME_LATER] = "later",
                                        [OUTCOME_DEAD] = "dead"};
    return names[outcome];
}

/* What one delivery works with. */
struct delivering {
    struct auth *app;
    struct db *db;
    struct mail_sender *sender;
    struct arena *arena;
    int64_t now_us;
    struct mail_delivery *delivery;

    cJSON *claims;
    cJSON *event; /* in the claims */
    const char *signer;
    const struct mail_event *row;
    struct mail_row mail;
    struct user user;
};

static bool ended(struct delivering *at, enum mail_outcome outcome, const char *why)
{
    at->delivery->outcome = outcome;
    at->delivery->why = why;
    return true;
}

/* ---- which event ---- */

static bool read_claims(struct delivering *at, const char *message, size_t length, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(CLAIMS_BYTES_MAX);
    if (!mail_rules_verify(at->app->mail_rules, at->now_us, message, length, &at->signer, &json,
                           err) ||
        !json_read(str_data(&json), json.length, &at->claims, err))
        return false;
    const char *issuer = json_member_text(at->claims, "iss");
    if (!issuer || strcmp(issuer, at->signer) != 0)
        return err_set(err, ERR_UNAUTHENTICATED, "mail: another issuer than the signer");
    at->event = cJSON_GetObjectItemCaseSensitive(at->claims, "event");
    return cJSON_IsObject(at->event) || err_set(err, ERR_PROTOCOL, "mail: claims without event");
}

/* The uid of the user whom the event is about; "": it names none. */
static const char *uid_of(const cJSON *event)
{
    static const char *const paths[] = {"record.user.uid", "record.uid"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const cJSON *uid = mail_member(event, paths[i]);
        if (cJSON_IsString(uid) && strlen(uid->valuestring) < USER_UID_SIZE)
            return uid->valuestring;
    }
    return "";
}

static void read_ids(struct delivering *at)
{
    AUTO(str_release) struct str seed = STR_INIT(4096);
    uint8_t digest[SHA256_SIZE];
    const char *jti = json_member_text(at->claims, "jti");
    assert(jti != NULL); /* mail_rules_verify() requires it */
    str_add(&seed, at->signer);
    str_add_char(&seed, '|');
    str_add(&seed, jti);
    sha256(str_data(&seed), seed.length, digest);
    memcpy(at->mail.id, digest, MAIL_ID_SIZE);
    at->mail.event = at->row->name;
    at->mail.uid = uid_of(at->event);

    struct mail_delivery *delivery = at->delivery;
    delivery->event = at->row->name;
    snprintf(delivery->uid, sizeof(delivery->uid), "%s", at->mail.uid);
    for (size_t i = 0; i < MAIL_ID_SIZE; i++)
        snprintf(delivery->id + 2 * i, 3, "%02x", at->mail.id[i]);
}

static bool is_stale(const struct delivering *at)
{
    int64_t issued_at_s;
    return !json_member_i64(at->claims, "iat", &issued_at_s) ||
           at->now_us / 1000000 - issued_at_s > at->row->stale_after_s;
}

/* ---- whom, and how ---- */

static size_t language_of(const struct delivering *at)
{
    AUTO_FREE(cJSON_Delete) cJSON *data = NULL;
    struct err ignored; /* what a user writes there is his own business */
    if (!at->user.data || !json_read(at->user.data, strlen(at->user.data), &data, &ignored))
        return mail_rules_language(at->app->mail_rules, NULL);
    return mail_rules_language(at->app->mail_rules, json_member_text(data, "language"));
}

static bool add_user(const struct delivering *at, cJSON *values)
{
    char level[16];
    const struct user *user = &at->user;
    cJSON *object = cJSON_AddObjectToObject(values, "user");
    snprintf(level, sizeof(level), "%d", user->level);
    return object && cJSON_AddStringToObject(object, "uid", user->uid) &&
           cJSON_AddStringToObject(object, "email", user->email) &&
           cJSON_AddStringToObject(object, "level", level) &&
           cJSON_AddStringToObject(object, "state", user->state);
}

/* The event's own members hang in by reference; they stay the claims'. */
static bool add_event(const struct delivering *at, cJSON *values)
{
    static const char *const members[] = {"record", "changes"};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        cJSON *member = cJSON_GetObjectItemCaseSensitive(at->event, members[i]);
        if (member && !cJSON_AddItemReferenceToObject(values, members[i], member))
            return false;
    }
    return true;
}

static bool write_letter(struct delivering *at, size_t language, struct mail_form *form,
                         struct err *err)
{
    const struct auth_config *config = at->app->config;
    AUTO_FREE(cJSON_Delete) cJSON *values = cJSON_CreateObject();
    letter_clean(at->event);
    if (!values || !cJSON_AddStringToObject(values, "app_name", config->app_name) ||
        !cJSON_AddStringToObject(values, "domain", config->domain) ||
        !cJSON_AddStringToObject(values, "lang",
                                 mail_rules_language_code(at->app->mail_rules, language)) ||
        !cJSON_AddStringToObject(values, "event_name", json_member_text(at->event, "name")) ||
        !add_user(at, values) || !add_event(at, values))
        return err_set(err, ERR_INTERNAL, "mail: no memory");
    return mail_rules_fill(at->app->mail_rules, at->row, language, values, form, err);
}

/* The part behind the '@' of our own address names us in Message-IDs. */
static void message_id_of(const struct delivering *at, char id[static MAIL_ADDRESS_MAX])
{
    const char *at_sign = strrchr(at->app->config->sender_email, '@');
    snprintf(id, MAIL_ADDRESS_MAX, "%s%s", at->delivery->id, at_sign ? at_sign : "@localhost");
}

static bool send_letter(struct delivering *at, struct err *err)
{
    AUTO(mail_form_release) struct mail_form form;
    char message_id[MAIL_ADDRESS_MAX];
    size_t language = language_of(at);
    mail_form_init(&form);
    message_id_of(at, message_id);
    if (!write_letter(at, language, &form, err))
        return false;
    struct mail mail = {
        .from = {at->app->config->sender_name, at->app->config->sender_email},
        .to = {NULL, at->user.email},
        .subject = str_data(&form.subject),
        .text = form.text.length > 0 ? str_data(&form.text) : NULL,
        .html = form.html.length > 0 ? str_data(&form.html) : NULL,
        .message_id = message_id,
        .language = mail_rules_language_code(at->app->mail_rules, language),
        .date_us = at->now_us,
    };
    return mail_send(at->sender, &mail, err);
}

/* ---- the decision ---- */

static bool end_in_table(struct delivering *at, enum mail_outcome outcome, const char *why,
                         struct err *err)
{
    enum mail_state state = outcome == OUTCOME_SENT      ? MAIL_SENT
                            : outcome == OUTCOME_DROPPED ? MAIL_DROPPED
                                                         : MAIL_DEAD;
    return mails_end(at->db, &at->mail, state, why, at->now_us, err) && ended(at, outcome, why);
}

static bool attempt(struct delivering *at, struct err *err)
{
    struct mail_delivery *delivery = at->delivery;
    if (send_letter(at, &delivery->err))
        return end_in_table(at, OUTCOME_SENT, NULL, err);
    if (delivery->err.code != ERR_PEER_UNAVAILABLE)
        return end_in_table(at, OUTCOME_DEAD, err_name(delivery->err.code), err);
    if (at->mail.attempts >= MAIL_ATTEMPTS_MAX)
        return end_in_table(at, OUTCOME_DEAD, "attempts", err);
    return ended(at, OUTCOME_LATER, NULL);
}

/* For an event that is worth a letter. */
static bool deliver(struct delivering *at, struct err *err)
{
    uint64_t sent_lately;
    if (!mails_begin(at->db, &at->mail, at->now_us, err))
        return false;
    at->delivery->attempts = at->mail.attempts;
    if (at->mail.state != MAIL_SENDING)
        return ended(at, OUTCOME_DROPPED, "again");
    if (is_stale(at))
        return end_in_table(at, OUTCOME_DROPPED, "stale", err);
    if (!users_by_uid(at->db, at->arena, at->mail.uid, &at->user, err))
        return err->code == ERR_NOT_FOUND && end_in_table(at, OUTCOME_DROPPED, "nobody", err);
    if (!mails_count_sent(at->db, &at->mail, at->now_us - (int64_t)HOUR_S * 1000000, &sent_lately,
                          err))
        return false;
    if (sent_lately >= (uint64_t)at->row->per_hour)
        return end_in_table(at, OUTCOME_DROPPED, "too many", err);
    return attempt(at, err);
}

bool mail_deliver(struct auth *app, struct db *db, struct mail_sender *sender, const char *message,
                  size_t length, struct mail_delivery *ret_delivery, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    memset(ret_delivery, 0, sizeof(*ret_delivery));
    struct delivering at = {.app = app,
                            .db = db,
                            .sender = sender,
                            .arena = arena,
                            .now_us = clock_now_us(app->clock),
                            .delivery = ret_delivery};
    if (!arena)
        return err_set(err, ERR_INTERNAL, "mail: no memory");
    bool good = true;
    if (!read_claims(&at, message, length, &ret_delivery->err)) {
        ended(&at, OUTCOME_DEAD, "not believed");
    } else {
        at.row = mail_rules_find(app->mail_rules, at.signer, at.event);
        if (at.row) {
            read_ids(&at);
            good = deliver(&at, err);
        } else {
            ended(&at, OUTCOME_DROPPED, "no letter");
        }
    }
    cJSON_Delete(at.claims);
    return good;
}
