#include "auth/actions/event_person.h"

#include <stddef.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/store/outbox.h"
#include "base/auto.h"
#include "json/field.h"

/* Nulls are left out at the top of a record. */
#define TEXT(key, type, member)                                                                    \
    {                                                                                              \
        (key), JSON_TEXT, offsetof(type, member), JSON_OMIT_EMPTY                                  \
    }
#define TIMES(type)                                                                                \
    {"created_at", JSON_TIME_ISO, offsetof(type, created_at)},                                     \
    {                                                                                              \
        "updated_at", JSON_TIME_ISO, offsetof(type, updated_at)                                    \
    }

/* {"user":{...},<the members of the object>} */
static bool record(struct db *db, const char *name, const struct json_field *fields,
                   const void *object, const struct user *user, const struct str *changes,
                   struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(EVENT_BYTES_MAX);
    AUTO(str_release) struct str members = STR_INIT(EVENT_BYTES_MAX);
    json_write_object(&members, fields, object);
    str_add(&text, "{\"user\":");
    event_user_write(&text, user);
    if (members.length > 2) {
        str_add_char(&text, ',');
        str_add(&text, members.data + 1);
    } else {
        str_add_char(&text, '}');
    }
    if (!str_ok(&text) || !str_ok(&members) || (changes && !str_ok(changes)))
        return err_set(err, ERR_INTERNAL, "event %s is above %d bytes", name, EVENT_BYTES_MAX);
    return outbox_record(db, name, text.data, changes ? changes->data : NULL, err);
}

/* ---- profiles ---- */

static const struct json_field profile_event_fields[] = {
    TEXT("first_name", struct profile, first_name),
    TEXT("last_name", struct profile, last_name),
    TEXT("dob", struct profile, dob),
    TEXT("address", struct profile, address),
    TEXT("postcode", struct profile, postcode),
    TEXT("city", struct profile, city),
    TEXT("country", struct profile, country),
    TEXT("metadata", struct profile, metadata),
    TIMES(struct profile),
    {NULL},
};

bool event_profile_created(struct db *db, const struct profile *profile, const struct user *user,
                           struct err *err)
{
    return record(db, "model.profile.created", profile_event_fields, profile, user, NULL, err);
}

static const char *text_at(const void *object, size_t offset)
{
    const char *text;
    memcpy(&text, (const char *)object + offset, sizeof(text));
    return text;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool event_profile_updated(struct db *db, const struct profile *before,
                           const struct profile *profile, const struct user *user, struct err *err)
{
    AUTO(str_release) struct str changes = STR_INIT(EVENT_BYTES_MAX);
    for (const struct json_field *field = profile_event_fields; field->key; field++) {
        if (field->kind != JSON_TEXT)
            continue;
        const char *former = text_at(before, field->offset);
        if (is_same(former, text_at(profile, field->offset)))
            continue;
        str_add_char(&changes, changes.length == 0 ? '{' : ',');
        json_write_string(&changes, field->key);
        str_add_char(&changes, ':');
        json_write_string(&changes, former);
    }
    if (changes.length == 0)
        return true;
    str_add_char(&changes, '}');
    return record(db, "model.profile.updated", profile_event_fields, profile, user, &changes, err);
}

/* ---- documents ---- */

struct document_event {
    const char *upload, *doc_type, *doc_number, *doc_expire, *metadata;
    int64_t created_at, updated_at;
};

bool event_document_created(struct db *db, const struct document *document, const char *link,
                            const struct user *user, struct err *err)
{
    static const struct json_field fields[] = {
        TEXT("upload", struct document_event, upload),
        TEXT("doc_type", struct document_event, doc_type),
        TEXT("doc_number", struct document_event, doc_number),
        TEXT("doc_expire", struct document_event, doc_expire),
        TEXT("metadata", struct document_event, metadata),
        TIMES(struct document_event),
        {NULL},
    };
    const struct document_event view = {.upload = link,
                                        .doc_type = document->doc_type,
                                        .doc_number = document->doc_number,
                                        .doc_expire = document->doc_expire,
                                        .metadata = document->metadata,
                                        .created_at = document->created_at,
                                        .updated_at = document->updated_at};
    return record(db, "model.document.created", fields, &view, user, NULL, err);
}

/* ---- data storages ---- */

bool event_data_storage_created(struct db *db, const struct data_storage *storage,
                                const struct user *user, struct err *err)
{
    static const struct json_field fields[] = {
        TEXT("title", struct data_storage, title),
        TEXT("data", struct data_storage, data),
        TIMES(struct data_storage),
        {NULL},
    };
    return record(db, "model.data_storage.created", fields, storage, user, NULL, err);
}
