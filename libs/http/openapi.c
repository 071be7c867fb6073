/* The route table as an OpenAPI 3.0 document. */
#include <ctype.h>
#include <string.h>

#include "http/http.h"
#include "http/private.h"

typedef bool select_route(const struct http_route *route);

struct printer {
    const struct http_route *routes;
    const struct openapi_info *info;
    select_route *select;
    struct str *out;
};

static void add_pair(struct str *out, const char *key, const char *text)
{
    json_write_string(out, key);
    str_add_char(out, ':');
    json_write_string(out, text);
}

/* A comma before everything but the first element of an object or array. */
static void next(struct str *out)
{
    char last = out->length > 0 ? out->data[out->length - 1] : '{';
    if (last != '{' && last != '[')
        str_add_char(out, ',');
}

static bool is_selected(const struct printer *printer, const struct http_route *route)
{
    /* "*" answers any verb below a prefix: there is no operation to describe. */
    bool any_verb = strcmp(route->method, "*") == 0;
    return !any_verb && (!printer->select || printer->select(route));
}

/* ---- parameters ---- */

static void add_words(struct str *out, const char *words)
{
    str_add(out, ",\"enum\":[");
    for (const char *at = words; *at;) {
        size_t length = strcspn(at, " ");
        next(out);
        json_write_string_bytes(out, at, length);
        at += length;
        at += strspn(at, " ");
    }
    str_add_char(out, ']');
}

static const char *type_of(enum param_kind kind)
{
    switch (kind) {
    case PARAM_I64:
        return "\"type\":\"integer\",\"format\":\"int64\"";
    case PARAM_DEC:
        return "\"type\":\"string\",\"format\":\"decimal\"";
    case PARAM_BOOL:
        return "\"type\":\"boolean\"";
    case PARAM_TIME:
        return "\"type\":\"string\",\"format\":\"date-time\"";
    case PARAM_FILES:
        return "\"type\":\"string\",\"format\":\"binary\"";
    case PARAM_TEXT:
    case PARAM_JSON:
    case PARAM_NESTED:
    case PARAM_MULTI:
        break;
    }
    return "\"type\":\"string\"";
}

static void add_bounds(struct str *out, const struct param *row)
{
    if (!(row->flags & PARAM_RANGE))
        return;
    bool is_text = row->kind == PARAM_TEXT || row->kind == PARAM_NESTED;
    if (row->kind == PARAM_I64 || row->kind == PARAM_TIME)
        str_add_format(out, ",\"minimum\":%lld,\"maximum\":%lld", (long long)row->min,
                       (long long)row->max);
    else if (is_text && row->max > 0)
        str_add_format(out, ",\"maxLength\":%lld", (long long)row->max);
}

static void add_fallback(struct str *out, const struct param *row)
{
    bool is_word = row->kind == PARAM_I64 || row->kind == PARAM_BOOL;
    if (!row->fallback || row->kind == PARAM_MULTI)
        return;
    str_add(out, ",\"default\":");
    if (is_word)
        str_add(out, row->fallback);
    else
        json_write_string(out, row->fallback);
}

static void add_param_schema(struct str *out, const struct param *row, bool with_doc)
{
    bool is_list = row->kind == PARAM_MULTI || row->kind == PARAM_FILES;
    str_add(out, is_list ? "{\"type\":\"array\",\"items\":{" : "{");
    str_add(out, type_of(row->kind));
    if (row->values)
        add_words(out, row->values);
    add_bounds(out, row);
    add_fallback(out, row);
    if (is_list)
        str_add_char(out, '}');
    if (with_doc && row->doc) {
        str_add_char(out, ',');
        add_pair(out, "description", row->doc);
    }
    str_add_char(out, '}');
}

static void add_parameter(struct str *out, const struct param *row, const char *in)
{
    bool required = row->flags & (PARAM_REQUIRED | PARAM_IN_PATH);
    bool is_list = row->kind == PARAM_MULTI;
    next(out);
    str_add(out, "{\"name\":\"");
    str_add(out, row->name);
    str_add(out, is_list ? "[]\"," : "\",");
    add_pair(out, "in", in);
    str_add(out, required ? ",\"required\":true," : ",");
    if (row->doc) {
        add_pair(out, "description", row->doc);
        str_add_char(out, ',');
    }
    str_add(out, "\"schema\":");
    add_param_schema(out, row, false);
    str_add_char(out, '}');
}

