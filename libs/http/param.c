/*
 * The rules of parameters, row by row: find the text, then missing -> type -> value -> length ->
 * empty. Nothing short-circuits between rows.
 */
#include "http/param.h"

#include <ctype.h>
#include <string.h>

#include "http/private.h"
#include "json/read.h"

struct reading {
    struct http_request *request;
    const struct http_route *route;
    struct codes *codes;
    bool quiet; /* a conditional row whose condition is false: no codes */
};

/* What the client sent for a row. */
struct found {
    bool given;       /* the key was there */
    bool wrong;       /* an object where a scalar belongs, a number that is too long, ... */
    const char *text; /* NULL: absent, or null */
};

static const char *const default_type_code = "invalid", *const default_value_code = "value";

static void add_code(struct reading *reading, const char *code)
{
    struct codes *codes = reading->codes;
    if (reading->quiet || codes->count == PARAM_CODES_MAX)
        return;
    for (size_t i = 0; i < codes->count; i++)
        if (strcmp(codes->items[i], code) == 0)
            return;
    codes->items[codes->count++] = code;
}

static void add_type_code(struct reading *reading, const struct param *row)
{
    add_code(reading, row->type_code ? row->type_code : default_type_code);
}

static void add_value_code(struct reading *reading, const struct param *row)
{
    add_code(reading, row->value_code ? row->value_code : default_value_code);
}

/* "<class>.<what>_<name>" */
static void add_composed_code(struct reading *reading, const struct param *row, const char *what)
{
    struct arena *arena = reading->request->arena;
    const char *class_name = reading->route->class_name ? reading->route->class_name : "server";
    size_t size = strlen(class_name) + strlen(what) + strlen(row->name) + 3;
    char *code = arena_alloc(arena, size);
    if (code)
        snprintf(code, size, "%s.%s_%s", class_name, what, row->name);
    add_code(reading, code ? code : what);
}

static void add_missing_code(struct reading *reading, const struct param *row)
{
    if (row->missing_code)
        add_code(reading, row->missing_code);
    else
        add_composed_code(reading, row, "missing");
}

static void add_empty_code(struct reading *reading, const struct param *row)
{
    if (row->empty_code)
        add_code(reading, row->empty_code);
    else
        add_composed_code(reading, row, "empty");
}

static bool is_numeric(const struct param *row)
{
    return row->kind == PARAM_I64 || row->kind == PARAM_DEC || row->kind == PARAM_BOOL ||
           row->kind == PARAM_TIME;
}

static bool has_value_rule(const struct param *row)
{
    const unsigned rules = PARAM_RANGE | PARAM_POSITIVE | PARAM_NOT_NEGATIVE;
    return row->values || row->check || (is_numeric(row) && (row->flags & rules));
}

/* ---- finding ---- */

static bool is_tree(const struct value *value)
{
    return cJSON_IsObject(value->node) || cJSON_IsArray(value->node);
}

static struct found found_scalar(const struct param *row, const struct value *value)
{
    char number[JSON_NUMBER_TEXT_SIZE];
    if (!value)
        return (struct found){.given = false};
    struct found found = {.given = true, .text = value->text, .wrong = is_tree(value)};
    if (row->kind == PARAM_DEC && cJSON_IsNumber(value->node))
        found.wrong = !json_number_text(value->node, number);
    return found;
}

static void delete_tree(void *root)
{
    cJSON_Delete(root);
}

/* The object of `value`: given in place, or as JSON text. NULL: it is none. */
static const cJSON *object_of(struct http_request *request, const struct value *value)
{
    struct err ignored;
    cJSON *root;
    if (cJSON_IsObject(value->node))
        return value->node;
    if (!value->text || value->text[strspn(value->text, " \t\r\n")] != '{' ||
        !json_read(value->text, strlen(value->text), &root, &ignored))
        return NULL;
    if (arena_defer(request->arena, delete_tree, root))
        return root;
    cJSON_Delete(root);
    return NULL;
}

