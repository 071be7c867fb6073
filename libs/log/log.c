#include "log/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

enum { LOG_SERVICE_MAX = 32, LOG_TIME_SIZE = 40 };

/* The sink. Written by log_open() before there are threads; the level and the descriptor may be
 * changed later. */
static struct {
    char service[LOG_SERVICE_MAX];
    atomic_int level, fd;
} sink = {.level = LOG_INFO, .fd = STDERR_FILENO};

static const char *const level_names[] = {"debug", "info", "warning", "error"};

/* A line on the stack. What does not fit is left out whole: the line stays valid JSON. */
struct line {
    size_t length;
    char data[LOG_LINE_MAX];
};

/* Kept free for the closing brace, the newline, and the mark of a cut line. */
static const char cut_mark[] = ",\"cut\":true";
enum { LINE_RESERVE = sizeof(cut_mark) + 2 };

void log_open(const char *service, enum log_level level)
{
    snprintf(sink.service, sizeof(sink.service), "%s", service);
    atomic_store(&sink.level, (int)level);
}

bool log_level_parse(const char *name, enum log_level *ret_level)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_set_fd(int fd)
{
    atomic_store(&sink.fd, fd);
}

static bool line_add(struct line *line, const char *bytes, size_t length)
{
    if (length > sizeof(line->data) - LINE_RESERVE - line->length)
        return false;
    memcpy(line->data + line->length, bytes, length);
    line->length += length;
    return true;
}

static bool line_add_char(struct line *line, const char *at, size_t left, size_t *ret_step)
{
    char escape[8];
    size_t step = utf8_length(at, left);
    *ret_step = step > 0 ? step : 1;
    if (step == 0)
        return line_add(line, "\xef\xbf\xbd", 3);
    if (*at == '"' || *at == '\\')
        return line_add(line, (const char[]){'\\', *at}, 2);
    /* C1 controls (U+0080..9F) move cursors on some terminals too. */
    if (step == 2 && (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] < 0xa0) {
        snprintf(escape, sizeof(escape), "\\u00%02x", (unsigned char)at[1]);
        return line_add(line, escape, 6);
    }
    if ((unsigned char)*at < 0x20 || *at == 0x7f) {
        snprintf(escape, sizeof(escape), "\\u00%02x", (unsigned char)*at);
        return line_add(line, escape, 6);
    }
    return line_add(line, at, step);
}

/* A JSON string. A text that does not fit ends early, but its quotes are closed. */
static bool line_add_string(struct line *line, const char *text)
{
    size_t left = strlen(text), step;
    if (sizeof(line->data) - LINE_RESERVE - line->length < 2)
        return false;
    line->data[line->length++] = '"';
    for (; left > 0; text += step, left -= step) {
        size_t before = line->length;
        if (!line_add_char(line, text, left, &step) ||
            line->length > sizeof(line->data) - LINE_RESERVE - 1) {
            line->length = before;
            break;
        }
    }
    line->data[line->length++] = '"';
    return left == 0;
}

static bool line_add_field(struct line *line, const struct log_field *field)
{
    char number[24];
    size_t before = line->length;
    if (!line_add(line, ",", 1) || !line_add_string(line, field->key) || !line_add(line, ":", 1)) {
        line->length = before;
        return false;
    }
    int length = 0;
    switch (field->kind) {
    case LOG_FIELD_STR:
        /* A cut text is still worth its line: only one that left no room at all goes. */
        if (!field->text ? line_add(line, "null", 4) : line_add_string(line, field->text))
            return true;
        if (line->data[line->length - 1] == ':')
            line->length = before;
        return false;
    case LOG_FIELD_I64:
        length = snprintf(number, sizeof(number), "%lld", (long long)field->number);
        break;
    case LOG_FIELD_U64:
        length = snprintf(number, sizeof(number), "%llu", (unsigned long long)field->number);
        break;
    }
    if (line_add(line, number, (size_t)length))
        return true;
    line->length = before;
    return false;
}

/* "2026-11-20T14:03:00.123456Z" */
static void time_text(char text[static LOG_TIME_SIZE])
{
    char seconds[CLOCK_ISO_SIZE];
    int64_t now_us = clock_now_us(&clock_real);
    clock_iso(now_us, seconds);
    snprintf(text, LOG_TIME_SIZE, "%.19s.%06dZ", seconds, (int)(now_us % 1000000));
}

/* One write(2): lines of threads never mix. A sink that is gone is no reason to stop. */
static void line_write(const struct line *line)
{
    size_t done = 0;
    int fd = atomic_load(&sink.fd);
    while (done < line->length) {
        ssize_t wrote = write(fd, line->data + done, line->length - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return;
        done += (size_t)wrote;
    }
}

void log_write(enum log_level level, const char *message, const struct log_field *fields,
               size_t count)
{
    struct line line = {.length = 0};
    char now[LOG_TIME_SIZE];

    if ((int)level < atomic_load_explicit(&sink.level, memory_order_relaxed))
        return;
    assert((unsigned)level < ARRAY_LEN(level_names));
    time_text(now);
    bool whole = line_add(&line, "{\"time\":", 8) && line_add_string(&line, now);
    const struct log_field head[] = {
        LOG_STR("level", level_names[level]),
        LOG_STR("service", sink.service),
        LOG_STR("message", message),
    };
    for (size_t i = 0; i < ARRAY_LEN(head); i++)
        whole = line_add_field(&line, &head[i]) && whole;
    for (size_t i = 0; i < count; i++)
        if (fields[i].key)
            whole = line_add_field(&line, &fields[i]) && whole;
    if (!whole) {
        memcpy(line.data + line.length, cut_mark, sizeof(cut_mark) - 1);
        line.length += sizeof(cut_mark) - 1;
    }
    line.data[line.length++] = '}';
    line.data[line.length++] = '\n';
    assert(line.length <= sizeof(line.data));
    line_write(&line);
}
