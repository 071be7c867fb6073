/* /resource/documents, /resource/addresses, and the links to local files (reference barong.md §1.3). */
#include <string.h>

#include "auth/actions/document_file.h"
#include "auth/domain/calendar.h"
#include "auth/http/context.h"
#include "auth/http/person_view.h"
#include "auth/http/profile_params.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/store/documents.h"
#include "base/auto.h"
#include "json/field.h"
#include "storage/storage.h"

enum { UPLOAD_BODY_BYTES_MAX = 32 << 20, METADATA_BYTES_MAX = 16 * 1024 };

static void list(struct http_request *request)
{
    struct call call;
    struct user user;
    struct document *documents;
    struct document_view *views;
    size_t count;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (documents_of_user(call.db, call.app->secrets, call.arena, user.id, NULL, &documents, &count,
                          &err) &&
        document_views(&call, documents, count, view_is_masked(&call), &views, &err))
        http_reply_array(request, own_document_fields, views, count, sizeof(*views));
    else
        http_reply_err(request, &err);
}

static void file(struct http_request *request, const struct document_filing *filing)
{
    static const char away[] = "{\"error\":\"Connection error\"}";
    struct mistakes mistakes = {.count = 0};
    struct call call;
    struct user user;
    struct err err = {.code = ERR_NONE};
    if (!resource_call(request, &call, &user))
        return;
    bool done = document_file(&call, &user, filing, &mistakes, &err);
    if (!done && err.key == document_store_is_away)
        http_reply_text(request, 422, away, sizeof(away) - 1);
    else if (reply_unless(request, done, &mistakes, &err))
        reply_number(request, 201, 201);
}

/* ---- POST /documents ---- */

#define AT(member) offsetof(struct document_filing, member)
#define UPLOAD_ROW(at)                                                                             \
    {                                                                                              \
        .name = "upload", .kind = PARAM_FILES, .offset = (at), .flags = PARAM_REQUIRED,            \
        .doc = "Pictures or PDF files."                                                            \
    }