/* Segments that no row reads (a handler may read the path itself). */
static void add_unread_segments(struct str *out, const struct http_route *route)
{
    for (const char *at = strstr(route->path, "/:"); at; at = strstr(at, "/:")) {
        at += 2;
        size_t length = strcspn(at, "/");
        bool read = false;
        for (const struct param *row = route->params; row && row->name; row++)
            read = read || ((row->flags & PARAM_IN_PATH) && strlen(row->name) == length &&
                            memcmp(row->name, at, length) == 0);
        if (read)
            continue;
        next(out);
        str_add(out, "{\"name\":");
        json_write_string_bytes(out, at, length);
        str_add(out, ",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}");
    }
}

static bool has_body(const struct http_route *route)
{
    return strcmp(route->method, "GET") != 0 && strcmp(route->method, "DELETE") != 0;
}

static void add_parameters(struct str *out, const struct http_route *route)
{
    str_add(out, ",\"parameters\":[");
    for (const struct param *row = route->params; row && row->name; row++)
        if ((row->flags & PARAM_IN_PATH) || !has_body(route))
            add_parameter(out, row, row->flags & PARAM_IN_PATH ? "path" : "query");
    add_unread_segments(out, route);
    str_add_char(out, ']');
}

static void add_body_schema(struct str *out, const struct http_route *route)
{
    bool any_required = false;
    str_add(out, "{\"type\":\"object\",\"properties\":{");
    for (const struct param *row = route->params; row->name; row++) {
        if (row->flags & PARAM_IN_PATH)
            continue;
        next(out);
        json_write_string(out, row->name);
        str_add_char(out, ':');
        add_param_schema(out, row, true);
        any_required = any_required || (row->flags & PARAM_REQUIRED);
    }
    str_add_char(out, '}');
    if (any_required)
        str_add(out, ",\"required\":[");
    for (const struct param *row = route->params; row->name; row++) {
        if ((row->flags & PARAM_IN_PATH) || !(row->flags & PARAM_REQUIRED))
            continue;
        next(out);
        json_write_string(out, row->name);
    }
    str_add(out, any_required ? "]}" : "}");
}

static void add_body(struct str *out, const struct http_route *route)
{
    static const char *const types[] = {"application/json", "application/x-www-form-urlencoded"};
    bool any = false, has_files = false;
    for (const struct param *row = route->params; row && row->name; row++) {
        any = any || !(row->flags & PARAM_IN_PATH);
        has_files = has_files || row->kind == PARAM_FILES;
    }
    if (!any || !has_body(route))
        return;
    str_add(out, ",\"requestBody\":{\"content\":{");
    for (size_t i = 0; i < (has_files ? 1 : ARRAY_LEN(types)); i++) {
        next(out);
        json_write_string(out, has_files ? "multipart/form-data" : types[i]);
        str_add(out, ":{\"schema\":");
        add_body_schema(out, route);
        str_add_char(out, '}');
    }
    str_add(out, "}}");
}

/* ---- operations ---- */

static void add_responses(struct str *out, const struct http_route *route)
{
    static const char error_ref[] = "{\"$ref\":\"#/components/responses/Errors\"}";
    str_add_format(out, ",\"responses\":{\"%d\":{\"description\":\"Success.\"",
                   route_status(route));
    if (route->reply) {
        str_add(out, ",\"content\":{\"application/json\":{\"schema\":");
        str_add(out, route->reply_is_array ? "{\"type\":\"array\",\"items\":" : "");
        json_write_schema(out, route->reply);
        str_add(out, route->reply_is_array ? "}}}" : "}}");
    }
    str_add_char(out, '}');
    if (route->access != 0)
        str_add_format(out, ",\"401\":%s,\"403\":%s", error_ref, error_ref);
    str_add_format(out, ",\"404\":%s,\"422\":%s", error_ref, error_ref);
    str_add_format(out, ",\"default\":%s}", error_ref);
}

/* "getApiV2MarketOrdersId": unique, as verb and path are. */
static void add_operation_id(struct str *out, const struct http_route *route)
{
    bool upper = true;
    str_add(out, "\"operationId\":\"");
    for (const char *at = route->method; *at; at++)
        str_add_char(out, (char)tolower((unsigned char)*at));
    for (const char *at = route->path; *at; at++) {
        if (!isalnum((unsigned char)*at)) {
            upper = true;
            if (*at == ':')
                str_add(out, "By");
            continue;
        }
        str_add_char(out, upper ? (char)toupper((unsigned char)*at) : *at);
        upper = false;
    }
    str_add_char(out, '"');
}

