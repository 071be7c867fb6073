#include "kycaid/kycaid.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "json/field.h"
#include "json/read.h"

enum {
    URL_BYTES_MAX = 512,
    BODY_BYTES_MAX = 64 * 1024,
    FILE_BODY_BYTES_MAX = 64 * 1024 * 1024,
    REPLY_BYTES_MAX = 256 * 1024
};

struct kycaid {
    struct fetch *fetch;
    char *url, *authorization;
    bool sandbox;
};

DEFINE_AUTO(cJSON, cJSON_Delete);

bool kycaid_open(const struct kycaid_settings *settings, struct kycaid **ret_kycaid,
                 struct err *err)
{
    struct str authorization = STR_INIT(BODY_BYTES_MAX);
    if (!settings->token[0] || !settings->url[0])
        return err_set(err, ERR_CONFIG, "kycaid: needs an address and a token");
    struct kycaid *kycaid = calloc(1, sizeof(*kycaid));
    if (!kycaid)
        return err_set(err, ERR_INTERNAL, "no memory for kycaid");
    str_add_format(&authorization, "Token %s", settings->token);
    kycaid->authorization = authorization.data;
    kycaid->url = strdup(settings->url);
    kycaid->fetch = fetch_new();
    kycaid->sandbox = settings->sandbox;
    if (!str_ok(&authorization) || !kycaid->url || !kycaid->fetch) {
        kycaid_close(kycaid);
        return err_set(err, ERR_INTERNAL, "no memory for kycaid");
    }
    /* "https://api.kycaid.com/" is written as well. */
    for (size_t length = strlen(kycaid->url); length > 0 && kycaid->url[length - 1] == '/';)
        kycaid->url[--length] = '\0';
    *ret_kycaid = kycaid;
    return true;
}

void kycaid_close(struct kycaid *kycaid)
{
    if (!kycaid)
        return;
    fetch_free(kycaid->fetch);
    free(kycaid->url);
    free(kycaid->authorization);
    free(kycaid);
}

/* ---- one call ---- */

struct call {
    const char *method, *path, *id; /* id NULL: none */
    const char *media_type;
    const struct str *body; /* NULL: none */
};

static bool refused(const struct call *call, long status, struct err *err)
{
    enum err_code code = ERR_PEER_UNAVAILABLE;
    if (status == 404)
        code = ERR_NOT_FOUND;
    else if (status == 400 || status == 409 || status == 422)
        code = ERR_INVALID;
    return err_set(err, code, "kycaid: %s %s answered %ld", call->method, call->path, status);
}

