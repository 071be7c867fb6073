#include "accounting/actions/change_rules.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "json/read.h"

enum { URL_SIZE = 1025 };

void take_text(const char **slot, const char *given)
{
    if (given)
        *slot = *given ? given : NULL;
}

void take_dec(struct dec *slot, struct param_dec given)
{
    if (given.given)
        *slot = given.value;
}

void take_i64(int64_t *slot, struct param_i64 given)
{
    if (given.given)
        *slot = given.value;
}

void take_bool(bool *slot, struct param_bool given)
{
    if (given.given)
        *slot = given.value;
}

bool rule_present(const char *field, const char *text, struct err *err)
{
    if (!text || text[strspn(text, " \t\r\n")] == '\0')
        return err_set(err, ERR_INVALID, "%s can't be blank", field);
    return true;
}

/* Columns count characters, not bytes. */
static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool rule_length(const char *field, const char *text, size_t max, struct err *err)
{
    if (text && characters(text) > max)
        return err_set(err, ERR_INVALID, "%s is too long (maximum is %zu characters)", field, max);
    return true;
}

bool rule_word(const char *field, const char *text, const char *words, struct err *err)
{
    size_t length = text ? strlen(text) : 0;
    for (const char *at = words; length > 0 && *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, text, word) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return err_set(err, ERR_INVALID, "%s is not included in the list", field);
}

bool rule_range(const char *field, int64_t number, int64_t min, int64_t max, struct err *err)
{
    if (number < min)
        return err_set(err, ERR_INVALID, "%s must be greater than or equal to %lld", field,
                       (long long)min);
    if (number > max)
        return err_set(err, ERR_INVALID, "%s must be less than or equal to %lld", field,
                       (long long)max);
    return true;
}

bool rule_not_negative(const char *field, struct dec value, struct err *err)
{
    if (dec_is_negative(value))
        return err_set(err, ERR_INVALID, "%s must be greater than or equal to 0", field);
    return true;
}

bool rule_object(const char *field, const char *json, size_t max, struct err *err)
{
    struct err reason;
    if (!json)
        return true;
    if (json[strspn(json, " \t\r\n")] != '{' || !json_check(json, strlen(json), &reason))
        return err_set(err, ERR_INVALID, "%s is not a JSON object", field);
    return rule_length(field, json, max, err);
}

bool rule_code(const char *field, const char *text, size_t max, struct err *err)
{
    if (!rule_present(field, text, err) || !rule_length(field, text, max, err))
        return false;
    for (const char *at = text; *at; at++)
        if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) &&
            (at == text || !strchr("-_.", *at)))
            return err_set(err, ERR_INVALID,
                           "%s is invalid: lower-case letters, digits, '-', '_' and '.'", field);
    return true;
}

bool rule_url(const char *field, const char *text, struct err *err)
{
    static const char *const schemes[] = {"http://", "https://"};
    if (!text)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(text, schemes[i], length) == 0 && text[length] && !strpbrk(text, " \t\r\n"))
            return true;
    }
    return err_set(err, ERR_INVALID, "%s is not a valid URL", field);
}

bool rule_urls(const char *field, const char *text, struct err *err)
{
    static const char blanks[] = " \t\r\n,";
    char url[URL_SIZE];
    for (const char *at = text; at && *(at += strspn(at, blanks));) {
        size_t length = strcspn(at, blanks);
        if (length >= sizeof(url))
            return err_set(err, ERR_INVALID, "%s is too long", field);
        memcpy(url, at, length);
        url[length] = '\0';
        if (!rule_url(field, url, err))
            return false;
        at += length;
    }
    return true;
}

bool rule_unique(const char *field, bool written, struct err *err)
{
    if (!written && err->code == ERR_CONFLICT)
        return err_set(err, ERR_INVALID, "%s has already been taken", field);
    return written;
}

const char *lower_text(struct arena *arena, const char *text)
{
    if (!text)
        return NULL;
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    char *copy = arena_strndup(arena, text, length);
    for (char *at = copy; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* ---- trying ---- */

struct attempt {
    db_unit *unit;
    void *arg;
    bool passed;
};

static bool attempt_unit(struct db *db, void *arg, struct err *err)
{
    struct attempt *attempt = arg;
    attempt->passed = attempt->unit(db, attempt->arg, err);
    /* An error takes it back. */
    return attempt->passed && err_set(err, ERR_STATE_CONFLICT, "only tried");
}

bool unit_try(struct db *db, db_unit *unit, void *arg, struct err *err)
{
    struct attempt attempt = {.unit = unit, .arg = arg};
    bool committed = db_transaction(db, attempt_unit, &attempt, err);
    assert(!committed);
    return attempt.passed && err->code == ERR_STATE_CONFLICT;
}