static void add_operation(struct str *out, const struct http_route *route)
{
    next(out);
    str_add_char(out, '"');
    for (const char *at = route->method; *at; at++)
        str_add_char(out, (char)tolower((unsigned char)*at));
    str_add(out, "\":{");
    add_operation_id(out, route);
    str_add_char(out, ',');
    add_pair(out, "summary", route->doc ? route->doc : route->path);
    str_add(out, ",\"tags\":[");
    json_write_string(out, route->tag ? route->tag : "default");
    str_add(out, route->access != 0 ? "],\"security\":[{\"bearer\":[]}]" : "],\"security\":[]");
    add_parameters(out, route);
    add_body(out, route);
    add_responses(out, route);
    str_add_char(out, '}');
}

/* ":id" is "{id}". */
static void add_path(const struct printer *printer, const char *path)
{
    struct str *out = printer->out;
    next(out);
    str_add_char(out, '"');
    const char *base = printer->info->route_base;
    if (base && strncmp(path, base, strlen(base)) == 0) {
        str_add(out, printer->info->public_base);
        path += strlen(base);
    }
    for (const char *at = path; *at;) {
        size_t length = strcspn(at + 1, "/") + 1;
        if (at[1] == ':') {
            str_add(out, "/{");
            str_add_bytes(out, at + 2, length - 2);
            str_add_char(out, '}');
        } else {
            str_add_bytes(out, at, length);
        }
        at += length;
    }
    str_add(out, "\":{");
}

static bool is_first_of(const struct printer *printer, const struct http_route *route)
{
    for (const struct http_route *before = printer->routes; before < route; before++)
        if (is_selected(printer, before) && strcmp(before->path, route->path) == 0)
            return false;
    return true;
}

static void add_paths(const struct printer *printer)
{
    str_add(printer->out, ",\"paths\":{");
    for (const struct http_route *route = printer->routes; route->method; route++) {
        if (!is_selected(printer, route) || !is_first_of(printer, route))
            continue;
        add_path(printer, route->path);
        for (const struct http_route *same = route; same->method; same++)
            if (is_selected(printer, same) && strcmp(same->path, route->path) == 0)
                add_operation(printer->out, same);
        str_add_char(printer->out, '}');
    }
    str_add_char(printer->out, '}');
}

static const char *tag_of(const struct http_route *route)
{
    return route->tag ? route->tag : "default";
}

static void add_tags(const struct printer *printer)
{
    struct str *out = printer->out;
    str_add(out, ",\"tags\":[");
    for (const struct http_route *route = printer->routes; route->method; route++) {
        bool seen = !is_selected(printer, route);
        for (const struct http_route *before = printer->routes; before < route; before++)
            seen = seen ||
                   (is_selected(printer, before) && strcmp(tag_of(before), tag_of(route)) == 0);
        if (seen)
            continue;
        next(out);
        str_add_char(out, '{');
        add_pair(out, "name", tag_of(route));
        str_add(out, ",\"description\":\"Endpoints of the group ");
        str_add(out, tag_of(route));
        str_add(out, ".\"}");
    }
    str_add_char(out, ']');
}

static void add_components(struct str *out)
{
    str_add(out, ",\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\","
                 "\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"}},"
                 "\"responses\":{\"Errors\":{\"description\":\"Codes of what is wrong.\","
                 "\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
                 "\"properties\":{\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}"
                 "}}}}}}");
}

void http_print_openapi(const struct http_route *routes, const struct openapi_info *info,
                        bool (*select)(const struct http_route *route), struct str *out)
{
    struct printer printer = {routes, info, select, out};
    str_add(out, "{\"openapi\":\"3.0.3\",\"info\":{");
    add_pair(out, "title", info->title);
    str_add_char(out, ',');
    add_pair(out, "version", info->version);
    str_add_char(out, ',');
    add_pair(out, "description", info->description);
    if (info->license_name) {
        str_add(out, ",\"license\":{");
        add_pair(out, "name", info->license_name);
        str_add_char(out, ',');
        add_pair(out, "url", info->license_url);
        str_add_char(out, '}');
    }
    str_add_char(out, '}');
    str_add(out, ",\"servers\":[{\"url\":\"/\"}]");
    add_tags(&printer);
    add_paths(&printer);
    add_components(out);
    str_add_char(out, '}');
}