/* "search[code]": as such in a query or form, or member `code` of `search`. */
static struct found found_nested(struct http_request *request, const struct param *row)
{
    const struct value *value = values_find(&request->values, row->name);
    if (value)
        return found_scalar(row, value);
    const char *bracket = strchr(row->name, '[');
    assert(bracket != NULL && row->name[strlen(row->name) - 1] == ']');
    char *outer = arena_strndup(request->arena, row->name, (size_t)(bracket - row->name));
    char *inner = arena_strndup(request->arena, bracket + 1, strlen(bracket) - 2);
    value = outer && inner ? values_find(&request->values, outer) : NULL;
    const cJSON *object = value ? object_of(request, value) : NULL;
    const cJSON *member = json_member(object, inner ? inner : "");
    if (!member)
        return (struct found){.given = false};
    if (!cJSON_IsString(member) && !cJSON_IsNumber(member))
        return (struct found){.given = true, .wrong = !cJSON_IsNull(member)};
    return (struct found){.given = true, .text = member->valuestring};
}

static struct found find(struct http_request *request, const struct param *row)
{
    if (row->flags & PARAM_IN_PATH) {
        int segment = route_segment(request->route, row->name);
        assert(segment >= 0);
        return (struct found){.given = true, .text = request->target.segments[segment]};
    }
    if (row->kind == PARAM_NESTED)
        return found_nested(request, row);
    return found_scalar(row, values_find(&request->values, row->name));
}

/* ---- texts ---- */

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n\f\v")] == '\0';
}