static const struct param document_params[] = {
    {.name = "doc_type",
     .kind = PARAM_TEXT,
     .offset = AT(doc_type),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Passport, Identity card, Driver license, ..."},
    {.name = "doc_number",
     .kind = PARAM_TEXT,
     .offset = AT(doc_number),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Its number: letters, digits, blanks, '-'."},
    UPLOAD_ROW(AT(files)),
    {.name = "doc_expire",
     .kind = PARAM_TEXT,
     .offset = AT(doc_expire),
     .check = check_date,
     .value_code = "resource.documents.expire_not_a_date",
     .doc = "Last day that it is good."},
    {.name = "doc_category",
     .kind = PARAM_TEXT,
     .offset = AT(doc_category),
     .values = "front_side back_side selfie",
     .value_code = "resource.documents.doc_category",
     .doc = "What the picture shows."},
    {.name = "identificator",
     .kind = PARAM_TEXT,
     .offset = AT(identificator),
     .doc = "The same text for all files of one document."},
    {.name = "doc_issue", .kind = PARAM_TEXT, .offset = AT(doc_issue), .doc = "Day of issue."},
    {.name = "metadata",
     .kind = PARAM_JSON,
     .offset = AT(metadata),
     .type_code = "metadata.invalid_format",
     .doc = "Anything else, JSON."},
    PARAM_END};
#undef AT

static void file_document(struct http_request *request)
{
    file(request, http_params(request));
}

/* ---- POST /addresses ---- */

struct address_form {
    const char *country, *address, *city, *postcode;
    struct param_files files;
};
#define AT(member) offsetof(struct address_form, member)
static const struct param address_params[] = {{.name = "country",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(country),
                                               .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                               .doc = "Country."},
                                              {.name = "address",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(address),
                                               .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                               .doc = "Street and number."},
                                              {.name = "city",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(city),
                                               .flags = PARAM_REQUIRED,
                                               .doc = "City."},
                                              {.name = "postcode",
                                               .kind = PARAM_TEXT,
                                               .offset = AT(postcode),
                                               .flags = PARAM_REQUIRED,
                                               .doc = "Postcode."},
                                              UPLOAD_ROW(AT(files)),
                                              PARAM_END};

/* What the file proves is kept with it. */
static const struct json_field address_metadata[] = {{"country", JSON_TEXT, AT(country)},
                                                     {"address", JSON_TEXT, AT(address)},
                                                     {"city", JSON_TEXT, AT(city)},
                                                     {"postcode", JSON_TEXT, AT(postcode)},
                                                     {NULL}};
#undef AT

static void file_address(struct http_request *request)
{
    const struct address_form *form = http_params(request);
    AUTO(str_release) struct str metadata = STR_INIT(METADATA_BYTES_MAX);
    struct err err;
    json_write_object(&metadata, address_metadata, form);
    if (!str_ok(&metadata)) {
        err_set_key(&err, ERR_INVALID, "address.too_long", "an address of more than %d bytes",
                    METADATA_BYTES_MAX);
        http_reply_err(request, &err);
        return;
    }
    const struct document_filing filing = {
        .doc_type = "Address", .metadata = metadata.data, .files = form->files, .is_address = true};
    file(request, &filing);
}

/* ---- GET /public/uploads/...: what links of the local store lead to ---- */

struct link_form {
    const char *expires, *signature;
};
#define AT(member) offsetof(struct link_form, member)
static const struct param link_params[] = {{.name = "expires",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(expires),
                                            .flags = PARAM_REQUIRED,
                                            .doc = "Of the link."},
                                           {.name = "signature",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(signature),
                                            .flags = PARAM_REQUIRED,
                                            .doc = "Of the link."},
                                           PARAM_END};
#undef AT

static bool read_upload(struct http_request *request, enum upload_kind *ret_kind, struct err *err)
{
    static const char base[] = "/api/v2/public/uploads/";
    const struct link_form *form = http_params(request);
    struct storage *storage = request_app(request)->storage;
    const char *path = http_path_of(request);
    const char *key = strncmp(path, base, sizeof(base) - 1) == 0 ? path + sizeof(base) - 1 : "";
    if (!storage_link_is_good(storage, key, form->expires, form->signature) ||
        !upload_kind_of_key(key, ret_kind))
        return err_set(err, ERR_NOT_FOUND, "no such link, or it is over");
    return storage_get(storage, key, http_reply_builder(request), err);
}

/* The file of somebody, shown by a browser: as what we know it to be, and as nothing that runs. */
static void show_upload(struct http_request *request)
{
    enum upload_kind kind;
    struct err err;
    if (!read_upload(request, &kind, &err)) {
        http_reply_err(request, &err);
        return;
    }
    http_reply_header(request, "Content-Type", upload_media_type(kind));
    http_reply_header(request, "X-Content-Type-Options", "nosniff");
    http_reply_header(request, "Content-Security-Policy", "default-src 'none'; sandbox");
    http_reply_header(request, "Content-Disposition", "inline");
    http_reply_header(request, "Cache-Control", "private, no-store");
    http_reply_built(request, 200);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/" path_, .handler = (handler_),                 \
    .mode = HTTP_WORKER, .access = ACCESS_USER, .tag = "resource"

const struct http_route resource_document_routes[] = {
    {ROUTE("GET", "documents", list), .class_name = "resource.document",
     .reply = own_document_fields, .reply_is_array = true, .doc = "My documents."},
    {ROUTE("POST", "documents", file_document), .class_name = "resource.document",
     .params = document_params, .params_size = sizeof(struct document_filing),
     .body_bytes_max = UPLOAD_BODY_BYTES_MAX, .doc = "Upload pictures of a document."},
    {ROUTE("POST", "addresses", file_address), .class_name = "resource.address",
     .params = address_params, .params_size = sizeof(struct address_form),
     .body_bytes_max = UPLOAD_BODY_BYTES_MAX, .doc = "Upload a proof of my address."},
    {.method = "GET",
     .path = "/api/v2/public/uploads/:kind/:part/:name",
     .handler = show_upload,
     .mode = HTTP_WORKER,
     .access = ACCESS_PUBLIC,
     .class_name = "public.upload",
     .params = link_params,
     .params_size = sizeof(struct link_form),
     .tag = "public",
     .doc = "A file of the local store, by its signed link."},
    {.method = NULL}};
