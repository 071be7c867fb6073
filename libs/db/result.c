/* result.c: the sets of rows that a round trip brought, and their columns. */
#include "db/connector.h"
#include "db/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static MYSQL_RES *current(const struct db_result *result)
{
    return result->set < result->sets_count ? result->sets[result->set] : NULL;
}

bool db_row_next(struct db_result *result)
{
    MYSQL_RES *set = current(result);
    result->row = set ? mysql_fetch_row(set) : NULL;
    result->lengths = result->row ? mysql_fetch_lengths(set) : NULL;
    return result->row != NULL;
}

bool db_result_next(struct db_result *result)
{
    result->row = NULL;
    if (result->set < result->sets_count)
        result->set++;
    return current(result) != NULL;
}

size_t db_row_count(const struct db_result *result)
{
    MYSQL_RES *set = current(result);
    return set ? (size_t)mysql_num_rows(set) : 0;
}

void db_result_free(struct db_result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->sets_count; i++)
        mysql_free_result(result->sets[i]);
    free(result);
}

/* The text of a column, NULL for NULL. */
static const char *column_get(const struct db_result *result, unsigned column)
{
    assert(result->row != NULL);
    assert(column < mysql_num_fields(current(result)));
    return result->row[column];
}

bool db_is_null(const struct db_result *result, unsigned column)
{
    return column_get(result, column) == NULL;
}

int64_t db_get_i64(const struct db_result *result, unsigned column)
{
    const char *text = column_get(result, column);
    int64_t number = 0;
    bool is_number = !text || str_to_i64(text, &number);
    assert(is_number);
    return number;
}

uint64_t db_get_u64(const struct db_result *result, unsigned column)
{
    const char *text = column_get(result, column);
    uint64_t number = 0;
    bool is_number = !text || str_to_u64(text, &number);
    assert(is_number);
    return number;
}

struct dec db_get_dec(const struct db_result *result, unsigned column)
{
    const char *text = column_get(result, column);
    struct dec value = DEC_ZERO;
    bool is_decimal = !text || dec_parse_bytes(text, result->lengths[column], &value);
    assert(is_decimal);
    return value;
}

bool db_get_bool(const struct db_result *result, unsigned column)
{
    return db_get_i64(result, column) != 0;
}

/* Days from 1970-01-01, by 400-year eras that start in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }
    int64_t day_of_year = (153 * (month - 3) + 2) / 5 + day - 1;
    return 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

/* Reads "YYYY-MM-DD[ hh:mm:ss[.ffffff]]", the only forms of DATE and DATETIME. */
static bool time_parse(const char *text, size_t length, int64_t *ret_time_us)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd.dddddd";
    int64_t parts[7] = {0}; /* year, month, day, hour, minute, second, microsecond */
    size_t part = 0, fraction_digits = 0;

    if (length != 10 && (length < 19 || length == 20 || length >= sizeof(form)))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (form[i] != 'd') {
            if (text[i] != form[i])
                return false;
            part++;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        parts[part] = parts[part] * 10 + (text[i] - '0');
        fraction_digits += part == 6;
    }
    for (; fraction_digits > 0 && fraction_digits < 6; fraction_digits++)
        parts[6] *= 10;
    int64_t seconds =
        days_of(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5];
    *ret_time_us = seconds * 1000000 + parts[6];
    return true;
}

int64_t db_get_time_us(const struct db_result *result, unsigned column)
{
    const char *text = column_get(result, column);
    int64_t time_us = 0;
    bool is_time = !text || time_parse(text, result->lengths[column], &time_us);
    assert(is_time);
    return time_us;
}

const char *db_get_text(const struct db_result *result, unsigned column)
{
    return column_get(result, column);
}

const void *db_get_bytes(const struct db_result *result, unsigned column, size_t *ret_length)
{
    const char *bytes = column_get(result, column);
    *ret_length = bytes ? result->lengths[column] : 0;
    return bytes;
}

struct uuid db_get_uuid(const struct db_result *result, unsigned column)
{
    struct uuid uuid = {{0}};
    const char *bytes = column_get(result, column);
    if (bytes) {
        assert(result->lengths[column] == sizeof(uuid.bytes));
        memcpy(uuid.bytes, bytes, sizeof(uuid.bytes));
    }
    return uuid;
}

void db_get_chars(const struct db_result *result, unsigned column, char *buffer, size_t size)
{
    const char *text = column_get(result, column);
    assert(size > 0);
    snprintf(buffer, size, "%s", text ? text : "");
}