/* Trimmed and lower-cased, in ASCII; the client's bytes stay as they are. */
static const char *lower(struct http_request *request, const char *text)
{
    text += strspn(text, " \t\r\n\f\v");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n\f\v", text[length - 1]))
        length--;
    char *copy = arena_strndup(request->arena, text, length);
    if (!copy)
        return "";
    for (size_t i = 0; i < length; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return copy;
}

/* Rules of a text as it stands: the allowed words, and the service's own. */
static bool text_keeps_rules(struct reading *reading, const struct param *row, const char *text)
{
    if (row->values && !word_is_in(row->values, text))
        return false;
    return !row->check || row->check(reading->request, text);
}

static bool length_is_right(const struct param *row, const char *text)
{
    if (!(row->flags & PARAM_RANGE) || is_numeric(row))
        return true;
    size_t length = strlen(text);
    return length >= (size_t)(row->min > 0 ? row->min : 0) &&
           (row->max <= 0 || length <= (size_t)row->max);
}

/* ---- rows ---- */

static void use_fallback(struct reading *reading, const struct param *row)
{
    if (!row->fallback)
        return;
    bool converted = param_convert(row, row->fallback, reading->request->params);
    assert(converted);
}

static void read_missing(struct reading *reading, const struct param *row, bool required)
{
    if (!required) {
        use_fallback(reading, row);
        return;
    }
    add_missing_code(reading, row);
    if (row->required_if)
        return;
    if (has_value_rule(row))
        add_value_code(reading, row);
    if (row->flags & PARAM_NOT_BLANK)
        add_empty_code(reading, row);
}

/* "" for a number. Only a parameter that nobody needs may pass through. */
static void read_blank_number(struct reading *reading, const struct param *row, bool required)
{
    if (required && row->required_if) {
        add_missing_code(reading, row);
        return;
    }
    if (required && has_value_rule(row))
        add_value_code(reading, row);
    if (row->flags & PARAM_NOT_BLANK)
        add_empty_code(reading, row);
    else if (required && !has_value_rule(row))
        add_missing_code(reading, row);
    else if (!required)
        use_fallback(reading, row);
}

/* null for a text: a blank one where none may be blank, else no text. */
static void read_null(struct reading *reading, const struct param *row, bool required)
{
    if (!required || row->required_if || !(row->flags & PARAM_NOT_BLANK)) {
        read_missing(reading, row, required);
        return;
    }
    if (has_value_rule(row))
        add_value_code(reading, row);
    add_empty_code(reading, row);
}

static void read_text(struct reading *reading, const struct param *row, const char *text)
{
    void *params = reading->request->params;
    bool valid = strlen(text) <= PARAM_TEXT_BYTES_MAX && param_convert(row, text, params);
    if (!valid)
        add_type_code(reading, row);
    bool keeps = valid ? param_keeps_rule(row, params) : !has_value_rule(row);
    if (!text_keeps_rules(reading, row, text) || !keeps)
        add_value_code(reading, row);
    if (!length_is_right(row, text)) {
        if (row->length_code)
            add_code(reading, row->length_code);
        else
            add_value_code(reading, row);
    }
    if ((row->flags & PARAM_NOT_BLANK) && is_blank(text))
        add_empty_code(reading, row);
}

static void read_wrong(struct reading *reading, const struct param *row)
{
    add_type_code(reading, row);
    if (has_value_rule(row))
        add_value_code(reading, row);
}

static void read_scalar(struct reading *reading, const struct param *row, bool required)
{
    struct found found = find(reading->request, row);
    if (!found.given) {
        read_missing(reading, row, required);
    } else if (found.wrong) {
        read_wrong(reading, row);
    } else if (is_blank(found.text) && is_numeric(row)) {
        read_blank_number(reading, row, required);
    } else if (!found.text) {
        read_null(reading, row, required);
    } else if (row->flags & PARAM_LOWER) {
        read_text(reading, row, lower(reading->request, found.text));
    } else {
        read_text(reading, row, found.text);
    }
}

/* ---- lists ---- */

static bool list_add(struct param_list *list, const char *text)
{
    if (!text || list->count == PARAM_ITEMS_MAX)
        return false;
    list->items[list->count++] = text;
    return true;
}

/* Adds a scalar, or the elements of an array. */
static bool list_add_value(struct param_list *list, const struct value *value)
{
    if (!is_tree(value))
        return list_add(list, value->text);
    if (!cJSON_IsArray(value->node))
        return false;
    for (const cJSON *item = value->node->child; item; item = item->next)
        if (!list_add(list,
                      cJSON_IsString(item) || cJSON_IsNumber(item) ? item->valuestring : NULL))
            return false;
    return true;
}

/* Whether `name` is that of the row, or that with "[]". */
static bool is_named(const char *name, const char *row_name)
{
    size_t length = strlen(row_name);
    return strncmp(name, row_name, length) == 0 &&
           (name[length] == '\0' || strcmp(name + length, "[]") == 0);
}

static void check_list(struct reading *reading, const struct param *row, struct param_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (row->flags & PARAM_LOWER)
            list->items[i] = lower(reading->request, list->items[i]);
        if (!text_keeps_rules(reading, row, list->items[i]))
            add_value_code(reading, row);
        if ((row->flags & PARAM_NOT_BLANK) && is_blank(list->items[i]))
            add_empty_code(reading, row);
    }
}

static void read_list(struct reading *reading, const struct param *row, bool required)
{
    struct http_request *request = reading->request;
    struct param_list list = {.count = 0};
    bool given = false, right = true;
    list.items = arena_alloc(request->arena, PARAM_ITEMS_MAX * sizeof(*list.items));
    if (!list.items) {
        add_type_code(reading, row);
        return;
    }
    for (const struct value *value = request->values.first; value; value = value->next) {
        if (!is_named(value->name, row->name))
            continue;
        given = true;
        right = list_add_value(&list, value) && right;
    }
    if (!given && row->fallback && !required)
        given = list_add(&list, row->fallback);
    if (!given)
        read_missing(reading, row, required);
    if (!right)
        add_type_code(reading, row);
    check_list(reading, row, &list);
    memcpy((char *)request->params + row->offset, &list, sizeof(list));
}

