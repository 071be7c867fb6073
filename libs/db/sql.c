/*
 * sql.c: values into text.
 *
 * No value is escaped: a text of printable ASCII without quote and backslash stands between quotes
 * as it is, every other text is a hexadecimal literal of utf8mb4. So what is written does not
 * depend on sql_mode or on the character set that the server believes in, and the one assumption of
 * the quoted form is ASCII.
 */
#include "db/internal.h"

#include <string.h>

enum {
    NUMBER_BYTES_MAX = 21, /* -9223372036854775808, 18446744073709551615 */
    TIME_BYTES_MAX = sizeof("TIMESTAMP'9999-12-31 23:59:59.999999'"),
    FIXED_BYTES_MAX = 48 /* any value that is no text and no bytes, and every prefix and quote */
};
_Static_assert((int)DEC_TEXT_SIZE <= (int)FIXED_BYTES_MAX, "a decimal fits");
_Static_assert((int)TIME_BYTES_MAX <= (int)FIXED_BYTES_MAX, "a time fits");
_Static_assert((int)NUMBER_BYTES_MAX <= (int)FIXED_BYTES_MAX, "a number fits");

#define DAY_US (INT64_C(86400) * 1000000)
#define TIME_MIN_US (INT64_C(-719162) * DAY_US)     /* 0001-01-01 */
#define TIME_MAX_US (INT64_C(2932897) * DAY_US - 1) /* 9999-12-31 */

struct db_value db_text_value(const char *text)
{
    if (!text)
        return DB_NULL;
    return (struct db_value){.kind = DB_KIND_TEXT, .bytes = text, .length = strlen(text)};
}

/* ---- writers: each puts its text at `out` and returns its end; the room is there ---- */

static char *put(char *out, const char *chars, size_t length)
{
    memcpy(out, chars, length);
    return out + length;
}

static char *put_u64(char *out, uint64_t number)
{
    char digits[NUMBER_BYTES_MAX];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return put(out, digits + at, sizeof(digits) - at);
}

static char *put_i64(char *out, int64_t number)
{
    if (number >= 0)
        return put_u64(out, (uint64_t)number);
    *out++ = '-';
    return put_u64(out, 0 - (uint64_t)number);
}

