/* A template is a list of pieces; a section knows the piece that ends it. */
#include "template/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"
#include "json/read.h"

enum { NAME_BYTES_MAX = 64 };

enum piece_kind { PIECE_TEXT, PIECE_VALUE, PIECE_RAW, PIECE_SECTION, PIECE_INVERSE, PIECE_END };

struct piece {
    enum piece_kind kind;
    const char *text; /* into template->text */
    size_t length;
    size_t end; /* PIECE_SECTION, PIECE_INVERSE: its PIECE_END */
};

struct template
{
    char *text;
    struct piece *pieces;
    size_t count, capacity;
};

/* ---- reading ---- */

struct parser {
    struct template *template;
    const char *at, *end;
    size_t open[TEMPLATE_DEPTH_MAX]; /* sections that wait for their end */
    size_t depth;
};

struct tag {
    enum piece_kind kind;
    bool is_remark;
    const char *name;
    size_t name_length;
    const char *start, *end; /* with its braces */
};

static bool refuse(const struct parser *parser, const char *at, const char *what, struct err *err)
{
    size_t line = 1;
    for (const char *c = parser->template->text; c < at; c++)
        line += *c == '\n';
    return err_set(err, ERR_CONFIG, "template, line %zu: %s", line, what);
}

static bool piece_add(struct template *template, struct piece piece)
{
    if (template->count == TEMPLATE_PIECES_MAX)
        return false;
    if (template->count == template->capacity) {
        size_t capacity = template->capacity ? template->capacity * 2 : 32;
        struct piece *pieces = realloc(template->pieces, capacity * sizeof(*pieces));
        if (!pieces)
            return false;
        template->pieces = pieces;
        template->capacity = capacity;
    }
    template->pieces[template->count++] = piece;
    return true;
}

static bool is_name(const char *text, size_t length)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    if (length == 0 || length >= NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!memchr(allowed, text[i], sizeof(allowed) - 1))
            return false;
    return true;
}

static bool tag_read(const struct parser *parser, const char *start, struct tag *ret_tag,
                     struct err *err)
{
    struct tag tag = {.kind = PIECE_VALUE, .start = start};
    size_t left = (size_t)(parser->end - start);
    bool raw = left > 2 && start[2] == '{';
    const char *name = start + (raw ? 3 : 2);
    const char *close = memmem(name, (size_t)(parser->end - name), raw ? "}}}" : "}}", raw ? 3 : 2);
    if (!close)
        return refuse(parser, start, "a tag does not end", err);
    tag.end = close + (raw ? 3 : 2);
    if (raw)
        tag.kind = PIECE_RAW;
    else if (*name == '#')
        tag.kind = PIECE_SECTION;
    else if (*name == '^')
        tag.kind = PIECE_INVERSE;
    else if (*name == '/')
        tag.kind = PIECE_END;
    else if (*name == '!')
        tag.is_remark = true;
    if (tag.is_remark || (tag.kind != PIECE_VALUE && tag.kind != PIECE_RAW))
        name++;
    while (name < close && *name == ' ')
        name++;
    while (close > name && close[-1] == ' ')
        close--;
    tag.name = name;
    tag.name_length = (size_t)(close - name);
    if (!tag.is_remark && !is_name(tag.name, tag.name_length))
        return refuse(parser, start, "a tag without a proper name", err);
    *ret_tag = tag;
    return true;
}

/* Whether the tag is alone on its line; then the line, with its end, goes away with it. */
static bool tag_is_alone(const struct parser *parser, const struct tag *tag, const char **ret_start,
                         const char **ret_end)
{
    const char *start = tag->start, *end = tag->end;
    if (!tag->is_remark && (tag->kind == PIECE_VALUE || tag->kind == PIECE_RAW))
        return false;
    while (start > parser->at && (start[-1] == ' ' || start[-1] == '\t'))
        start--;
    while (end < parser->end && (*end == ' ' || *end == '\t' || *end == '\r'))
        end++;
    if ((start > parser->template->text && start[-1] != '\n') ||
        (end < parser->end && *end != '\n'))
        return false;
    *ret_start = start;
    *ret_end = end < parser->end ? end + 1 : end;
    return true;
}

