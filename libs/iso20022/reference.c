#include "iso20022/reference.h"

#include <assert.h>
#include <string.h>

enum { HEAD = 4, MODULUS = 97, REMAINDER = 1, IBAN_LENGTH_MIN = 15 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Letters count as two digits, from A = 10. */
static unsigned take(unsigned remainder, char c)
{
    return is_digit(c) ? (remainder * 10 + (unsigned)(c - '0')) % MODULUS
                       : (remainder * 100 + (unsigned)(c - 'A') + 10) % MODULUS;
}

/* The first four characters count last. */
static unsigned remainder_of(const char *text)
{
    unsigned remainder = 0;
    for (const char *c = text + HEAD; *c; c++)
        remainder = take(remainder, *c);
    for (size_t i = 0; i < HEAD; i++)
        remainder = take(remainder, text[i]);
    return remainder;
}

/* Without blanks; false: another character, or more than fits. */
static bool compact(const char *text, char *ret_text, size_t size)
{
    size_t length = 0;
    for (const char *at = text; *at; at++) {
        char c = capital(*at);
        if (c == ' ' || c == '\t')
            continue;
        if ((!is_digit(c) && !is_capital(c)) || length + 1 >= size)
            return false;
        ret_text[length++] = c;
    }
    ret_text[length] = '\0';
    return true;
}

void creditor_reference_make(const char *body, char ret_reference[static CREDITOR_REFERENCE_SIZE])
{
    size_t length = strlen(body);
    assert(length > 0 && length <= CREDITOR_REFERENCE_BODY_MAX);
    memcpy(ret_reference, "RF00", HEAD);
    memcpy(ret_reference + HEAD, body, length + 1);
    unsigned check = MODULUS + 1 - remainder_of(ret_reference);
    ret_reference[2] = (char)('0' + check / 10);
    ret_reference[3] = (char)('0' + check % 10);
}

static bool is_reference(const char *text)
{
    return strlen(text) > HEAD && text[0] == 'R' && text[1] == 'F' && is_digit(text[2]) &&
           is_digit(text[3]) && remainder_of(text) == REMAINDER;
}

bool creditor_reference_read(const char *text, char ret_reference[static CREDITOR_REFERENCE_SIZE])
{
    char reference[CREDITOR_REFERENCE_SIZE];
    if (!compact(text, reference, sizeof(reference)) || !is_reference(reference))
        return false;
    memcpy(ret_reference, reference, sizeof(reference));
    return true;
}

/* The `length` letters and digits from here on, blanks between them skipped. */
static bool collect(const char *at, size_t length, char *ret_text)
{
    size_t count = 0;
    for (; *at && count < length; at++) {
        char c = capital(*at);
        if (c == ' ')
            continue;
        if (!is_digit(c) && !is_capital(c))
            return false;
        ret_text[count++] = c;
    }
    ret_text[count] = '\0';
    return count == length;
}

bool creditor_reference_find(const char *text, size_t length,
                             char ret_reference[static CREDITOR_REFERENCE_SIZE])
{
    char first[CREDITOR_REFERENCE_SIZE] = "", one[CREDITOR_REFERENCE_SIZE];
    assert(length > HEAD && length < CREDITOR_REFERENCE_SIZE);
    for (const char *at = text; *at; at++) {
        if (capital(*at) != 'R' || !collect(at, length, one) || !is_reference(one))
            continue;
        if (*first && strcmp(first, one) != 0)
            return false;
        memcpy(first, one, sizeof(first));
    }
    if (!*first)
        return false;
    memcpy(ret_reference, first, sizeof(first));
    return true;
}

void creditor_reference_show(const char *reference,
                             char ret_shown[static CREDITOR_REFERENCE_SHOWN_SIZE])
{
    size_t length = 0;
    for (size_t i = 0; reference[i]; i++) {
        assert(length + 2 < CREDITOR_REFERENCE_SHOWN_SIZE);
        if (i > 0 && i % HEAD == 0)
            ret_shown[length++] = ' ';
        ret_shown[length++] = reference[i];
    }
    ret_shown[length] = '\0';
}

bool iban_read(const char *text, char ret_iban[static IBAN_SIZE])
{
    char iban[IBAN_SIZE];
    if (!compact(text, iban, sizeof(iban)) || strlen(iban) < IBAN_LENGTH_MIN ||
        !is_capital(iban[0]) || !is_capital(iban[1]) || !is_digit(iban[2]) || !is_digit(iban[3]) ||
        remainder_of(iban) != REMAINDER)
        return false;
    memcpy(ret_iban, iban, sizeof(iban));
    return true;
}