static char *put_fixed(char *out, unsigned number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

static char *put_hex(char *out, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    *out++ = 'x';
    *out++ = '\'';
    for (size_t i = 0; i < length; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out++ = '\'';
    return out;
}

/* Days since 1970-01-01 into a date, by 400-year eras that start in March. */
static char *put_date(char *out, int64_t days)
{
    int64_t shifted = days + 719468; /* since 0000-03-01; never negative in our range */
    assert(shifted >= 0);
    unsigned era = (unsigned)(shifted / 146097);
    unsigned day_of_era = (unsigned)(shifted % 146097);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_from_march = (5 * day_of_year + 2) / 153;
    unsigned day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    unsigned year = era * 400 + year_of_era + (month <= 2);

    out = put_fixed(out, year, 4);
    *out++ = '-';
    out = put_fixed(out, month, 2);
    *out++ = '-';
    return put_fixed(out, day, 2);
}

static char *put_time(char *out, int64_t time_us)
{
    int64_t days = (time_us - TIME_MIN_US) / DAY_US + TIME_MIN_US / DAY_US;
    int64_t rest = time_us - days * DAY_US;
    assert(rest >= 0 && rest < DAY_US);
    unsigned seconds = (unsigned)(rest / 1000000);

    out = put(out, "TIMESTAMP'", 10);
    out = put_date(out, days);
    *out++ = ' ';
    out = put_fixed(out, seconds / 3600, 2);
    *out++ = ':';
    out = put_fixed(out, seconds / 60 % 60, 2);
    *out++ = ':';
    out = put_fixed(out, seconds % 60, 2);
    *out++ = '.';
    out = put_fixed(out, (unsigned)(rest % 1000000), 6);
    *out++ = '\'';
    return out;
}

/* ---- UTF-8 ---- */

/* The length of the sequence at `bytes`, 0 if there is no valid one. RFC 3629: no overlong forms,
 * no surrogates, nothing above U+10FFFF. */
static size_t utf8_sequence(const uint8_t *bytes, size_t length)
{
    uint8_t lead = bytes[0], low = 0x80, high = 0xbf;
    size_t size;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        size = 2;
    else if (lead >= 0xe0 && lead <= 0xef)
        size = 3;
    else if (lead >= 0xf0 && lead <= 0xf4)
        size = 4;
    else
        return 0;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    if (length < size || bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (bytes[i] < 0x80 || bytes[i] > 0xbf)
            return 0;
    return size;
}

static bool is_utf8(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t size = utf8_sequence(bytes + at, length - at);
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

static bool is_plain(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < 0x20 || bytes[i] > 0x7e || bytes[i] == '\'' || bytes[i] == '\\')
            return false;
    return true;
}

/* ---- one value ---- */

/* Room for a value. A short text gets what its hexadecimal form needs; for a long one it pays to
 * look first. */
static size_t value_bytes_max(const struct db_value *value)
{
    enum { SHORT_BYTES = 1024 };
    if (value->kind != DB_KIND_TEXT && value->kind != DB_KIND_BYTES)
        return FIXED_BYTES_MAX;
    assert(value->length < SIZE_MAX / 8);
    bool is_once = value->kind == DB_KIND_TEXT && value->length > SHORT_BYTES &&
                   is_plain(value->bytes, value->length);
    return FIXED_BYTES_MAX + (is_once ? value->length : 2 * value->length);
}

static char *put_text(struct db *db, struct str *sql, char *out, const struct db_value *value)
{
    if (is_plain(value->bytes, value->length)) {
        *out++ = '\'';
        if (value->length > 0)
            out = put(out, value->bytes, value->length);
        *out++ = '\'';
        return out;
    }
    if (!is_utf8(value->bytes, value->length)) {
        db->text_bad = sql->failed = true;
        return out;
    }
    return put_hex(put(out, "_utf8mb4 ", 9), value->bytes, value->length);
}

/* A whole number without its ".0": it is read faster. */
static char *put_dec(char *out, struct dec value)
{
    size_t length = dec_format(value, out);
    bool is_whole = length > 2 && out[length - 2] == '.' && out[length - 1] == '0';
    return out + length - (is_whole ? 2 : 0);
}

static char *put_value(struct db *db, struct str *sql, char *out, const struct db_value *value)
{
    switch (value->kind) {
    case DB_KIND_NULL:
        return put(out, "NULL", 4);
    case DB_KIND_I64:
        return put_i64(out, value->number);
    case DB_KIND_U64:
        return put_u64(out, (uint64_t)value->number);
    case DB_KIND_DEC:
        return put_dec(out, value->dec);
    case DB_KIND_TEXT:
        return put_text(db, sql, out, value);
    case DB_KIND_BYTES:
        return put_hex(out, value->bytes, value->length);
    case DB_KIND_TIME:
        if (value->number == 0)
            return put(out, "NULL", 4);
        if (value->number < TIME_MIN_US || value->number > TIME_MAX_US) {
            db->time_bad = sql->failed = true;
            return out;
        }
        return put_time(out, value->number);
    default:
        assert(false);
        return out;
    }
}

static void end_at(struct str *sql, const char *end)
{
    sql->length = (size_t)(end - sql->data);
    assert(sql->length < sql->capacity);
    sql->data[sql->length] = '\0';
}

/* ---- statements ---- */

void db_sql(struct db *db, struct str *sql, const char *fragment, const struct db_value *values,
            size_t count)
{
    size_t used = 0;
    for (;;) {
        size_t length = strcspn(fragment, "?");
        str_add_bytes(sql, fragment, length);
        fragment += length;
        if (*fragment == '\0')
            break;
        fragment++;
        assert(used < count);
        char *out = str_reserve(sql, value_bytes_max(&values[used]));
        if (out) {
            out = put_value(db, sql, out, &values[used]);
            end_at(sql, out);
        }
        used++;
    }
    assert(used == count);
}

void db_sql_row(struct db *db, struct str *sql, bool first, const struct db_value *values,
                size_t count)
{
    size_t room = 3;
    assert(count > 0);
    for (size_t i = 0; i < count; i++)
        room += 1 + value_bytes_max(&values[i]);
    char *out = str_reserve(sql, room);
    if (!out)
        return;
    if (!first)
        *out++ = ',';
    for (size_t i = 0; i < count; i++) {
        *out++ = i == 0 ? '(' : ',';
        out = put_value(db, sql, out, &values[i]);
    }
    *out++ = ')';
    end_at(sql, out);
}
