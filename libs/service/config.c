#include "service/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "log/log.h"

enum { VALUE_SHOWN_MAX = 64, NAME_MAX_BYTES = 128 };

struct reading {
    char *config;
    struct str *mistakes;
    size_t count;
};

static void read_row(struct reading *reading, const struct config_row *row);

static bool is_hidden(const struct config_row *row)
{
    return row->kind == CONFIG_SECRET || row->kind == CONFIG_FILE;
}

static bool is_text(const struct config_row *row)
{
    return row->kind == CONFIG_TEXT || is_hidden(row);
}

/* The field of a text row: the struct holds const char *, we own what it points to. */
static char **text_of(char *config, const struct config_row *row)
{
    return (char **)(void *)(config + row->offset);
}

const struct config_row *config_row_find(const struct service_spec *spec, const char *name)
{
    for (const struct config_row *row = spec->config; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

/* Appends `value` so that it can't forge a line of the report. */
static void add_shown(struct str *out, const char *value)
{
    size_t length = strnlen(value, VALUE_SHOWN_MAX);
    str_add_char(out, '"');
    for (size_t i = 0; i < length; i++)
        str_add_char(out, value[i] >= ' ' && value[i] < 127 ? value[i] : '?');
    str_add(out, value[length] ? "...\"" : "\"");
}

/* `value` NULL: nothing to show. */
static void mistake(struct reading *reading, const struct config_row *row, const char *value,
                    const char *what)
{
    struct str *out = reading->mistakes;
    reading->count++;
    str_add_format(out, "  %s: ", row->name);
    if (value && !is_hidden(row)) {
        add_shown(out, value);
        str_add_char(out, ' ');
    }
    str_add(out, what);
    if (row->example)
        str_add_format(out, "; for example %s=%s", row->name, row->example);
    str_add_char(out, '\n');
}

bool config_read(const struct service_spec *spec, void **ret_config, struct str *mistakes,
                 size_t *ret_mistakes)
{
    struct reading reading = {.config = calloc(1, spec->config_size), .mistakes = mistakes};
    enum log_level level;
    if (!reading.config) {
        str_add(mistakes, "  out of memory\n");
        *ret_mistakes = 1;
        return false;
    }
    for (const struct config_row *row = spec->config; row->name; row++) {
        size_t before = reading.count;
        read_row(&reading, row);
        const char *text = is_text(row) ? *text_of(reading.config, row) : NULL;
        if (reading.count == before && is_text(row) && !text)
            mistake(&reading, row, NULL, "does not fit into memory");
        if (reading.count == before && row->kind == CONFIG_TEXT &&
            row->offset == spec->log_level_offset && !log_level_parse(text, &level))
            mistake(&reading, row, text, "is none of debug, info, warning, error");
    }
    *ret_mistakes = reading.count;
    if (reading.count > 0) {
        config_free(spec, reading.config);
        return false;
    }
    *ret_config = reading.config;
    return true;
}

void config_free(const struct service_spec *spec, void *config)
{
    if (!config)
        return;
    for (const struct config_row *row = spec->config; row->name; row++) {
        if (!is_text(row))
            continue;
        char *text = *text_of(config, row);
        if (text)
            explicit_bzero(text, strlen(text));
        free(text);
    }
    free(config);
}

/* ---- one row ---- */

static bool close_with(int file, bool result)
{
    int error = errno;
    close(file);
    errno = error;
    return result;
}

/* The content, at most SERVICE_FILE_MAX bytes, in memory of the caller; or false with the reason.
 */
static bool file_read(const char *path, char **ret_text, const char **ret_reason)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *ret_reason = "names a file that can't be read";
    if (file < 0)
        return false;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return close_with(file, false);
    char *text = calloc(1, SERVICE_FILE_MAX + 2);
    size_t length = 0;
    ssize_t count = text ? 0 : -1;
    while (text && length <= SERVICE_FILE_MAX) {
        count = read(file, text + length, SERVICE_FILE_MAX + 1 - length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        length += (size_t)count;
    }
    close(file);
    bool good = count >= 0 && length <= SERVICE_FILE_MAX && strlen(text) == length;
    if (count >= 0 && !good)
        *ret_reason = "names a file that is above 64 KiB or no text";
    if (!good) {
        if (text)
            explicit_bzero(text, length);
        free(text);
        return false;
    }
    char *fitting = strdup(text); /* the page-sized buffer is not kept for a short key */
    explicit_bzero(text, length);
    free(text);
    *ret_text = fitting;
    return fitting != NULL;
}

bool config_file_again(const char *name, char **ret_text, struct err *err)
{
    const char *path = getenv(name), *reason = "is not set";
    if (!path || !file_read(path, ret_text, &reason))
        return err_set(err, ERR_CONFIG, "%s %s", name, reason);
    return true;
}

static void read_file(struct reading *reading, const struct config_row *row, const char *path)
{
    char **field = text_of(reading->config, row);
    const char *reason;
    if (path[0] == '\0')
        *field = strdup("");
    else if (!file_read(path, field, &reason))
        mistake(reading, row, NULL, reason);
    else if ((*field)[0] == '\0')
        mistake(reading, row, NULL, "its file is empty");
}

/* NAME or NAME_FILE. The content of a file loses the line end that every editor puts there. */
static void read_secret(struct reading *reading, const struct config_row *row, const char *value)
{
    char name[NAME_MAX_BYTES];
    char **field = text_of(reading->config, row);
    const char *reason;
    snprintf(name, sizeof(name), "%s_FILE", row->name);
    const char *path = getenv(name);
    if (path && path[0] && value && value[0]) {
        mistake(reading, row, NULL, "is given twice, by itself and by its _FILE");
    } else if (path && path[0]) {
        if (!file_read(path, field, &reason)) {
            mistake(reading, row, NULL, "its _FILE can't be read, is no text or above 64 KiB");
            return;
        }
        (*field)[strcspn(*field, "\r\n")] = '\0';
        if ((*field)[0] == '\0' && !row->fallback)
            mistake(reading, row, NULL, "its _FILE is empty");
    } else if ((value && value[0]) || row->fallback) {
        *field = strdup(value ? value : row->fallback);
    } else {
        mistake(reading, row, NULL, "is missing");
    }
}

static bool is_listed(const char *values, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = values; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, value, length) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

static void read_text(struct reading *reading, const struct config_row *row, const char *value)
{
    char what[NAME_MAX_BYTES * 2];
    if (strlen(value) > SERVICE_TEXT_MAX) {
        mistake(reading, row, value, "is too long");
    } else if (row->values && !is_listed(row->values, value)) {
        snprintf(what, sizeof(what), "is none of: %s", row->values);
        mistake(reading, row, value, what);
    } else {
        *text_of(reading->config, row) = strdup(value);
    }
}

static void read_number(struct reading *reading, const struct config_row *row, const char *value)
{
    bool port = row->kind == CONFIG_PORT;
    uint64_t min = port ? 1 : row->min, max = row->max ? row->max : UINT32_MAX, number;
    char what[NAME_MAX_BYTES];
    if (port)
        max = UINT16_MAX;
    if (!str_to_u64(value, &number) || number < min || number > max) {
        snprintf(what, sizeof(what), "is no number from %llu to %llu", (unsigned long long)min,
                 (unsigned long long)max);
        mistake(reading, row, value, what);
    } else if (port) {
        *(uint16_t *)(void *)(reading->config + row->offset) = (uint16_t)number;
    } else {
        *(uint32_t *)(void *)(reading->config + row->offset) = (uint32_t)number;
    }
}

static void read_bool(struct reading *reading, const struct config_row *row, const char *value)
{
    static const char *const words[][3] = {{"false", "0", "no"}, {"true", "1", "yes"}};
    for (size_t truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 3; i++)
            if (strcasecmp(value, words[truth][i]) == 0) {
                *(bool *)(void *)(reading->config + row->offset) = truth == 1;
                return;
            }
    mistake(reading, row, value, "is neither true nor false");
}

static void read_row(struct reading *reading, const struct config_row *row)
{
    const char *value = getenv(row->name);
    if (row->kind == CONFIG_SECRET) {
        read_secret(reading, row, value);
        return;
    }
    bool empty_is_absent = row->kind != CONFIG_TEXT || !row->fallback;
    if (!value || (value[0] == '\0' && empty_is_absent))
        value = row->fallback;
    if (!value) {
        mistake(reading, row, NULL, "is missing");
        return;
    }
    switch (row->kind) {
    case CONFIG_TEXT:
        read_text(reading, row, value);
        break;
    case CONFIG_FILE:
        read_file(reading, row, value);
        break;
    case CONFIG_PORT:
    case CONFIG_U32:
        read_number(reading, row, value);
        break;
    case CONFIG_BOOL:
        read_bool(reading, row, value);
        break;
    case CONFIG_SECRET:
        break;
    }
}

/* ---- documentation ---- */

/* A bar ends a cell of the table; nothing else of Markdown matters in one. */
static void add_cell(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            str_add_char(out, '\\');
        str_add_char(out, *text);
    }
}

static void print_form(const struct config_row *row, struct str *out)
{
    switch (row->kind) {
    case CONFIG_TEXT:
        str_add(out, row->values ? "one of: " : "text");
        add_cell(out, row->values ? row->values : "");
        break;
    case CONFIG_PORT:
        str_add(out, "port");
        break;
    case CONFIG_U32:
        str_add_format(out, "%u to %u", row->min, row->max ? row->max : UINT32_MAX);
        break;
    case CONFIG_BOOL:
        str_add(out, "true or false");
        break;
    case CONFIG_FILE:
        str_add(out, "path of a file");
        break;
    case CONFIG_SECRET:
        str_add_format(out, "secret, or `%s_FILE`", row->name);
        break;
    }
}

void config_print(const struct service_spec *spec, struct str *out)
{
    str_add(out, "| name | default | form | meaning |\n|---|---|---|---|\n");
    for (const struct config_row *row = spec->config; row->name; row++) {
        str_add_format(out, "| `%s` | ", row->name);
        if (!row->fallback)
            str_add(out, "required");
        else if (row->fallback[0] == '\0')
            str_add(out, "empty");
        else if (row->kind == CONFIG_SECRET)
            str_add(out, "set");
        else {
            str_add_char(out, '`');
            add_cell(out, row->fallback);
            str_add_char(out, '`');
        }
        str_add(out, " | ");
        print_form(row, out);
        str_add(out, " | ");
        add_cell(out, row->doc ? row->doc : "");
        str_add(out, " |\n");
    }
}