static bool run(struct kycaid *kycaid, const struct call *call, cJSON **ret_reply, struct err *err)
{
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(REPLY_BYTES_MAX);
    const struct fetch_header headers[] = {{"Authorization", kycaid->authorization}};
    long status;
    str_add_format(&url, "%s%s%s%s", kycaid->url, call->path, call->id ? "/" : "",
                   call->id ? call->id : "");
    if (!str_ok(&url) || (call->body && !str_ok(call->body)))
        return err_set(err, ERR_INVALID, "kycaid: a request does not fit");
    const struct fetch_request request = {.method = call->method,
                                          .url = url.data,
                                          .headers = headers,
                                          .headers_count = ARRAY_LEN(headers),
                                          .content_type = call->media_type,
                                          .body = call->body ? call->body->data : NULL,
                                          .body_length = call->body ? call->body->length : 0,
                                          .timeout_ms = KYCAID_TIMEOUT_MS};
    if (!fetch_run(kycaid->fetch, &request, &status, &text, err))
        return false;
    if (status != 200 && status != 201)
        return refused(call, status, err);
    if (!json_read(str_data(&text), text.length, ret_reply, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "kycaid: %s answered no JSON", call->path);
    return true;
}

static bool take_id(const cJSON *reply, const char *name, char ret_id[static KYCAID_ID_SIZE],
                    struct err *err)
{
    const char *id = json_member_text(reply, name);
    if (!id || !id[0] || strlen(id) >= KYCAID_ID_SIZE)
        return err_set(err, ERR_PEER_UNAVAILABLE, "kycaid: an answer without %s", name);
    memcpy(ret_id, id, strlen(id) + 1);
    return true;
}

/* Begins an object: its members, and where we are. */
static void add_members(const struct kycaid *kycaid, struct str *body,
                        const struct kycaid_member *members)
{
    str_add(body, "{\"sandbox\":");
    str_add(body, kycaid->sandbox ? "true" : "false");
    for (; members && members->name; members++) {
        if (!members->value)
            continue;
        str_add_char(body, ',');
        json_write_string(body, members->name);
        str_add_char(body, ':');
        json_write_string(body, members->value);
    }
}

bool kycaid_create(struct kycaid *kycaid, const char *path, const struct kycaid_member *members,
                   const char *id_name, char ret_id[static KYCAID_ID_SIZE], struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    const struct call call = {
        .method = "POST", .path = path, .media_type = "application/json", .body = &body};
    add_members(kycaid, &body, members);
    str_add_char(&body, '}');
    return run(kycaid, &call, &reply, err) && take_id(reply, id_name, ret_id, err);
}

bool kycaid_change(struct kycaid *kycaid, const char *path, const char *id,
                   const struct kycaid_member *members, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    const struct call call = {"PATCH", path, id, "application/json", &body};
    add_members(kycaid, &body, members);
    str_add_char(&body, '}');
    return run(kycaid, &call, &reply, err);
}

bool kycaid_send_file(struct kycaid *kycaid, const char *filename, const char *media_type,
                      const void *bytes, size_t length, char ret_id[static KYCAID_ID_SIZE],
                      struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(FILE_BODY_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    char boundary[UUID_TEXT_SIZE], type[100];
    uuid_text(uuid_new(), boundary);
    snprintf(type, sizeof(type), "multipart/form-data; boundary=%s", boundary);
    str_add_format(&body,
                   "--%s\r\nContent-Disposition: form-data; name=\"sandbox\"\r\n\r\n%s\r\n"
                   "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                   "Content-Type: %s\r\n\r\n",
                   boundary, kycaid->sandbox ? "true" : "false", boundary, filename, media_type);
    str_add_bytes(&body, bytes, length);
    str_add_format(&body, "\r\n--%s--\r\n", boundary);
    const struct call call = {
        .method = "POST", .path = "/files", .media_type = type, .body = &body};
    return run(kycaid, &call, &reply, err) && take_id(reply, "file_id", ret_id, err);
}

/* ---- verifications ---- */

bool kycaid_verify(struct kycaid *kycaid, const struct kycaid_order *order, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    const struct call call = {.method = "POST",
                              .path = "/verifications",
                              .media_type = "application/json",
                              .body = &body};
    const struct kycaid_member members[] = {
        {"applicant_id", order->applicant_id},
        {"form_id", order->form_id[0] ? order->form_id : NULL},
        {"callback_url", order->callback_url},
        {NULL, NULL},
    };
    add_members(kycaid, &body, members);
    str_add(&body, ",\"types\":[");
    for (const char *at = order->types; *at;) {
        size_t length = strcspn(at, " ");
        if (at != order->types)
            str_add_char(&body, ',');
        json_write_string_bytes(&body, at, length);
        at += length;
        at += strspn(at, " ");
    }
    str_add(&body, "]}");
    return run(kycaid, &call, &reply, err);
}

static enum kycaid_answer answer_of(const cJSON *verifications, const char *name)
{
    const cJSON *verified = json_member(json_member(verifications, name), "verified");
    if (!cJSON_IsBool(verified))
        return KYCAID_NOT_ASKED;
    return cJSON_IsTrue(verified) ? KYCAID_VERIFIED : KYCAID_REJECTED;
}

bool kycaid_read(struct kycaid *kycaid, const char *verification_id,
                 struct kycaid_verdict *ret_verdict, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    const struct call call = {.method = "GET", .path = "/verifications", .id = verification_id};
    struct kycaid_verdict verdict = {.is_completed = false};
    if (!run(kycaid, &call, &reply, err) ||
        !take_id(reply, "applicant_id", verdict.applicant_id, err))
        return false;
    const char *status = json_member_text(reply, "status");
    const cJSON *verifications = json_member(reply, "verifications");
    verdict.is_completed = status && strcmp(status, "completed") == 0;
    verdict.profile = answer_of(verifications, "profile");
    verdict.document = answer_of(verifications, "document");
    verdict.facial = answer_of(verifications, "facial");
    verdict.address = answer_of(verifications, "address");
    *ret_verdict = verdict;
    return true;
}
