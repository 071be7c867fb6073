#include "auth/domain/password_entropy.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { RUN_MIN = 3, RUN_MAX = 6, TEXT_SIZE = ENTROPY_CHARS_MAX + 1 };

/* ---- the basic rule ---- */

/* In halves of a bit. */
static int64_t weight_of(size_t at)
{
    int64_t halves = at == 0 ? 8 : at < 8 ? 4 : at < 20 ? 3 : 2;
    return halves * (ENTROPY_BIT / 2);
}

static int64_t bonus_of(const char *text)
{
    bool upper = false, lower = false, digit = false, other = false, space = false;
    size_t words = 0;
    for (const char *c = text; *c; c++) {
        unsigned char u = (unsigned char)*c;
        upper |= isupper(u) != 0;
        lower |= islower(u) != 0;
        digit |= isdigit(u) != 0;
        other |= !isalnum(u);
        space |= u == ' ';
        words += u != ' ' && (c == text || c[-1] == ' ');
    }
    int64_t bits = 0;
    if (upper && lower && digit && other)
        bits = 6;
    else if (upper && lower && other)
        bits = 5;
    else if (digit && other && !upper && !lower)
        bits = -2;
    else if (digit && !other && !upper && !lower)
        bits = -6;
    if (!space)
        bits -= 2;
    else if (words > 3)
        bits += 1;
    return bits * ENTROPY_BIT;
}

static int64_t entropy_of(const char *text)
{
    unsigned seen[256] = {0};
    int64_t sum = 0;
    for (size_t i = 0; text[i]; i++) {
        int64_t weight = weight_of(i);
        for (unsigned times = seen[(unsigned char)text[i]]; times > 0 && weight > 0; times--)
            weight = weight / 4 * 3 + weight % 4 * 3 / 4;
        seen[(unsigned char)text[i]]++;
        sum += weight;
    }
    return text[0] ? sum + bonus_of(text) : 0;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void reverse(const char *text, char *ret_text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        ret_text[i] = text[length - 1 - i];
    ret_text[length] = '\0';
}

/* ---- along the keyboard ---- */

/* Rows, columns with and without the digits and in both directions, the keypad, the alphabet. */
static const char *const keyboard_runs[] = {
    "1234567890-",
    "qwertyuiop",
    "asdfghjkl;",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/-['=]:?_{\"+}",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmik,ol.p;/-['=]:?_{\"+}",
    "qazwsxedcrfvtgbyhnujmikolp",
    "]\"/=[;.-pl,0okm9ijn8uhb7ygv6tfc5rdx4esz3wa2q1",
    "pl0okm9ijn8uhb7ygv6tfc5rdx4esz3wa2q1",
    "]\"/[;.pl,okmijnuhbygvtfcrdxeszwaq",
    "plokmijnuhbygvtfcrdxeszwaq",
    "014725836914702583697894561230258/369*+-*/",
    "abcdefghijklmnopqrstuvwxyz",
};

/* Whether the first `length` characters are a run, in either case. */
static bool is_run(const char *text, size_t length)
{
    char lower[RUN_MAX + 1];
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    lower[length] = '\0';
    for (size_t i = 0; i < sizeof(keyboard_runs) / sizeof(keyboard_runs[0]); i++)
        if (strstr(keyboard_runs[i], lower))
            return true;
    return false;
}

/* Every run of this length becomes one '*'. */
static void mask_runs(const char *text, size_t length, char *ret_text)
{
    size_t size = strlen(text), written = 0;
    for (size_t at = 0; at < size;) {
        bool masked = at + length <= size && is_run(text + at, length);
        ret_text[written++] = masked ? '*' : text[at];
        at += masked ? length : 1;
    }
    ret_text[written] = '\0';
}

static int64_t masked_entropy(const char *text, int64_t entropy, int64_t threshold)
{
    char current[TEXT_SIZE], shorter[TEXT_SIZE];
    memcpy(current, text, strlen(text) + 1);
    for (size_t length = RUN_MAX; length >= RUN_MIN && entropy >= threshold; length--) {
        mask_runs(current, length, shorter);
        memcpy(current, shorter, strlen(shorter) + 1);
        entropy = least(entropy, entropy_of(current));
    }
    return entropy;
}

static int64_t keyboard_entropy(const char *text, int64_t threshold)
{
    char backward[TEXT_SIZE];
    reverse(text, backward);
    int64_t entropy = least(entropy_of(text), entropy_of(backward));
    entropy = masked_entropy(text, entropy, threshold);
    return masked_entropy(backward, entropy, threshold);
}

/* ---- common passwords, in disguise ---- */

struct disguise {
    const char *from, *to;
};

/* The keys below, to the right and to the left; what stands for letters. */
static const struct disguise shifts[] = {
    {"1234567890-qwertyuiopasdfghjkl", "qwertyuiop[asdfghjkl;zxcvbnm,."},
    {"234567890-wertyuiopsdfghjkl", "qwertyuiopasdfghjklzxcvbnm,"},
};
static const struct disguise leets[] = {
    {"@!$1234567890", "aisizeasgtbgo"},
    {"@!$1234567890", "aislzeasgtbgo"},
};

static bool has_any(const char *text, const char *characters)
{
    return strpbrk(text, characters) != NULL;
}

static void undo(const char *text, const struct disguise *disguise, char *ret_text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        const char *at = strchr(disguise->from, text[i]);
        ret_text[i] = at ? disguise->to[at - disguise->from] : text[i];
    }
    ret_text[length] = '\0';
}

static int64_t without_first_word(const char *text, const struct word_set *words)
{
    char rest[TEXT_SIZE];
    size_t at, length;
    if (!word_set_find(words, text, &at, &length))
        return entropy_of(text);
    memcpy(rest, text, at);
    rest[at] = '*';
    memcpy(rest + at + 1, text + at + length, strlen(text + at + length) + 1);
    return entropy_of(rest);
}

static int64_t both_ways(const char *text, const struct word_set *words)
{
    char backward[TEXT_SIZE];
    reverse(text, backward);
    return least(without_first_word(text, words), without_first_word(backward, words));
}

static int64_t dictionary_entropy(const char *lower, const struct word_set *words)
{
    char plain[TEXT_SIZE];
    int64_t entropy = both_ways(lower, words);
    bool is_shifted = !has_any(lower, "zxcvbnm,./<>?"), is_leet = has_any(lower, "@!$0123456789");
    for (size_t i = 0; i < 2 && is_shifted; i++) {
        undo(lower, &shifts[i], plain);
        entropy = least(entropy, both_ways(plain, words));
    }
    for (size_t i = 0; i < 2 && is_leet; i++) {
        undo(lower, &leets[i], plain);
        entropy = least(entropy, both_ways(plain, words));
    }
    return entropy;
}

int64_t password_entropy(const char *password, int64_t threshold, const struct word_set *words)
{
    char text[TEXT_SIZE], lower[TEXT_SIZE];
    size_t length = strnlen(password, ENTROPY_CHARS_MAX);
    memcpy(text, password, length);
    text[length] = '\0';
    for (size_t i = 0; i <= length; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    int64_t entropy = least(entropy_of(text), entropy_of(lower));
    entropy = least(entropy, keyboard_entropy(text, threshold));
    return words ? least(entropy, dictionary_entropy(lower, words)) : entropy;
}
