/*
 * person_view.h: what belongs to a user, as the API shows it (reference barong.md §1, entities): Phone,
 * Profile, Document, DataStorage. User-facing answers hide what identifies a person (unless
 * API_DATA_MASKING_ENABLED is off), those of administrators and servers don't.
 *
 *     struct profile_view *views = profile_views(&call, profiles, count, view_is_masked(&call));
 *
 * Views are in the arena of the call; NULL: no memory.
 */
#ifndef AUTH_HTTP_PERSON_VIEW_H
#define AUTH_HTTP_PERSON_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/domain/data_storage.h"
#include "auth/domain/document.h"
#include "auth/domain/phone.h"
#include "auth/domain/profile.h"
#include "base/err.h"
#include "json/field.h"

/* API_DATA_MASKING_ENABLED: for answers to users. */
bool view_is_masked(const struct call *call);

struct phone_view {
    const char *country, *number, *validated_at; /* with milliseconds; NULL: not yet */
};
extern const struct json_field phone_fields[];
struct phone_view *phone_views(struct call *call, const struct phone *phones, size_t count,
                               bool masked);

struct profile_view {
    const char *first_name, *last_name, *dob, *address, *postcode, *city, *country, *state;
    const char *metadata;
    int64_t created_at, updated_at;
};
extern const struct json_field profile_fields[];
struct profile_view *profile_views(struct call *call, const struct profile *profiles, size_t count,
                                   bool masked);

struct document_view {
    const char *upload; /* {"url":"..."} */
    const char *doc_type, *doc_number, *doc_expire, *metadata;
    int64_t created_at, updated_at;
};
extern const struct json_field document_fields[];
extern const struct json_field own_document_fields[]; /* what a user sees of his own */
/* With links that are good for UPLOAD_AUTH_URL_EXPIRATION. */
bool document_views(struct call *call, const struct document *documents, size_t count, bool masked,
                    struct document_view **ret_views, struct err *err) MUST_CHECK;

struct data_storage_view {
    const char *title, *data;
    int64_t created_at, updated_at;
};
extern const struct json_field data_storage_fields[];
struct data_storage_view *data_storage_views(struct call *call, const struct data_storage *storages,
                                             size_t count);

/* "2020-06-01T07:03:18.000Z"; 0: NULL. In the arena. */
const char *view_time_ms(struct arena *arena, int64_t time_us);

#endif
