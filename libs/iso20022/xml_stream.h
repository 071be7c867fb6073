/*
 * xml_stream.h: how this library reads what a bank sends: XML by expat as it streams by, with the path of the
 * element that is open, and the texts of the places that a format names. Internal to the library.
 *
 * Refused, with the line: a document type (so there are no entities: nothing to expand, nothing to fetch), a root
 * that is not `Document` of the format's namespace, elements nested too deeply, and a text that is longer than its
 * place.
 */
#ifndef ISO20022_XML_STREAM_H
#define ISO20022_XML_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { XML_DEPTH_MAX = 32, XML_PATH_SIZE = 512, XML_VALUE_SIZE = 1024 };

struct xml_stream;

/* The text of the element at `path` goes to `offset` of the reader. */
struct xml_place {
    const char *path;
    size_t offset, size;
};

struct xml_format {
    const char *name_space; /* how it begins */
    const char *refusal;    /* what anything else is told */
    const struct xml_place *places;
    size_t places_count;
    void (*begin)(struct xml_stream *stream, void *reader, const char **attributes);
    /* What is at a place is kept by xml_keep(). */
    bool (*end)(struct xml_stream *stream, void *reader);
};

struct xml_stream {
    const struct xml_format *format;
    void *parser, *reader;
    struct err *err;
    bool failed;
    char path[XML_PATH_SIZE];
    size_t path_length, depth;
    char value[XML_VALUE_SIZE]; /* at the end of an element: its text, without blanks around it */
    size_t value_length;
    bool value_cut;
};

bool xml_read(const struct xml_format *format, void *reader, const char *text, size_t length,
              struct err *err) MUST_CHECK;

bool xml_is_at(const struct xml_stream *stream, const char *path);
size_t xml_line(const struct xml_stream *stream);
/* An element of elements has no text of its own. */
bool xml_keep(struct xml_stream *stream);
/* False, always: ERR_BODY_INVALID with the line. */
bool xml_fail(struct xml_stream *stream, const char *why);
/* False, always: `err` says why already. */
bool xml_stop(struct xml_stream *stream);
/* Attribute `Ccy`, when it has three letters. */
void xml_currency(const char **attributes, char *ret_currency);

#endif
