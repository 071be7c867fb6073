#include "auth/http/person_view.h"

#include <stdio.h>
#include <string.h>

#include "auth/domain/mask.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "storage/storage.h"

enum { MASKED_BYTES_MAX = 4096 };

#define TIME_ROWS(at)                                                                              \
    {"created_at", JSON_TIME_ISO, at(created_at), .doc = "When it was made."},                     \
    {                                                                                              \
        "updated_at", JSON_TIME_ISO, at(updated_at), .doc = "When it changed last."                \
    }

bool view_is_masked(const struct call *call)
{
    return call->app->config->api_data_masking_enabled;
}

const char *view_time_ms(struct arena *arena, int64_t time_us)
{
    char second[CLOCK_ISO_SIZE], text[CLOCK_ISO_SIZE + 8];
    if (time_us == 0)
        return NULL;
    clock_iso(time_us, second);
    snprintf(text, sizeof(text), "%.*s.%03dZ", (int)strcspn(second, "Z"), second,
             (int)(time_us / 1000 % 1000));
    return arena_strdup(arena, text);
}

static const char *shown(struct call *call, const char *text, bool masked,
                         void (*mask)(struct str *out, const char *text))
{
    AUTO(str_release) struct str out = STR_INIT(MASKED_BYTES_MAX);
    if (!text || !masked)
        return text;
    mask(&out, text);
    return str_ok(&out) ? arena_strdup(call->arena, str_data(&out)) : NULL;
}

/* ---- phones ---- */

#define AT(member) offsetof(struct phone_view, member)
const struct json_field phone_fields[] = {
    {"country", JSON_TEXT, AT(country), .doc = "ISO 3166-1, two letters."},
    {"number", JSON_TEXT, AT(number), .doc = "International digits."},
    {"validated_at", JSON_TEXT, AT(validated_at),
     .doc = "When its owner proved it; null: not yet."},
    {NULL},
};
#undef AT

struct phone_view *phone_views(struct call *call, const struct phone *phones, size_t count,
                               bool masked)
{
    struct phone_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    for (size_t i = 0; views && i < count; i++)
        views[i] =
            (struct phone_view){.country = phones[i].country,
                                .number = shown(call, phones[i].number, masked, mask_phone),
                                .validated_at = view_time_ms(call->arena, phones[i].validated_at)};
    return views;
}

/* ---- profiles ---- */

#define AT(member) offsetof(struct profile_view, member)
const struct json_field profile_fields[] = {
    {"first_name", JSON_TEXT, AT(first_name), .doc = "First name."},
    {"last_name", JSON_TEXT, AT(last_name), .doc = "Last name."},
    {"dob", JSON_TEXT, AT(dob), .doc = "Date of birth."},
    {"address", JSON_TEXT, AT(address), .doc = "Street and number."},
    {"postcode", JSON_TEXT, AT(postcode), .doc = "Postcode."},
    {"city", JSON_TEXT, AT(city), .doc = "City."},
    {"country", JSON_TEXT, AT(country), .doc = "ISO 3166-1, two or three letters."},
    {"state", JSON_TEXT, AT(state), .doc = "drafted, submitted, verified or rejected."},
    {"metadata", JSON_TEXT, AT(metadata), .doc = "JSON text."},
    TIME_ROWS(AT),
    {NULL},
};
#undef AT

struct profile_view *profile_views(struct call *call, const struct profile *profiles, size_t count,
                                   bool masked)
{
    struct profile_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    for (size_t i = 0; views && i < count; i++) {
        const struct profile *profile = &profiles[i];
        views[i] = (struct profile_view){
            .first_name = profile->first_name,
            .last_name = shown(call, profile->last_name, masked, mask_name),
            .dob = shown(call, profile->dob, masked, mask_date),
            .address = profile->address,
            .postcode = profile->postcode,
            .city = profile->city,
            .country = profile->country,
            .state = profile_state_name(profile->state),
            .metadata = profile->metadata,
            .created_at = profile->created_at,
            .updated_at = profile->updated_at,
        };
    }
    return views;
}

/* ---- documents ---- */

#define AT(member) offsetof(struct document_view, member)
/* clang-format off */
#define DOCUMENT_ROWS                                                                              \
    {"upload", JSON_RAW, AT(upload), .doc = "Object with `url`, a link that soon ends."},          \
    {"doc_type", JSON_TEXT, AT(doc_type), .doc = "What it is: Passport, ..."},                     \
    {"doc_number", JSON_TEXT, AT(doc_number), .doc = "Its number."},                               \
    {"doc_expire", JSON_TEXT, AT(doc_expire), .doc = "Last day that it is good."}
/* clang-format on */
const struct json_field own_document_fields[] = {DOCUMENT_ROWS, {NULL}};
const struct json_field document_fields[] = {
    DOCUMENT_ROWS,
    {"metadata", JSON_TEXT, AT(metadata), .doc = "JSON text."},
    TIME_ROWS(AT),
    {NULL},
};
#undef AT

static const char *upload_json(struct call *call, const char *key, struct err *err)
{
    AUTO(str_release) struct str link = STR_INIT(STORAGE_URL_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(2 * STORAGE_URL_BYTES_MAX);
    const int64_t lifetime_s = (int64_t)call->app->config->upload_auth_url_expiration_min * 60;
    if (!storage_link(call->app->storage, key, lifetime_s, &link, err))
        return NULL;
    str_add(&text, "{\"url\":");
    json_write_string(&text, str_data(&link));
    str_add_char(&text, '}');
    const char *copy = str_ok(&text) ? arena_strdup(call->arena, text.data) : NULL;
    if (!copy)
        err_set(err, ERR_BUSY, "no memory for a link");
    return copy;
}

bool document_views(struct call *call, const struct document *documents, size_t count, bool masked,
                    struct document_view **ret_views, struct err *err)
{
    struct document_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    if (!views)
        return err_set(err, ERR_BUSY, "no memory for documents");
    for (size_t i = 0; i < count; i++) {
        const struct document *document = &documents[i];
        views[i] = (struct document_view){
            .upload = upload_json(call, document->upload, err),
            .doc_type = document->doc_type,
            .doc_number = shown(call, document->doc_number, masked, mask_document),
            .doc_expire = document->doc_expire[0] ? document->doc_expire : NULL,
            .metadata = document->metadata,
            .created_at = document->created_at,
            .updated_at = document->updated_at,
        };
        if (!views[i].upload)
            return false;
    }
    *ret_views = views;
    return true;
}

/* ---- data storages ---- */

#define AT(member) offsetof(struct data_storage_view, member)
const struct json_field data_storage_fields[] = {
    {"title", JSON_TEXT, AT(title), .doc = "Its name."},
    {"data", JSON_TEXT, AT(data), .doc = "JSON text."},
    TIME_ROWS(AT),
    {NULL},
};
#undef AT

struct data_storage_view *data_storage_views(struct call *call, const struct data_storage *storages,
                                             size_t count)
{
    struct data_storage_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    for (size_t i = 0; views && i < count; i++)
        views[i] = (struct data_storage_view){.title = storages[i].title,
                                              .data = storages[i].data,
                                              .created_at = storages[i].created_at,
                                              .updated_at = storages[i].updated_at};
    return views;
}
