/*
 * The page of a local outbox (AUTH_ROLE=mail, MAIL_PROVIDER=outbox): what would have been sent, to be
 * read, so that whoever tries the platform can follow the links. It asks nobody who he is; the edge of
 * a real platform has no way to it, and a real mailer no outbox.
 */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "auth/http/context.h"
#include "auth/http/routes_mail.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/read.h"
#include "mail/mail.h"
#include "template/template.h"

enum { LETTERS_SHOWN_MAX = 100, PAGE_BYTES_MAX = 2 << 20 };

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct template, template_free);

static void protect(struct http_request *request)
{
    http_reply_header(request, "Cache-Control", "no-store");
    http_reply_header(request, "Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                      "base-uri 'none'; form-action 'none'");
    http_reply_header(request, "Referrer-Policy", "no-referrer");
}

static void reply_page(struct http_request *request, const char *name, const cJSON *values)
{
    AUTO_FREE(template_free) struct template *page = NULL;
    AUTO(str_release) struct str out = STR_INIT(PAGE_BYTES_MAX);
    char path[PATH_MAX];
    struct err err;
    snprintf(path, sizeof(path), "%s/../outbox/%s.html",
             request_app(request)->config->mail_templates_dir, name);
    if (!template_open(path, &page, &err) ||
        !template_fill(page, TEMPLATE_HTML, values, &out, &err)) {
        http_reply_err(request, &err);
        return;
    }
    protect(request);
    http_reply_header(request, "Content-Type", "text/html; charset=utf-8");
    http_reply_text(request, 200, str_data(&out), out.length);
}

static bool read_letter(const struct http_request *request, const char *name,
                        struct mail_shown *shown, struct err *err)
{
    AUTO(str_release) struct str message = STR_INIT(2 * MAIL_BYTES_MAX);
    return mail_outbox_read(request_app(request)->config->mail_outbox_dir, name, &message, err) &&
           mail_read(str_data(&message), shown, err);
}

static cJSON *letter_values(const char *name, const struct mail_shown *shown)
{
    cJSON *values = cJSON_CreateObject();
    cJSON_AddStringToObject(values, "name", name);
    cJSON_AddStringToObject(values, "to", str_data(&shown->to));
    cJSON_AddStringToObject(values, "subject", str_data(&shown->subject));
    cJSON_AddStringToObject(values, "date", str_data(&shown->date));
    return values;
}

/* ---- the list ---- */

static void add_letter(const struct http_request *request, cJSON *letters, const char *name)
{
    AUTO(mail_shown_release) struct mail_shown shown;
    struct err err; /* a file of somebody else's */
    mail_shown_init(&shown);
    if (read_letter(request, name, &shown, &err))
        cJSON_AddItemToArray(letters, letter_values(name, &shown));
}

static void list(struct http_request *request)
{
    AUTO_FREE(cJSON_Delete) cJSON *values = cJSON_CreateObject();
    cJSON *letters = cJSON_AddArrayToObject(values, "letters");
    struct mail_outbox_entry *entries =
        arena_alloc(http_arena(request), LETTERS_SHOWN_MAX * sizeof(*entries));
    struct err err;
    if (!entries) {
        err_set(&err, ERR_INTERNAL, "no memory for the outbox");
        http_reply_err(request, &err);
        return;
    }
    size_t count =
        mail_outbox_list(request_app(request)->config->mail_outbox_dir, entries, LETTERS_SHOWN_MAX);
    for (size_t i = 0; i < count; i++)
        add_letter(request, letters, entries[i].name);
    reply_page(request, "list", values);
}

/* ---- one letter ---- */

struct letter_params {
    const char *name;
};
static const struct param letter_params[] = {{.name = "name",
                                              .kind = PARAM_TEXT,
                                              .offset = offsetof(struct letter_params, name),
                                              .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                              .doc = "Name of the file."},
                                             PARAM_END};

/* A line that is an address of the web becomes a link: letters put theirs alone on a line. */
static void add_line(cJSON *lines, const char *text, size_t length)
{
    AUTO(str_release) struct str line = STR_INIT(MAIL_BYTES_MAX);
    str_add_bytes(&line, text, length);
    const char *chars = str_data(&line);
    bool is_address = (strncmp(chars, "http://", 7) == 0 || strncmp(chars, "https://", 8) == 0) &&
                      !strchr(chars, ' ');
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "address", is_address ? chars : "");
    cJSON_AddStringToObject(item, "text", is_address ? "" : chars);
    cJSON_AddItemToArray(lines, item);
}

static void show(struct http_request *request)
{
    const struct letter_params *params = http_params(request);
    AUTO(mail_shown_release) struct mail_shown shown;
    struct err err;
    mail_shown_init(&shown);
    if (!read_letter(request, params->name, &shown, &err)) {
        http_reply_err(request, &err);
        return;
    }
    AUTO_FREE(cJSON_Delete) cJSON *values = letter_values(params->name, &shown);
    cJSON *lines = cJSON_AddArrayToObject(values, "lines");
    for (const char *at = str_data(&shown.text); *at;) {
        size_t length = strcspn(at, "\n");
        add_line(lines, at, length);
        at += length + (at[length] == '\n');
    }
    reply_page(request, "letter", values);
}

static void message(struct http_request *request)
{
    const struct letter_params *params = http_params(request);
    AUTO(str_release) struct str text = STR_INIT(2 * MAIL_BYTES_MAX);
    struct err err;
    if (!mail_outbox_read(request_app(request)->config->mail_outbox_dir, params->name, &text,
                          &err)) {
        http_reply_err(request, &err);
        return;
    }
    protect(request);
    http_reply_header(request, "Content-Type", "text/plain; charset=utf-8");
    http_reply_text(request, 200, str_data(&text), text.length);
}

#define ROUTE(path_, handler_, params_, size_, doc_)                                               \
    {                                                                                              \
        .method = "GET", .path = (path_), .mode = HTTP_WORKER, .handler = (handler_),              \
        .params = (params_), .params_size = (size_), .access = ACCESS_PUBLIC, .tag = "outbox",     \
        .doc = (doc_)                                                                              \
    }

const struct http_route outbox_routes[] = {
    ROUTE("/outbox", list, NULL, 0, "Mails of the local outbox."),
    ROUTE("/outbox/:name", show, letter_params, sizeof(struct letter_params), "One mail."),
    ROUTE("/outbox/:name/message", message, letter_params, sizeof(struct letter_params),
          "One mail, as it would have been sent."),
    {.method = NULL}};