static bool section_close(struct parser *parser, const struct tag *tag, struct err *err)
{
    if (parser->depth == 0)
        return refuse(parser, tag->start, "a section ends that did not begin", err);
    struct piece *begin = &parser->template->pieces[parser->open[--parser->depth]];
    if (begin->length != tag->name_length || memcmp(begin->text, tag->name, tag->name_length) != 0)
        return refuse(parser, tag->start, "another section is open", err);
    begin->end = parser->template->count;
    return true;
}

static bool tag_take(struct parser *parser, const struct tag *tag, struct err *err)
{
    struct template *template = parser->template;
    const char *start = tag->start, *end = tag->end;
    tag_is_alone(parser, tag, &start, &end);
    bool room = start == parser->at ||
                piece_add(template, (struct piece){.kind = PIECE_TEXT,
                                                   .text = parser->at,
                                                   .length = (size_t)(start - parser->at)});
    if (room && tag->kind == PIECE_END && !section_close(parser, tag, err))
        return false;
    if (room && (tag->kind == PIECE_SECTION || tag->kind == PIECE_INVERSE)) {
        if (parser->depth == TEMPLATE_DEPTH_MAX)
            return refuse(parser, tag->start, "sections are nested too deep", err);
        parser->open[parser->depth++] = template->count;
    }
    if (room && !tag->is_remark)
        room = piece_add(
            template,
            (struct piece){.kind = tag->kind, .text = tag->name, .length = tag->name_length});
    parser->at = end;
    return room || refuse(parser, tag->start, "too many tags", err);
}

static bool pieces_read(struct template *template, size_t length, struct err *err)
{
    struct parser parser = {template, template->text, template->text + length, {0}, 0};
    const char *start;
    while ((start = memmem(parser.at, (size_t)(parser.end - parser.at), "{{", 2))) {
        struct tag tag = {.name = NULL};
        if (!tag_read(&parser, start, &tag, err) || !tag_take(&parser, &tag, err))
            return false;
    }
    if (parser.depth > 0)
        return refuse(&parser, parser.end, "a section does not end", err);
    return parser.at == parser.end ||
           piece_add(template, (struct piece){.kind = PIECE_TEXT,
                                              .text = parser.at,
                                              .length = (size_t)(parser.end - parser.at)}) ||
           refuse(&parser, parser.at, "too many tags", err);
}

bool template_parse(const char *text, size_t length, struct template **ret_template,
                    struct err *err)
{
    if (length > TEMPLATE_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "a template above %d bytes", TEMPLATE_BYTES_MAX);
    struct template *template = calloc(1, sizeof(*template));
    if (template)
        template->text = malloc(length + 1);
    if (!template || !template->text) {
        template_free(template);
        return err_set(err, ERR_INTERNAL, "no memory for a template");
    }
    memcpy(template->text, text, length);
    template->text[length] = '\0';
    if (!pieces_read(template, length, err)) {
        template_free(template);
        return false;
    }
    *ret_template = template;
    return true;
}

bool template_open(const char *path, struct template **ret_template, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TEMPLATE_BYTES_MAX);
    if (!file_read(path, &text, err))
        return err_wrap(err, "template");
    return template_parse(str_data(&text), text.length, ret_template, err) ||
           err_wrap(err, "%s", path);
}

void template_free(struct template *template)
{
    if (!template)
        return;
    free(template->text);
    free(template->pieces);
    free(template);
}

/* ---- filling ---- */

struct filling {
    const struct template *template;
    enum template_escape escape;
    struct str *out;
    const cJSON *scopes[TEMPLATE_DEPTH_MAX + 1]; /* from the root to the innermost section */
    size_t depth;
};

