#include "auth/http/oauth_pages.h"

#include <stdlib.h>
#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_uri.h"
#include "auth/http/context.h"
#include "auth/http/oauth_support.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"
#include "log/log.h"
#include "template/template.h"

enum { PATH_BYTES_MAX = 1024, PAGE_BYTES_MAX = 256 * 1024, STYLE_BYTES_MAX = 64 * 1024 };

static const char *const names[PAGES_COUNT] = {
    [PAGE_LAYOUT] = "layout",   [PAGE_LOGIN] = "login",   [PAGE_CONSENT] = "consent",
    [PAGE_DEVICE] = "device",   [PAGE_LOGOUT] = "logout", [PAGE_POST] = "post",
    [PAGE_MESSAGE] = "message",
};

struct oauth_pages {
    struct template *templates[PAGES_COUNT];
    char style[STYLE_BYTES_MAX];
};

static bool path_make(const struct auth *app, const char *name, const char *ending,
                      char path[static PATH_BYTES_MAX], struct err *err)
{
    int length =
        snprintf(path, PATH_BYTES_MAX, "%s/%s%s", app->config->oauth_templates_dir, name, ending);
    return length < PATH_BYTES_MAX || err_set(err, ERR_CONFIG, "OAUTH_TEMPLATES_DIR is too long");
}

static bool style_read(const char *path, char style[static STYLE_BYTES_MAX], struct err *err)
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(style, 1, STYLE_BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    if (length == 0 || length == STYLE_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "%s can't be read, is empty or too long", path);
    style[length] = '\0';
    return true;
}

bool oauth_pages_open(struct auth *app, struct err *err)
{
    char path[PATH_BYTES_MAX];
    struct oauth_pages *pages = app->pages = calloc(1, sizeof(*pages));
    if (!pages)
        return err_set(err, ERR_INTERNAL, "no memory");
    for (size_t i = 0; i < PAGES_COUNT; i++)
        if (!path_make(app, names[i], ".html", path, err) ||
            !template_open(path, &pages->templates[i], err))
            return false;
    return path_make(app, "style", ".css", path, err) && style_read(path, pages->style, err);
}

void oauth_pages_close(struct auth *app)
{
    for (size_t i = 0; app->pages && i < PAGES_COUNT; i++)
        template_free(app->pages->templates[i]);
    free(app->pages);
    app->pages = NULL;
}

const char *oauth_pages_style(const struct auth *app)
{
    return app->pages->style;
}

/* ---- filling ---- */

void page_value(struct str *values, const char *name, const char *value)
{
    if (values->length > 0)
        str_add_char(values, ',');
    str_add_format(values, "\"%s\":", name);
    json_write_string(values, value);
}

static bool fill(const struct auth *app, enum oauth_page kind, const char *values, struct str *out,
                 struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(PAGE_BYTES_MAX);
    cJSON *root;
    str_add_char(&json, '{');
    str_add(&json, values);
    str_add_char(&json, '}');
    if (!json_read(str_data(&json), json.length, &root, err))
        return false;
    bool good = template_fill(app->pages->templates[kind], TEMPLATE_HTML, root, out, err);
    cJSON_Delete(root);
    return good;
}

static bool page_make(const struct auth *app, const struct page *page, const struct str *values,
                      struct str *out, struct err *err)
{
    AUTO(str_release) struct str content = STR_INIT(PAGE_BYTES_MAX);
    AUTO(str_release) struct str frame = STR_INIT(2 * PAGE_BYTES_MAX);
    if (!str_ok(values) || !fill(app, page->kind, str_data(values), &content, err))
        return false;
    page_value(&frame, "title", page->title);
    page_value(&frame, "app", app->config->app_name);
    page_value(&frame, "problem", page->problem);
    str_add(&frame, ",\"content\":");
    json_write_string_bytes(&frame, str_data(&content), content.length);
    return fill(app, PAGE_LAYOUT, str_data(&frame), out, err);
}

static void headers(struct http_request *request, const struct page *page)
{
    AUTO(str_release) struct str policy = STR_INIT(4096);
    str_add(&policy, "default-src 'none'; style-src 'self'; base-uri 'none'; "
                     "frame-ancestors 'none'; form-action 'self' ");
    if (page->form_target)
        uri_source_write(&policy, page->form_target);
    if (page->image) {
        str_add(&policy, "; img-src ");
        uri_source_write(&policy, page->image);
    }
    http_reply_header(request, "Content-Security-Policy", str_data(&policy));
    http_reply_header(request, "X-Frame-Options", "DENY");
    http_reply_header(request, "Referrer-Policy", "no-referrer");
    http_reply_header(request, "Content-Type", "text/html; charset=utf-8");
    oauth_no_store(request);
}

void page_reply(struct http_request *request, const struct page *page, const struct str *values)
{
    AUTO(str_release) struct str out = STR_INIT(2 * PAGE_BYTES_MAX);
    struct err err;
    if (!page_make(request_app(request), page, values, &out, &err)) {
        err.code = ERR_INTERNAL;
        err.key = NULL;
        http_reply_err(request, &err);
        return;
    }
    headers(request, page);
    http_reply_text(request, page->status ? page->status : 200, str_data(&out), out.length);
}

/* ---- messages ---- */

static void message_reply(struct http_request *request, int status, const char *title,
                          const char *text, const char *code)
{
    AUTO(str_release) struct str values = STR_INIT(4096);
    page_value(&values, "text", text);
    page_value(&values, "code", code);
    page_reply(request, &(struct page){.kind = PAGE_MESSAGE, .status = status, .title = title},
               &values);
}

void page_reply_message(struct http_request *request, int status, const char *title,
                        const char *text)
{
    message_reply(request, status, title, text, NULL);
}

void page_reply_err(struct http_request *request, const struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(1024);
    enum oauth_error error = oauth_error_of(err);
    bool is_ours = err->key && strcmp(err->key, oauth_error_word(error)) == 0;
    int status = oauth_error_status(error);
    if (status == 401) /* no browser should ask for a password here */
        status = 400;
    log_write(status >= 500 ? LOG_ERROR : LOG_DEBUG, "page refused",
              LOG_FIELDS(LOG_STR("request_id", http_request_id(request)), LOG_ERR(err)));
    str_add(&text, is_ours ? "The request cannot go on: " : "Something went wrong on our side.");
    if (is_ours)
        str_add(&text, err->what);
    message_reply(request, status, "This does not work", str_data(&text), oauth_error_word(error));
}
