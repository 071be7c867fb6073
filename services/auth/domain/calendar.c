#include "auth/domain/calendar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static bool take(const char **at, size_t digits_min, size_t digits_max, unsigned *ret_number)
{
    unsigned number = 0;
    size_t count = 0;
    for (; count < digits_max && **at >= '0' && **at <= '9'; count++, (*at)++)
        number = 10 * number + (unsigned)(**at - '0');
    *ret_number = number;
    return count >= digits_min;
}

static bool take_separator(const char **at, char *separator)
{
    if ((**at != '-' && **at != '/' && **at != '.') || (*separator && **at != *separator))
        return false;
    *separator = *(*at)++;
    return true;
}

/* Nothing, or a time of day that is none of our business. */
static bool is_end(const char *at)
{
    return *at == '\0' ||
           ((*at == 'T' || *at == ' ') && at[1 + strspn(at + 1, "0123456789:.+-Z ")] == '\0');
}

bool date_parse(const char *text, char ret_date[static DATE_SIZE])
{
    unsigned numbers[3];
    char separator = '\0', date[DATE_SIZE + 20];
    const char *at = text + strspn(text, " ");
    bool year_first = strspn(at, "0123456789") == 4;
    if (!take(&at, year_first ? 4 : 1, year_first ? 4 : 2, &numbers[0]) ||
        !take_separator(&at, &separator) || !take(&at, 1, 2, &numbers[1]) ||
        !take_separator(&at, &separator) ||
        !take(&at, year_first ? 1 : 4, year_first ? 2 : 4, &numbers[2]) || !is_end(at))
        return false;
    unsigned year = numbers[year_first ? 0 : 2], month = numbers[1],
             day = numbers[year_first ? 2 : 0];
    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_of(year, month))
        return false;
    snprintf(date, sizeof(date), "%04u-%02u-%02u", year, month, day);
    memcpy(ret_date, date, DATE_SIZE);
    return true;
}

void date_of(int64_t now_us, char ret_date[static DATE_SIZE])
{
    time_t seconds = (time_t)(now_us / 1000000);
    struct tm day;
    if (!gmtime_r(&seconds, &day) || strftime(ret_date, DATE_SIZE, "%Y-%m-%d", &day) == 0)
        memcpy(ret_date, "1970-01-01", DATE_SIZE);
}
