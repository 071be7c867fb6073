#include "accounting/http/admin_support.h"

#include <string.h>
#include <strings.h>

#include "accounting/actions/change_rules.h"
#include "accounting/http/context.h"
#include "api/management.h"
#include "json/field.h"
#include "json/read.h"
#include "log/log.h"

/* ---- a change of the catalog ---- */

bool request_change(struct http_request *request, struct change *ret_change)
{
    struct db *db = request_db(request);
    if (!db)
        return false;
    *ret_change = (struct change){db, http_arena(request), clock_now_us(http_clock(request))};
    return true;
}

static void give_back(void *catalog)
{
    catalog_give_back(catalog);
}

const struct catalog *request_renewed_catalog(struct http_request *request, struct db *db)
{
    struct accounting *app = request_app(request);
    struct err err;
    if (!catalog_reload(app->catalogs, db, &err))
        log_warning("the catalog was not read again after a change",
                    LOG_STR("request_id", http_request_id(request)), LOG_ERR(&err));
    const struct catalog *catalog = catalog_take(app->catalogs);
    union {
        const struct catalog *to;
        void *object;
    } taken = {.to = catalog};
    if (arena_defer(http_arena(request), give_back, taken.object))
        return catalog;
    catalog_give_back(catalog);
    return request_catalog(request);
}

void reply_code(struct http_request *request, const char *code)
{
    struct err err;
    err_set_key(&err, ERR_INVALID, code, "%s", code);
    http_reply_err(request, &err);
}

void reply_refusal(struct http_request *request, const struct err *err)
{
    const char *sentence = err->what;
    if (err->code != ERR_INVALID || err->key) {
        http_reply_err(request, err);
        return;
    }
    if (!management_is_path(request)) {
        http_reply_codes(request, &sentence, 1);
        return;
    }
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"errors\":");
    json_write_string(out, sentence);
    str_add_char(out, '}');
    http_reply_built(request, err_status(err->code));
}

bool permit_given_or_reply(struct http_request *request, const char *action, const char *subject,
                           const char *key)
{
    struct err err;
    const struct param *row = http_route_of(request)->params;
    for (; row && row->name; row++) {
        if (strcmp(row->name, key) == 0 || !http_param_given(request, row->name))
            continue;
        if (!request_permit_attribute(request, action, subject, row->name, &err)) {
            http_reply_err(request, &err);
            return false;
        }
    }
    return true;
}

/* ---- lists ---- */

struct listing listing_of(struct http_request *request, const struct paging *paging,
                          const struct ordering *ordering)
{
    return (struct listing){
        .arena = http_arena(request),
        .where = STR_INIT(LISTING_BYTES_MAX),
        .order_by = ordering->order_by,
        .descending = ordering_is_descending(ordering),
        .limit = paging_limit(paging),
        .offset = paging_offset(paging),
    };
}

void *admin_alloc_or_reply(struct http_request *request, size_t count, size_t size)
{
    struct err err;
    void *room = arena_alloc(http_arena(request), (count ? count : 1) * size);
    if (!room && !err_set(&err, ERR_BUSY, "no memory for %zu rows", count))
        http_reply_err(request, &err);
    return room;
}

/* ---- checks ---- */

bool check_currency_lower(struct http_request *request, const char *code)
{
    return catalog_currency(request_catalog(request), code) != NULL;
}

bool check_currency(struct http_request *request, const char *code)
{
    char lower[CURRENCY_ID_SIZE];
    size_t length = strlen(code), uppers = 0, lowers = 0;
    if (length >= sizeof(lower))
        return false;
    for (size_t i = 0; i <= length; i++) {
        bool is_upper = code[i] >= 'A' && code[i] <= 'Z';
        uppers += is_upper;
        lowers += code[i] >= 'a' && code[i] <= 'z';
        lower[i] = is_upper ? (char)(code[i] - 'A' + 'a') : code[i];
    }
    return (uppers == 0 || lowers == 0) && check_currency_lower(request, lower);
}

bool check_visible_currency(struct http_request *request, const char *code)
{
    const struct currency *currency =
        catalog_currency(request_catalog(request), lower_text(http_arena(request), code));
    return currency && currency->is_visible;
}

bool check_blockchain_key(struct http_request *request, const char *key)
{
    return catalog_blockchain(request_catalog(request), key) != NULL;
}

bool check_blockchain_name(struct http_request *request, const char *name)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->blockchains_count; i++)
        if (catalog->blockchains[i].name && strcmp(catalog->blockchains[i].name, name) == 0)
            return true;
    return false;
}

bool check_blockchain_client(struct http_request *request, const char *client)
{
    (void)request;
    for (size_t i = 0; blockchain_clients[i]; i++)
        if (strcmp(blockchain_clients[i], client) == 0)
            return true;
    return false;
}

bool check_url(struct http_request *request, const char *url)
{
    (void)request;
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
    return url[0] == '\0' || (scheme > 0 && url[scheme] != '\0' && !strpbrk(url, " \t\r\n"));
}

bool check_urls(struct http_request *request, const char *urls)
{
    struct err ignored;
    (void)request;
    return urls[0] == '\0' || rule_urls("Server", urls, &ignored);
}

bool check_any_market(struct http_request *request, const char *id)
{
    return catalog_market(request_catalog(request), id) != NULL;
}

bool check_market_or_any(struct http_request *request, const char *id)
{
    return strcmp(id, "any") == 0 || check_any_market(request, id);
}

bool check_engine_name(struct http_request *request, const char *name)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->engines_count; i++)
        if (strcasecmp(catalog->engines[i].name, name) == 0)
            return true;
    return false;
}

bool check_engine_name_free(struct http_request *request, const char *name)
{
    return !check_engine_name(request, name);
}

bool check_no_subunits(struct http_request *request, const char *base_factor)
{
    (void)base_factor;
    return !http_param_given(request, "subunits");
}

bool check_json_object(struct http_request *request, const char *text)
{
    struct err ignored;
    (void)request;
    return text[strspn(text, " \t\r\n")] == '{' && json_check(text, strlen(text), &ignored);
}
