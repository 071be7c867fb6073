#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/check.h"

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    assert(!failed);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t real_now_us(const struct clock *clock)
{
    (void)clock;
    return read_us(CLOCK_REALTIME);
}

static int64_t real_monotonic_us(const struct clock *clock)
{
    (void)clock;
    return read_us(CLOCK_MONOTONIC);
}

const struct clock clock_real = {.now_us = real_now_us, .monotonic_us = real_monotonic_us};

static int64_t fake_now_us(const struct clock *clock)
{
    return ((const struct clock_fake *)clock)->now_us;
}

void clock_fake_init(struct clock_fake *fake, int64_t now_us)
{
    *fake = (struct clock_fake){
        .clock = {.now_us = fake_now_us, .monotonic_us = fake_now_us},
        .now_us = now_us,
    };
}

const char *clock_iso(int64_t time_us, char buffer[static CLOCK_ISO_SIZE])
{
    time_t seconds = (time_t)(time_us / 1000000 - (time_us % 1000000 < 0));
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(buffer, CLOCK_ISO_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return buffer;
}

/* Reads exactly `count` digits. */
static bool read_digits(const char **text, int count, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        number = number * 10 + (**text - '0');
    }
    *ret_number = number;
    return true;
}

/* Reads "[.ffffff]", any number of digits, cut to microseconds. */
static bool read_fraction(const char **text, int64_t *ret_us)
{
    int64_t us = 0;
    if (**text == '.') {
        int digits = 0;
        for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, digits++)
            if (digits < 6)
                us = us * 10 + (**text - '0');
        if (digits == 0 || digits > 9)
            return false;
        for (; digits < 6; digits++)
            us *= 10;
    }
    *ret_us = us;
    return true;
}

/* Reads "Z", "+hh:mm", "-hh:mm", "+hhmm" or nothing (UTC). */
static bool read_zone(const char **text, int *ret_offset_seconds)
{
    int hours = 0, minutes = 0, sign = 1;
    *ret_offset_seconds = 0;
    if (**text == '\0')
        return true;
    if (**text == 'Z') {
        (*text)++;
        return true;
    }
    /* A '+' of a query string that nobody escaped arrives as a space. */
    if (**text != '+' && **text != '-' && **text != ' ')
        return false;
    sign = **text == '-' ? -1 : 1;
    (*text)++;
    if (!read_digits(text, 2, &hours))
        return false;
    if (**text == ':')
        (*text)++;
    if (!read_digits(text, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    *ret_offset_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool clock_parse_iso(const char *text, int64_t *ret_time_us)
{
    int year, month, day, hour = 0, minute = 0, second = 0, offset = 0;
    int64_t fraction_us = 0;

    if (!read_digits(&text, 4, &year) || *text++ != '-' || !read_digits(&text, 2, &month) ||
        *text++ != '-' || !read_digits(&text, 2, &day))
        return false;
    if (*text == 'T' || *text == ' ') {
        text++;
        if (!read_digits(&text, 2, &hour) || *text++ != ':' || !read_digits(&text, 2, &minute))
            return false;
        if (*text == ':') {
            text++;
            if (!read_digits(&text, 2, &second) || !read_fraction(&text, &fraction_us))
                return false;
        }
        if (!read_zone(&text, &offset))
            return false;
    }
    if (*text != '\0' || year < 1970 || year > 9999 || hour > 23 || minute > 59 || second > 59)
        return false;

    struct tm parts = {.tm_year = year - 1900,
                       .tm_mon = month - 1,
                       .tm_mday = day,
                       .tm_hour = hour,
                       .tm_min = minute,
                       .tm_sec = second};
    time_t seconds = timegm(&parts);
    /* timegm() rolls 31 April over to 1 May: what it changed was no date. */
    if (parts.tm_mon != month - 1 || parts.tm_mday != day)
        return false;
    *ret_time_us = ((int64_t)seconds - offset) * 1000000 + fraction_us;
    return true;
}
