#include "iso20022/xml_stream.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024, CURRENCY_LENGTH = 3 };

bool xml_stop(struct xml_stream *stream)
{
    stream->failed = true;
    XML_StopParser(stream->parser, XML_FALSE);
    return false;
}

size_t xml_line(const struct xml_stream *stream)
{
    return XML_GetCurrentLineNumber(stream->parser);
}

bool xml_fail(struct xml_stream *stream, const char *why)
{
    if (!stream->failed)
        err_set(stream->err, ERR_BODY_INVALID, "line %zu: %s", xml_line(stream), why);
    return xml_stop(stream);
}

bool xml_is_at(const struct xml_stream *stream, const char *path)
{
    return strcmp(stream->path, path) == 0;
}

bool xml_keep(struct xml_stream *stream)
{
    const struct xml_format *format = stream->format;
    if (stream->value_length == 0)
        return true;
    for (size_t i = 0; i < format->places_count; i++) {
        const struct xml_place *place = &format->places[i];
        if (!xml_is_at(stream, place->path))
            continue;
        if (stream->value_cut || stream->value_length >= place->size)
            return xml_fail(stream, "a text is longer than the standard has it");
        memcpy((char *)stream->reader + place->offset, stream->value, stream->value_length + 1);
        return true;
    }
    return true;
}

void xml_currency(const char **attributes, char *ret_currency)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], "Ccy") == 0 && strlen(attributes[i + 1]) == CURRENCY_LENGTH)
            memcpy(ret_currency, attributes[i + 1], CURRENCY_LENGTH + 1);
}

/* Banks break long lines; ids and names stay as they are but for blanks around them. */
static void trim(struct xml_stream *stream)
{
    size_t begin = strspn(stream->value, " \t\r\n"), end = stream->value_length;
    while (end > begin && strchr(" \t\r\n", stream->value[end - 1]))
        end--;
    memmove(stream->value, stream->value + begin, end - begin);
    stream->value_length = end - begin;
    stream->value[stream->value_length] = '\0';
}

static void forget_value(struct xml_stream *stream)
{
    stream->value_length = 0;
    stream->value[0] = '\0';
}

static bool push(struct xml_stream *stream, const char *name)
{
    const struct xml_format *format = stream->format;
    const char *bar = strrchr(name, '|');
    const char *local = bar ? bar + 1 : name;
    size_t length = strlen(local);
    if (stream->depth == 0 &&
        (!bar || strncmp(name, format->name_space, strlen(format->name_space)) != 0 ||
         strcmp(local, "Document") != 0))
        return xml_fail(stream, format->refusal);
    if (++stream->depth > XML_DEPTH_MAX || stream->path_length + length + 2 > XML_PATH_SIZE)
        return xml_fail(stream, "elements are nested too deeply");
    stream->path[stream->path_length++] = '/';
    memcpy(stream->path + stream->path_length, local, length + 1);
    stream->path_length += length;
    return true;
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct xml_stream *stream = user;
    if (stream->failed || !push(stream, name))
        return;
    forget_value(stream);
    stream->value_cut = false;
    stream->format->begin(stream, stream->reader, attributes);
}

static void on_text(void *user, const char *text, int length)
{
    struct xml_stream *stream = user;
    size_t add = length > 0 ? (size_t)length : 0, room = XML_VALUE_SIZE - 1 - stream->value_length;
    if (add > room)
        add = room, stream->value_cut = true;
    memcpy(stream->value + stream->value_length, text, add);
    stream->value_length += add;
    stream->value[stream->value_length] = '\0';
}

static void on_end(void *user, const char *name)
{
    struct xml_stream *stream = user;
    (void)name;
    if (stream->failed)
        return;
    trim(stream);
    if (!stream->format->end(stream, stream->reader))
        return;
    char *slash = strrchr(stream->path, '/');
    assert(slash && stream->depth > 0);
    *slash = '\0';
    stream->path_length = (size_t)(slash - stream->path);
    stream->depth--;
    /* What follows an inner element is no text of the outer one. */
    forget_value(stream);
}

static void on_doctype(void *user, const char *name, const char *system_id, const char *public_id,
                       int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    xml_fail(user, "a document type is not taken");
}

static bool parse(struct xml_stream *stream, const char *text, size_t length)
{
    for (size_t at = 0; at < length || length == 0; at += CHUNK) {
        size_t some = length - at < CHUNK ? length - at : CHUNK;
        bool is_last = at + some == length;
        if (XML_Parse(stream->parser, text + at, (int)some, is_last) == XML_STATUS_ERROR)
            return stream->failed
                       ? false
                       : xml_fail(stream, XML_ErrorString(XML_GetErrorCode(stream->parser)));
        if (is_last)
            break;
    }
    return !stream->failed;
}

bool xml_read(const struct xml_format *format, void *reader, const char *text, size_t length,
              struct err *err)
{
    struct xml_stream *stream = calloc(1, sizeof(*stream));
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    bool ok = false;
    if (stream && parser) {
        *stream =
            (struct xml_stream){.format = format, .parser = parser, .reader = reader, .err = err};
        XML_SetUserData(parser, stream);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
        ok = parse(stream, text, length);
    } else {
        err_set(err, ERR_BUSY, "no memory for a file");
    }
    if (parser)
        XML_ParserFree(parser);
    free(stream);
    return ok;
}
