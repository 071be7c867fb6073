/* /management/timestamp, /management/otp/sign, /management/documents. */
#include "auth/actions/document_file.h"
#include "auth/actions/otp_sign.h"
#include "auth/http/management_support.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- POST /timestamp ---- */

static const struct json_field timestamp_fields[] = {
    {"timestamp", JSON_TIME_UNIX, 0, .doc = "Now, Unix seconds."},
    {NULL},
};

static void timestamp(struct http_request *request)
{
    int64_t now_us = clock_now_us(http_clock(request));
    http_reply_object(request, timestamp_fields, &now_us);
}

/* ---- POST /otp/sign ---- */

enum { SIGNED_BYTES_MAX = 256 * 1024 };

struct sign_form {
    const char *user_uid, *otp_code, *jwt;
};

#define AT(member) offsetof(struct sign_form, member)
static const struct param sign_params[] = {
    {M_ROW("user_uid", PARAM_TEXT, AT(user_uid), M_NEEDED), .doc = "UID of the user."},
    {M_ROW("otp_code", PARAM_TEXT, AT(otp_code), M_NEEDED), .doc = "Code of his second factor."},
    {M_ROW("jwt", PARAM_JSON, AT(jwt), PARAM_REQUIRED),
     .doc = "The document: an object with payload and signatures."},
    PARAM_END};
#undef AT

static void sign(struct http_request *request)
{
    const struct sign_form *asked = http_params(request);
    AUTO(str_release) struct str document = STR_INIT(SIGNED_BYTES_MAX);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (otp_sign(&call, asked->user_uid, asked->otp_code, asked->jwt, &document, &err))
        http_reply_text(request, 201, str_data(&document), document.length);
    else
        http_reply_err(request, &err);
}

/* ---- POST /documents ---- */

struct document_form {
    const char *uid, *doc_type, *doc_number, *filename, *file_ext, *upload, *doc_expire, *metadata;
    struct param_bool update_labels;
};

#define AT(member) offsetof(struct document_form, member)
static const struct param document_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the user."},
    {M_ROW("doc_type", PARAM_TEXT, AT(doc_type), M_NEEDED), .doc = "What it is: Passport, ..."},
    {M_ROW("doc_number", PARAM_TEXT, AT(doc_number), M_NEEDED), .doc = "Its number."},
    {M_ROW("filename", PARAM_TEXT, AT(filename), M_NEEDED), .doc = "Name of the file."},
    {M_ROW("file_ext", PARAM_TEXT, AT(file_ext), M_NEEDED), .doc = "Its extension: .png"},
    {M_ROW("upload", PARAM_TEXT, AT(upload), PARAM_REQUIRED), .doc = "The file, in base64."},
    {M_ROW("doc_expire", PARAM_TEXT, AT(doc_expire), 0), .doc = "Last day that it is good."},
    {M_ROW("update_labels", PARAM_BOOL, AT(update_labels), 0), .fallback = "true",
     .doc = "Set the label that asks for a check."},
    {M_ROW("metadata", PARAM_JSON, AT(metadata), 0), .doc = "Anything else, JSON."},
    PARAM_END};
#undef AT

/* "passport" and ".png", or "png", or a name that has it already. NULL: no memory. */
static const char *file_name(struct arena *arena, const struct document_form *asked)
{
    const char *extension = asked->file_ext + (asked->file_ext[0] == '.');
    const char *dot = strrchr(asked->filename, '.');
    size_t size = strlen(asked->filename) + strlen(extension) + 2;
    if (dot && strcasecmp(dot + 1, extension) == 0)
        return asked->filename;
    char *name = arena_alloc(arena, size);
    if (name)
        snprintf(name, size, "%s.%s", asked->filename, extension);
    return name;
}

static void reply_filed(struct http_request *request, bool ok, const struct mistakes *mistakes,
                        const struct err *err)
{
    if (ok && mistakes->count == 0)
        http_reply_empty(request, 201);
    else if (ok)
        reply_sentences(request, mistakes->codes, mistakes->count);
    else
        http_reply_err(request, err);
}

static void file_document(struct http_request *request)
{
    const struct document_form *asked = http_params(request);
    size_t length = strlen(asked->upload);
    AUTO(str_release) struct str bytes = STR_INIT(length + 1);
    struct mistakes mistakes = {.count = 0};
    struct user user;
    struct call call;
    struct err err;
    if (!base64_read_any(asked->upload, length, &bytes)) {
        reply_sentence(request, "upload is invalid");
        return;
    }
    if (!request_call(request, &call))
        return;
    if (!users_by_uid(call.db, call.arena, asked->uid, &user, &err)) {
        if (err.code == ERR_NOT_FOUND)
            reply_sentence(request, "user doesnt exist");
        else
            http_reply_err(request, &err);
        return;
    }
    const struct param_file file = {.filename = file_name(call.arena, asked),
                                    .bytes = str_data(&bytes),
                                    .length = bytes.length};
    const struct param_file *files[] = {&file};
    const struct document_filing filing = {.doc_type = asked->doc_type,
                                           .doc_number = asked->doc_number,
                                           .doc_expire = asked->doc_expire,
                                           .metadata = asked->metadata,
                                           .files = {.items = files, .count = 1},
                                           .label_kept = !asked->update_labels.value};
    bool ok = file.filename ? document_file(&call, &user, &filing, &mistakes, &err)
                            : err_set(&err, ERR_BUSY, "no memory for a name");
    reply_filed(request, ok, &mistakes, &err);
}

#define ROUTE(path_, handler_)                                                                     \
    .method = "POST", .path = "/api/v2/management/" path_, .handler = (handler_),                  \
    .access = ACCESS_MANAGEMENT, .class_name = "management.tool", .tag = "management"
const struct http_route management_tool_routes[] = {
    {ROUTE("timestamp", timestamp), .mode = HTTP_INLINE, .reply = timestamp_fields, .status = 200,
     .subject = "tools", .doc = "The time of the server."},
    {ROUTE("otp/sign", sign), .mode = HTTP_WORKER, .params = sign_params,
     .params_size = sizeof(struct sign_form), .status = 201, .subject = "otp_sign",
     .doc = "The same document with our signature, if the code is right."},
    {ROUTE("documents", file_document), .mode = HTTP_WORKER, .params = document_params,
     .params_size = sizeof(struct document_form), .status = 201, .subject = "write_documents",
     .doc = "File a document of a user."},
    {.method = NULL}};
