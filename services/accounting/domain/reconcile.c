#include "accounting/domain/reconcile.h"

#include <stdio.h>
#include <string.h>

#include "accounting/domain/units.h"
#include "base/check.h"

/* ---- amounts ---- */

static const __int128 coins_max = (__int128)1 << 126;

static int scale_of(int decimals)
{
    assert(decimals >= 0 && decimals <= UNITS_DECIMALS_MAX);
    return decimals > DEC_SCALE ? decimals : DEC_SCALE;
}

static __int128 power_of_ten(int exponent)
{
    __int128 power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static bool scaled(__int128 number, int digits, struct coins *ret_coins)
{
    __int128 factor = power_of_ten(digits);
    if (number > coins_max / factor || number < -coins_max / factor)
        return false;
    ret_coins->number = number * factor;
    return true;
}

bool coins_of_units(const char *units, int decimals, struct coins *ret_coins)
{
    __int128 number = 0;
    if (!units_are_valid(units))
        return false;
    for (; *units; units++) {
        if (number > coins_max / 10 - 1)
            return false;
        number = number * 10 + (*units - '0');
    }
    return scaled(number, scale_of(decimals) - decimals, ret_coins);
}

bool coins_of_dec(struct dec amount, int decimals, struct coins *ret_coins)
{
    return scaled(amount.units, scale_of(decimals) - DEC_SCALE, ret_coins);
}

bool coins_parse(const char *text, int decimals, struct coins *ret_coins)
{
    int scale = scale_of(decimals), digits = -1; /* behind the point; -1: before it */
    bool is_negative = *text == '-', has_digits = false;
    __int128 number = 0;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && digits < 0 && has_digits) {
            digits = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || digits == scale || number > coins_max / 10 - 1)
            return false;
        has_digits = true;
        digits += digits >= 0;
        number = number * 10 + (*text - '0');
    }
    return has_digits && digits != 0 &&
           scaled(is_negative ? -number : number, scale - (digits < 0 ? 0 : digits), ret_coins);
}

bool coins_add(struct coins *sum, struct coins more)
{
    __int128 number = sum->number + more.number; /* both are within 2^126 */
    if (number > coins_max || number < -coins_max)
        return false;
    sum->number = number;
    return true;
}

bool coins_sub(struct coins *sum, struct coins less)
{
    return coins_add(sum, (struct coins){-less.number});
}

const char *coins_text(struct coins coins, int decimals, char text[static COINS_TEXT_SIZE])
{
    char digits[COINS_TEXT_SIZE];
    size_t at = sizeof(digits);
    int scale = scale_of(decimals), written = 0;
    __int128 rest = coins.number < 0 ? -coins.number : coins.number;
    digits[--at] = '\0';
    /* Zeros at the end are left out, down to one behind the point. */
    while (scale - written > 1 && rest % 10 == 0) {
        rest /= 10;
        written++;
    }
    for (; rest > 0 || written <= scale; written++) {
        if (written == scale)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    snprintf(text, COINS_TEXT_SIZE, "%s%s", coins.number < 0 ? "-" : "", &digits[at]);
    return text;
}

/* ---- lines ---- */

enum source { BOOKS, GATEWAY };

static const struct {
    const char *word;
    int sign;
    enum source source;
} lines[RECONCILE_LINES_COUNT] = {
#define L(name, word, sign, source) [RECONCILE_##name] = {word, sign, source},
    RECONCILE_LINES(L)
#undef L
};

const char *reconcile_line_word(enum reconcile_line line)
{
    assert(line < RECONCILE_LINES_COUNT);
    return lines[line].word;
}

int reconcile_line_sign(enum reconcile_line line)
{
    assert(line < RECONCILE_LINES_COUNT);
    return lines[line].sign;
}

bool reconcile_line_find(const char *word, enum reconcile_line *ret_line)
{
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        if (lines[i].source == GATEWAY && strcmp(lines[i].word, word) == 0) {
            *ret_line = (enum reconcile_line)i;
            return true;
        }
    return false;
}

bool reconcile_difference(const struct reconcile_sheet *sheet, struct coins *ret_difference)
{
    struct coins expected = {0}, counted = sheet->counted, recorded = sheet->recorded;
    assert(sheet->has_counted || sheet->has_recorded);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        if (!coins_add(&expected, sheet->lines[i]))
            return false;
    if (!coins_sub(&counted, expected) || !coins_sub(&recorded, expected))
        return false;
    *ret_difference = sheet->has_counted ? counted : recorded;
    if (sheet->has_counted && sheet->has_recorded && counted.number == 0)
        *ret_difference = recorded;
    return true;
}

/* ---- states ---- */

static const char *const state_words[] = {[RECONCILE_BALANCED] = "balanced",
                                          [RECONCILE_DIFFERS] = "differs",
                                          [RECONCILE_STOPPED] = "stopped"};

const char *reconcile_state_word(enum reconcile_state state)
{
    assert(state < ARRAY_LEN(state_words));
    return state_words[state];
}

enum reconcile_state reconcile_state_parse(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(state_words); i++)
        if (strcmp(state_words[i], word) == 0)
            return (enum reconcile_state)i;
    UNREACHABLE("a state of a reconciliation");
    return RECONCILE_STOPPED;
}

static bool is_within(struct coins difference, struct coins tolerance)
{
    return difference.number <= tolerance.number && difference.number >= -tolerance.number;
}

struct reconcile_standing reconcile_judge(const struct reconcile_standing *before,
                                          const struct reconcile_finding *finding,
                                          enum reconcile_stop stop)
{
    struct reconcile_standing after = *before;
    struct coins rest = finding->difference;
    after.height = finding->height;
    after.difference = finding->difference;
    if (is_within(finding->difference, finding->tolerance)) {
        after.acknowledged = (struct coins){0}; /* what was taken on is over */
        after.state = RECONCILE_BALANCED;
        return after;
    }
    if (!coins_sub(&rest, before->acknowledged))
        rest = finding->difference;
    if (is_within(rest, finding->tolerance)) {
        after.state = RECONCILE_BALANCED;
        return after;
    }
    bool is_second = before->state != RECONCILE_BALANCED &&
                     (finding->has_no_blocks || before->height != finding->height);
    bool may_stop =
        stop == RECONCILE_STOP_ANY || (stop == RECONCILE_STOP_SHORTAGE && rest.number < 0);
    if (before->state == RECONCILE_BALANCED || !may_stop)
        after.state = RECONCILE_DIFFERS;
    else if (is_second)
        after.state = RECONCILE_STOPPED;
    return after;
}
