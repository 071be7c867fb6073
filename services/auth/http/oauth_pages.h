/*
 * oauth_pages.h: the pages that people see. They are filled on the server and need no script; the
 * Content-Security-Policy allows none, no frame around them, and forms only to ourselves and, where a
 * form leads back to a client, to that one's address.
 */
#ifndef AUTH_HTTP_OAUTH_PAGES_H
#define AUTH_HTTP_OAUTH_PAGES_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"
#include "base/str.h"
#include "http/http.h"

enum oauth_page {
    PAGE_LAYOUT,
    PAGE_LOGIN,
    PAGE_CONSENT,
    PAGE_DEVICE,
    PAGE_LOGOUT,
    PAGE_POST,
    PAGE_MESSAGE,
    PAGES_COUNT
};

struct oauth_pages;

/* Reads the templates of OAUTH_TEMPLATES_DIR into app->pages. ERR_CONFIG. */
bool oauth_pages_open(struct auth *app, struct err *err) MUST_CHECK;
void oauth_pages_close(struct auth *app);
const char *oauth_pages_style(const struct auth *app);

struct page {
    enum oauth_page kind;
    int status; /* 0: 200 */
    const char *title;
    const char *problem;     /* NULL: none */
    const char *form_target; /* an address that the form may lead to; NULL: ourselves alone */
    const char *image;       /* an address of a picture; NULL: none */
};

/* `values`: members of a JSON object, without braces ("\"flow\":\"...\""). */
void page_reply(struct http_request *request, const struct page *page, const struct str *values);
/* A page that says why it does not go on. */
void page_reply_err(struct http_request *request, const struct err *err);
void page_reply_message(struct http_request *request, int status, const char *title,
                        const char *text);

/* Appends ,"name":"value" (NULL: null), with a ',' in front unless it is the first. */
void page_value(struct str *values, const char *name, const char *value);

#endif