/* The value of a name; NULL: absent. */
static const cJSON *value_find(const struct filling *filling, const struct piece *piece)
{
    char path[NAME_BYTES_MAX], *rest = path, *segment;
    memcpy(path, piece->text, piece->length);
    path[piece->length] = '\0';
    if (strcmp(path, ".") == 0)
        return filling->scopes[filling->depth];
    segment = strsep(&rest, ".");
    const cJSON *value = NULL;
    for (size_t i = filling->depth + 1; i > 0 && !value; i--)
        value = json_member(filling->scopes[i - 1], segment);
    while (value && (segment = strsep(&rest, ".")))
        value = json_member(value, segment);
    return value;
}

static bool value_is_empty(const cJSON *value)
{
    return !value || cJSON_IsNull(value) || cJSON_IsFalse(value) ||
           (cJSON_IsString(value) && value->valuestring[0] == '\0') ||
           (cJSON_IsArray(value) && !value->child);
}

static bool value_put(const struct filling *filling, const struct piece *piece, struct err *err)
{
    const cJSON *value = value_find(filling, piece);
    const char *text = NULL;
    if (cJSON_IsNull(value))
        text = "";
    else if (cJSON_IsString(value) || cJSON_IsNumber(value))
        text = value->valuestring; /* of a number: see json/read.h */
    else if (cJSON_IsBool(value))
        text = cJSON_IsTrue(value) ? "true" : "false";
    if (!text)
        return err_set(err, ERR_INTERNAL, "template: %.*s is %s", (int)piece->length, piece->text,
                       value ? "no text" : "absent");
    if (piece->kind == PIECE_RAW || filling->escape == TEMPLATE_TEXT)
        str_add(filling->out, text);
    else
        template_escape_html(filling->out, text);
    return true;
}

static bool pieces_fill(struct filling *filling, size_t from, size_t to, struct err *err);

static bool section_fill(struct filling *filling, size_t at, struct err *err)
{
    const struct piece *piece = &filling->template->pieces[at];
    const cJSON *value = value_find(filling, piece);
    bool empty = value_is_empty(value);
    if (piece->kind == PIECE_INVERSE)
        return !empty || pieces_fill(filling, at + 1, piece->end, err);
    if (empty)
        return true;
    assert(filling->depth < TEMPLATE_DEPTH_MAX);
    filling->depth++;
    bool good = true;
    if (cJSON_IsArray(value)) {
        for (const cJSON *item = value->child; item && good; item = item->next) {
            filling->scopes[filling->depth] = item;
            good = pieces_fill(filling, at + 1, piece->end, err);
        }
    } else {
        filling->scopes[filling->depth] = value;
        good = pieces_fill(filling, at + 1, piece->end, err);
    }
    filling->depth--;
    return good;
}

static bool pieces_fill(struct filling *filling, size_t from, size_t to, struct err *err)
{
    for (size_t at = from; at < to; at++) {
        const struct piece *piece = &filling->template->pieces[at];
        if (piece->kind == PIECE_TEXT) {
            str_add_bytes(filling->out, piece->text, piece->length);
        } else if (piece->kind == PIECE_VALUE || piece->kind == PIECE_RAW) {
            if (!value_put(filling, piece, err))
                return false;
        } else if (piece->kind != PIECE_END) {
            if (!section_fill(filling, at, err))
                return false;
            at = piece->end;
        }
    }
    return true;
}

bool template_fill(const struct template *template, enum template_escape escape,
                   const cJSON *values, struct str *out, struct err *err)
{
    struct filling filling = {
        .template = template, .escape = escape, .out = out, .scopes = {values}};
    if (!pieces_fill(&filling, 0, template->count, err))
        return false;
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for a filled template");
}

void template_escape_html(struct str *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (;;) {
        size_t plain = strcspn(text, special);
        str_add_bytes(out, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        str_add(out, entities[strchr(special, *text) - special]);
        text++;
    }
}
