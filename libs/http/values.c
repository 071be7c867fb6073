/* Query, form and JSON body as one list of named values. */
#include <string.h>

#include "base/utf8.h"
#include "http/private.h"
#include "json/read.h"

static bool add_value(struct values *values, struct value of, struct arena *arena)
{
    struct value *value = arena_alloc(arena, sizeof(*value));
    if (!value)
        return false;
    *value = of;
    if (values->last)
        values->last->next = value;
    else
        values->first = value;
    values->last = value;
    values->count++;
    return true;
}

static bool add(struct values *values, const char *name, const char *text, const cJSON *node,
                struct arena *arena)
{
    return add_value(values, (struct value){.name = name, .text = text, .node = node}, arena);
}

/* Reads "a=1&b[]=2"; decodes in place. */
bool values_add_pairs(struct values *values, char *text, size_t pairs_max, struct arena *arena,
                      struct err *err)
{
    size_t length, count = 0;
    char *pair;
    while ((pair = strsep(&text, "&"))) {
        if (*pair == '\0')
            continue;
        if (++count > pairs_max)
            return err_set(err, ERR_REQUEST_INVALID, "more than %zu parameters", pairs_max);
        char *value = strchr(pair, '=');
        if (value)
            *value++ = '\0';
        else
            value = pair + strlen(pair); /* "a" is "a=" */
        if (!percent_decode(pair, true, &length) || !percent_decode(value, true, &length))
            return err_set(err, ERR_REQUEST_INVALID, "a parameter is badly encoded");
        if (!add(values, pair, value, NULL, arena))
            return err_set(err, ERR_BUSY, "no memory for parameters");
    }
    return true;
}

static const char *node_text(const cJSON *node)
{
    if (cJSON_IsString(node) || cJSON_IsNumber(node))
        return node->valuestring;
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? "true" : "false";
    return NULL;
}

bool values_add_tree(struct values *values, const cJSON *object, struct arena *arena,
                     struct err *err)
{
    assert(cJSON_IsObject(object));
    for (const cJSON *node = object->child; node; node = node->next)
        if (!add(values, node->string, node_text(node), node, arena))
            return err_set(err, ERR_BUSY, "no memory for parameters");
    return true;
}

static bool add_file(struct values *values, const struct multipart_part *part, struct arena *arena)
{
    struct param_file *file = arena_alloc(arena, sizeof(*file));
    if (!file)
        return false;
    *file = (struct param_file){.filename = part->filename,
                                .media_type = part->media_type,
                                .bytes = part->bytes,
                                .length = part->length};
    return add_value(values, (struct value){.name = part->name, .file = file}, arena);
}

bool values_add_multipart(struct values *values, const struct multipart *form, struct arena *arena,
                          struct err *err)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct multipart_part *part = &form->parts[i];
        if (part->filename) {
            if (!add_file(values, part, arena))
                return err_set(err, ERR_BUSY, "no memory for parameters");
            continue;
        }
        if (part->length > PARAM_TEXT_BYTES_MAX || memchr(part->bytes, '\0', part->length) ||
            !utf8_is_valid(part->bytes, part->length))
            return err_set(err, ERR_BODY_INVALID, "a field of the form is no text");
        const char *text = arena_strndup(arena, part->bytes, part->length);
        if (!text || !add(values, part->name, text, NULL, arena))
            return err_set(err, ERR_BUSY, "no memory for parameters");
    }
    return true;
}

const struct value *values_find(const struct values *values, const char *name)
{
    const struct value *found = NULL;
    for (const struct value *value = values->first; value; value = value->next)
        if (strcmp(value->name, name) == 0)
            found = value;
    return found;
}
