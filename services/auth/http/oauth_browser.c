#include "auth/http/oauth_browser.h"

#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_uri.h"
#include "auth/http/context.h"
#include "auth/http/oauth_pages.h"
#include "auth/http/oauth_support.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "log/log.h"

enum { ADDRESS_BYTES_MAX = 16 * 1024, ANSWER_FIELDS_MAX = 4 };

#define BROWSER_COOKIE "_bourse_flow"

const char *browser_secret_of(struct http_request *request)
{
    const char *value = http_cookie(request, BROWSER_COOKIE);
    return value && strlen(value) < OAUTH_SECRET_SIZE ? value : NULL;
}

const char *browser_secret(struct http_request *request)
{
    const char *known = browser_secret_of(request);
    char made[OAUTH_SECRET_SIZE];
    if (known)
        return known;
    oauth_secret_make(OAUTH_FLOW_PREFIX, made);
    const struct cookie cookie = {.name = BROWSER_COOKIE,
                                  .value = made,
                                  .path = "/oauth2/",
                                  .same_site = "Lax",
                                  .now_us = clock_now_us(http_clock(request)),
                                  .max_age_s = OAUTH_FLOW_LIFE_S,
                                  .secure = request_app(request)->config->session_secure,
                                  .http_only = true};
    http_reply_cookie(request, &cookie);
    return arena_strdup(http_arena(request), made);
}

bool browser_person(struct http_request *request, struct call *call,
                    struct oauth_person *ret_person, struct err *err)
{
    const char *cookie = http_cookie(request, call->app->config->session_name);
    return oauth_person_find(call, cookie, ret_person, err);
}

void browser_redirect(struct http_request *request, const char *address)
{
    http_reply_header(request, "Location", address);
    http_reply_header(request, "Referrer-Policy", "no-referrer");
    oauth_no_store(request);
    http_reply_empty(request, 303);
}

void browser_go(struct http_request *request, const char *path, const char *handle)
{
    AUTO(str_release) struct str address = STR_INIT(1024);
    oauth_address(request_app(request), path, &address);
    uri_add_param(&address, '?', "flow", handle);
    browser_redirect(request, str_data(&address));
}

/* ---- the answer to a client ---- */

struct field {
    const char *name, *value;
};

/* By address, with '?' or '#'. */
static void answer_by_address(struct http_request *request, const char *address, bool fragment,
                              const struct field *fields, size_t count)
{
    AUTO(str_release) struct str out = STR_INIT(ADDRESS_BYTES_MAX);
    str_add(&out, address);
    for (size_t i = 0; i < count; i++) {
        char separator = fragment ? (i == 0 ? '#' : '&') : uri_separator(str_data(&out));
        uri_add_param(&out, separator, fields[i].name, fields[i].value);
    }
    browser_redirect(request, str_data(&out));
}

static void answer_by_form(struct http_request *request, const struct oauth_request *asked,
                           const struct field *fields, size_t count)
{
    AUTO(str_release) struct str values = STR_INIT(ADDRESS_BYTES_MAX);
    const struct oauth_client *client = &asked->row.client;
    page_value(&values, "client_name", client->name ? client->name : client->client_id);
    page_value(&values, "address", asked->params.redirect_uri);
    str_add(&values, ",\"fields\":[");
    for (size_t i = 0; i < count; i++) {
        AUTO(str_release) struct str pair = STR_INIT(ADDRESS_BYTES_MAX);
        page_value(&pair, "name", fields[i].name);
        page_value(&pair, "value", fields[i].value);
        str_add_format(&values, "%s{", i ? "," : "");
        str_add(&values, str_data(&pair));
        str_add_char(&values, '}');
    }
    str_add_char(&values, ']');
    page_reply(request,
               &(struct page){.kind = PAGE_POST,
                              .title = "Almost done",
                              .form_target = asked->params.redirect_uri},
               &values);
}

void browser_answer(struct http_request *request, const struct oauth_request *asked,
                    const char *code, const struct err *err)
{
    struct field fields[ANSWER_FIELDS_MAX + 1];
    enum oauth_response_mode mode;
    struct err ignored;
    size_t count = 0;
    if (code) {
        fields[count++] = (struct field){"code", code};
    } else {
        enum oauth_error error = oauth_error_of(err);
        bool is_ours = err->key && strcmp(err->key, oauth_error_word(error)) == 0;
        log_write(error == OAUTH_SERVER_ERROR ? LOG_ERROR : LOG_DEBUG, "authorization refused",
                  LOG_FIELDS(LOG_STR("request_id", http_request_id(request)), LOG_ERR(err)));
        fields[count++] = (struct field){"error", oauth_error_word(error)};
        if (is_ours)
            fields[count++] = (struct field){"error_description", err->what};
    }
    if (asked->params.state)
        fields[count++] = (struct field){"state", asked->params.state};
    fields[count++] = (struct field){"iss", oauth_issuer(request_app(request))};
    if (!oauth_response_mode_read(&asked->params, &mode, &ignored))
        mode = RESPONSE_QUERY;
    if (mode == RESPONSE_FORM_POST)
        answer_by_form(request, asked, fields, count);
    else
        answer_by_address(request, asked->params.redirect_uri, mode == RESPONSE_FRAGMENT, fields,
                          count);
}