/* ---- files ---- */

static void read_files(struct reading *reading, const struct param *row, bool required)
{
    struct http_request *request = reading->request;
    struct param_files files = {.count = 0};
    files.items = arena_alloc(request->arena, PARAM_ITEMS_MAX * sizeof(*files.items));
    if (!files.items) {
        add_type_code(reading, row);
        return;
    }
    for (const struct value *value = request->values.first; value; value = value->next) {
        if (!is_named(value->name, row->name))
            continue;
        if (value->file && files.count < PARAM_ITEMS_MAX)
            files.items[files.count++] = value->file;
        else
            files.others++;
    }
    if (files.count + files.others == 0)
        read_missing(reading, row, required);
    memcpy((char *)request->params + row->offset, &files, sizeof(files));
}

/* ---- JSON ---- */

/* The form "data[name]=x&data[iban]=y" as {"name":"x","iban":"y"}. */
static void print_members(struct http_request *request, const char *name, struct str *out)
{
    size_t length = strlen(name);
    bool any = false;
    for (const struct value *value = request->values.first; value; value = value->next) {
        const char *key = value->name + length;
        if (strncmp(value->name, name, length) != 0 || *key != '[' || !value->text)
            continue;
        size_t key_length = strcspn(++key, "]");
        if (key_length == 0 || strcmp(key + key_length, "]") != 0)
            continue;
        str_add_char(out, any ? ',' : '{');
        json_write_string_bytes(out, key, key_length);
        str_add_char(out, ':');
        json_write_string(out, value->text);
        any = true;
    }
    if (any)
        str_add_char(out, '}');
}

/* The JSON text of a parameter; NULL: none was given, or (`wrong`) it is not JSON. */
static const char *find_json(struct http_request *request, const struct param *row, bool *ret_wrong)
{
    const struct value *value = values_find(&request->values, row->name);
    struct str text = STR_INIT(PARAM_TEXT_BYTES_MAX);
    struct err ignored;
    const char *found = NULL;
    *ret_wrong = false;
    if (!value)
        print_members(request, row->name, &text);
    else if (is_tree(value))
        json_write_tree(value->node, &text);
    else if (!is_blank(value->text))
        found = value->text;
    if (text.length > 0)
        found = arena_strndup(request->arena, text.data, text.length);
    bool is_text = (row->flags & PARAM_OR_TEXT) && value && !is_tree(value);
    *ret_wrong = !str_ok(&text) ||
                 ((row->flags & PARAM_OR_TEXT) && value && cJSON_IsArray(value->node)) ||
                 (found && !is_text && !json_check(found, strlen(found), &ignored));
    str_release(&text);
    return found;
}

static void read_json(struct reading *reading, const struct param *row, bool required)
{
    bool wrong;
    const char *text = find_json(reading->request, row, &wrong);
    if (wrong)
        read_wrong(reading, row);
    else if (text)
        read_text(reading, row, text);
    else
        read_missing(reading, row, required);
}

void params_read(struct http_request *request, const struct http_route *route, struct codes *codes)
{
    struct reading reading = {.request = request, .route = route, .codes = codes};
    codes->count = 0;
    assert(route->params_size == 0 || request->params != NULL);
    for (const struct param *row = route->params; row && row->name; row++) {
        bool needed = row->required_if && row->required_if(request->params);
        bool required = row->required_if ? needed : (row->flags & PARAM_REQUIRED) != 0;
        reading.quiet = row->required_if && !needed;
        if (row->kind == PARAM_MULTI)
            read_list(&reading, row, required);
        else if (row->kind == PARAM_JSON)
            read_json(&reading, row, required);
        else if (row->kind == PARAM_FILES)
            read_files(&reading, row, required);
        else
            read_scalar(&reading, row, required);
    }
}
