#include "auth/actions/event.h"

#include <stddef.h>
#include <string.h>

#include "auth/store/outbox.h"
#include "base/auto.h"
#include "json/field.h"

#define AT(member) offsetof(struct shown_user, member)

/* The user as events show it: "" is null. */
struct shown_user {
    const char *uid, *username, *email, *role, *state, *referral_uid;
    int32_t level;
    bool otp;
    int64_t created_at, updated_at;
};

/* clang-format off */
static const struct json_field nested_fields[] = {
    {"uid", JSON_TEXT, AT(uid)},
    {"username", JSON_TEXT, AT(username)},
    {"email", JSON_TEXT, AT(email)},
    {"role", JSON_TEXT, AT(role)},
    {"level", JSON_I32, AT(level)},
    {"otp", JSON_BOOL, AT(otp)},
    {"state", JSON_TEXT, AT(state)},
    {"referral_uid", JSON_TEXT, AT(referral_uid)},
    {"created_at", JSON_TIME_ISO, AT(created_at)},
    {"updated_at", JSON_TIME_ISO, AT(updated_at)},
    {NULL},
};
/* At the top of a record nulls are left out. */
static const struct json_field top_fields[] = {
    {"uid", JSON_TEXT, AT(uid)},
    {"username", JSON_TEXT, AT(username), JSON_OMIT_EMPTY},
    {"email", JSON_TEXT, AT(email)},
    {"role", JSON_TEXT, AT(role)},
    {"level", JSON_I32, AT(level)},
    {"otp", JSON_BOOL, AT(otp)},
    {"state", JSON_TEXT, AT(state)},
    {"referral_uid", JSON_TEXT, AT(referral_uid), JSON_OMIT_EMPTY},
    {"created_at", JSON_TIME_ISO, AT(created_at)},
    {"updated_at", JSON_TIME_ISO, AT(updated_at)},
    {NULL},
};
/* clang-format on */
#undef AT

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static struct shown_user shown(const struct user *user)
{
    return (struct shown_user){.uid = user->uid,
                               .username = text_or_null(user->username),
                               .email = user->email,
                               .role = user->role,
                               .state = user->state,
                               .referral_uid = text_or_null(user->referral_uid),
                               .level = user->level,
                               .otp = user->otp,
                               .created_at = user->created_at,
                               .updated_at = user->updated_at};
}

void event_user_write(struct str *out, const struct user *user)
{
    struct shown_user view = shown(user);
    json_write_object(out, nested_fields, &view);
}

static bool record(struct db *db, const char *name, const struct str *text,
                   const struct str *changes, struct err *err)
{
    if (!str_ok(text) || (changes && !str_ok(changes)))
        return err_set(err, ERR_INTERNAL, "event %s is above %d bytes", name, EVENT_BYTES_MAX);
    return outbox_record(db, name, str_data(text), changes ? str_data(changes) : NULL, err);
}

/* ---- former values: {"level":0,"state":"pending"} ---- */

static void begin_change(struct str *changes, const char *key)
{
    str_add_char(changes, changes->length == 0 ? '{' : ',');
    json_write_string(changes, key);
    str_add_char(changes, ':');
}

static void text_change(struct str *changes, const char *key, const char *before, const char *now)
{
    if (strcmp(before, now) == 0)
        return;
    begin_change(changes, key);
    json_write_string(changes, before[0] ? before : NULL);
}

static void user_changes(struct str *changes, const struct user *before, const struct user *user)
{
    text_change(changes, "username", before->username, user->username);
    text_change(changes, "email", before->email, user->email);
    text_change(changes, "role", before->role, user->role);
    if (before->level != user->level) {
        begin_change(changes, "level");
        str_add_i64(changes, before->level);
    }
    if (before->otp != user->otp) {
        begin_change(changes, "otp");
        str_add(changes, before->otp ? "true" : "false");
    }
    text_change(changes, "state", before->state, user->state);
    text_change(changes, "referral_uid", before->referral_uid, user->referral_uid);
}

/* ---- users ---- */

bool event_user_created(struct db *db, const struct user *user, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    struct shown_user view = shown(user);
    json_write_object(&text, top_fields, &view);
    return record(db, "model.user.created", &text, NULL, err);
}

bool event_user_updated(struct db *db, const struct user *before, const struct user *user,
                        struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    AUTO(str_release) struct str changes = STR_INIT(EVENT_BYTES_MAX);
    struct shown_user view = shown(user);
    user_changes(&changes, before, user);
    if (changes.length == 0)
        return true;
    str_add_char(&changes, '}');
    json_write_object(&text, top_fields, &view);
    return record(db, "model.user.updated", &text, &changes, err);
}

/* ---- labels ---- */

static void label_write(struct str *out, const struct label *label, const struct user *user)
{
    str_add(out, "{\"id\":");
    str_add_u64(out, label->id);
    str_add(out, ",\"key\":");
    json_write_string(out, label->key);
    str_add(out, ",\"value\":");
    json_write_string(out, label->value);
    if (label->description) {
        str_add(out, ",\"description\":");
        json_write_string(out, label->description);
    }
    str_add(out, ",\"user\":");
    event_user_write(out, user);
    str_add_char(out, '}');
}

/* The verdict over a document is also a system event. */
static bool document_verdict(struct db *db, const struct label *label, const struct str *text,
                             struct err *err)
{
    if (label->scope != LABEL_PRIVATE || strcmp(label->key, "document") != 0)
        return true;
    if (strcmp(label->value, "verified") == 0)
        return record(db, "system.document.verified", text, NULL, err);
    if (strcmp(label->value, "rejected") == 0)
        return record(db, "system.document.rejected", text, NULL, err);
    return true;
}

bool event_label_created(struct db *db, const struct label *label, const struct user *user,
                         struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    label_write(&text, label, user);
    return record(db, "model.label.created", &text, NULL, err) &&
           document_verdict(db, label, &text, err);
}

bool event_label_updated(struct db *db, const struct label *before, const struct label *label,
                         const struct user *user, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    AUTO(str_release) struct str changes = STR_INIT(EVENT_BYTES_MAX);
    text_change(&changes, "key", before->key, label->key);
    text_change(&changes, "value", before->value, label->value);
    text_change(&changes, "description", before->description ? before->description : "",
                label->description ? label->description : "");
    if (changes.length == 0)
        return true;
    str_add_char(&changes, '}');
    label_write(&text, label, user);
    return record(db, "model.label.updated", &text, &changes, err) &&
           document_verdict(db, label, &text, err);
}

/* ---- the system's ---- */

bool event_system(struct db *db, const char *name, const struct user *user,
                  const struct event_text *extra, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    str_add(&text, "{\"user\":");
    event_user_write(&text, user);
    for (; extra && extra->key; extra++) {
        if (!extra->value)
            continue;
        str_add_char(&text, ',');
        json_write_string(&text, extra->key);
        str_add_char(&text, ':');
        json_write_string(&text, extra->value);
    }
    str_add_char(&text, '}');
    return record(db, name, &text, NULL, err);
}
