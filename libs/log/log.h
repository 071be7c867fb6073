/*
 * log.h: one JSON object a line, to stderr. Only the edges log (http/, bus/, main.c, libs/service);
 * everything below returns a struct err.
 *
 *     log_info("market loaded", LOG_STR("market", id), LOG_U64("orders", count));
 *     {"time":"...","level":"info","service":"accounting","message":"market loaded","market":...}
 *
 * Lines are written whole (one write(2)) and bounded (LOG_LINE_MAX: what does not fit is left out,
 * and "cut":true says so). Control characters are escaped and invalid UTF-8 is replaced: text from
 * outside can't forge a line. Never pass a secret or a token. Thread-safe. The sink (level, service
 * name) is one of the two pieces of global state we have.
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { LOG_LINE_MAX = 4096 };

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *key;
    enum { LOG_FIELD_STR, LOG_FIELD_I64, LOG_FIELD_U64 } kind;
    const char *text;
    int64_t number;
};

#define LOG_STR(name, value)                                                                       \
    ((struct log_field){.key = (name), .kind = LOG_FIELD_STR, .text = (value)})
#define LOG_I64(name, value)                                                                       \
    ((struct log_field){.key = (name), .kind = LOG_FIELD_I64, .number = (int64_t)(value)})
#define LOG_U64(name, value)                                                                       \
    ((struct log_field){.key = (name), .kind = LOG_FIELD_U64, .number = (int64_t)(value)})
/* The two fields of a failure: its code and its story. */
#define LOG_ERR(err) LOG_STR("code", err_name((err)->code)), LOG_STR("error", (err)->what)

#define LOG_FIELDS(...)                                                                            \
    (const struct log_field[]){{.key = NULL}, ##__VA_ARGS__},                                      \
        sizeof((const struct log_field[]){{.key = NULL}, ##__VA_ARGS__}) /                         \
            sizeof(struct log_field)
#define log_debug(message, ...) log_write(LOG_DEBUG, message, LOG_FIELDS(__VA_ARGS__))
#define log_info(message, ...) log_write(LOG_INFO, message, LOG_FIELDS(__VA_ARGS__))
#define log_warning(message, ...) log_write(LOG_WARNING, message, LOG_FIELDS(__VA_ARGS__))
#define log_error(message, ...) log_write(LOG_ERROR, message, LOG_FIELDS(__VA_ARGS__))

void log_open(const char *service, enum log_level level);
bool log_level_parse(const char *name, enum log_level *ret_level); /* debug, info, warning, error */
void log_set_fd(int fd);                                           /* tests; default 2 */

/* Fields whose key is NULL are skipped. */
void log_write(enum log_level level, const char *message, const struct log_field *fields,
               size_t count);

#endif
