/*
 * scenario.h: the language of the files in tests/scenarios/matching, one line at a time.
 *
 *     # price-time priority
 *     sell A1 1.0 @ 100
 *     sell B1 1.0 @ 100
 *     buy  C1 1.5 @ 101      -> trade A1 1.0 @ 100, trade B1 0.5 @ 100
 *     book asks 0.5 @ 100    bids -
 *
 * A1 is the first order of member A. Prices have 2 decimals, amounts 4. What stands behind `->`, or
 * on following lines that start with it, is the whole result but for the levels; levels count as
 * soon as one is named. tests/scenarios/README.md has every command and outcome.
 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

enum { SCENARIO_WORDS_MAX = 120, PRICE_DIGITS = 2, AMOUNT_DIGITS = 4 };

/* The words of a line; commas are words of their own. */
struct words {
    char text[1024];
    const char *at[SCENARIO_WORDS_MAX];
    size_t count, next;
};

/* ---- words ---- */

static inline bool words_split(struct words *words, const char *line)
{
    size_t length = 0;
    words->count = words->next = 0;
    for (const char *c = line; *c && *c != '#' && *c != '\n';) {
        if (isspace((unsigned char)*c)) {
            c++;
            continue;
        }
        if (words->count == SCENARIO_WORDS_MAX)
            return false;
        words->at[words->count++] = words->text + length;
        bool is_comma = *c == ',';
        do {
            if (length + 2 >= sizeof(words->text))
                return false;
            words->text[length++] = *c++;
        } while (!is_comma && *c && *c != ',' && *c != '#' && !isspace((unsigned char)*c));
        words->text[length++] = '\0';
    }
    return true;
}

/* The next word if it is this one. */
static inline bool words_take(struct words *words, const char *word)
{
    if (words->next >= words->count || strcmp(words->at[words->next], word) != 0)
        return false;
    words->next++;
    return true;
}

static inline const char *words_next(struct words *words)
{
    return words->next < words->count ? words->at[words->next++] : "";
}

static inline bool words_are_over(const struct words *words)
{
    return words->next == words->count;
}

/* ---- values ---- */

/* "A1": member and order. */
static inline bool name_parse(const char *text, uint64_t *ret_member, uint64_t *ret_order)
{
    uint64_t number;
    if (text[0] < 'A' || text[0] > 'Z' || !str_to_u64(text + 1, &number) || number > 999)
        return false;
    *ret_member = (uint64_t)(text[0] - 'A') + 1;
    *ret_order = *ret_member * 1000 + number;
    return true;
}

static inline void name_add(struct str *out, uint64_t order)
{
    str_add_char(out, (char)('A' + order / 1000 - 1));
    str_add_u64(out, order % 1000);
}

static inline bool number_parse(const char *text, unsigned digits, int64_t *ret_number)
{
    struct dec value;
    return dec_parse(text[0] == '+' ? text + 1 : text, &value) &&
           dec_to_scaled(value, digits, ret_number);
}

/* "0.5", "100": without what says nothing. */
static inline void number_add(struct str *out, int64_t number, unsigned digits)
{
    struct dec value;
    char text[DEC_TEXT_SIZE];
    bool is_value = dec_from_scaled(number, digits, &value);
    size_t length = is_value ? dec_format(value, text) : 0;
    if (length > 2 && strcmp(text + length - 2, ".0") == 0)
        length -= 2;
    str_add_bytes(out, text, length);
}

static inline bool words_price(struct words *words, int64_t *ret_price)
{
    return number_parse(words_next(words), PRICE_DIGITS, ret_price);
}

static inline bool words_amount(struct words *words, int64_t *ret_amount)
{
    return number_parse(words_next(words), AMOUNT_DIGITS, ret_amount);
}

static inline bool words_at_price(struct words *words, int64_t *ret_price)
{
    return words_take(words, "@") && words_price(words, ret_price);
}

/* ---- commands ---- */

static inline bool option_parse(struct words *words, struct command *command)
{
    static const char *const modes[] = {"none", "cancel_newest", "cancel_oldest", "decrement"};
    int64_t budget;
    if (words_take(words, "ioc"))
        command->time_in_force = TIF_IOC;
    else if (words_take(words, "fok"))
        command->time_in_force = TIF_FOK;
    else if (words_take(words, "post_only"))
        command->time_in_force = TIF_POST_ONLY;
    else if (words_take(words, "protection"))
        return words_price(words, &command->protection);
    else if (words_take(words, "stop")) {
        command->type = command->type == TYPE_LIMIT ? TYPE_STOP_LIMIT : TYPE_STOP_MARKET;
        return words_price(words, &command->stop_price);
    } else if (words_take(words, "budget")) {
        if (!number_parse(words_next(words), PRICE_DIGITS + AMOUNT_DIGITS, &budget))
            return false;
        wide_set(budget, &command->budget_low, &command->budget_high);
    } else if (words_take(words, "stp")) {
        const char *mode = words_next(words);
        for (size_t i = 0; i < ARRAY_LEN(modes); i++)
            if (strcmp(mode, modes[i]) == 0) {
                command->stp = (uint8_t)i;
                return true;
            }
        return false;
    } else
        return false;
    return true;
}

/* buy A1 1.0 @ 100 [ioc|fok|post_only] [stop 90] [stp MODE]; buy A1 1.0 market [budget 100] ... */
static inline bool submit_parse(struct words *words, struct command *command)
{
    command->kind = COMMAND_SUBMIT;
    if (!name_parse(words_next(words), &command->member_id, &command->order_id) ||
        !words_amount(words, &command->amount))
        return false;
    if (words_take(words, "market")) {
        command->type = TYPE_MARKET;
        if (command->side == SIDE_BUY)
            wide_set((__int128)1 << 100, &command->budget_low, &command->budget_high);
    } else if (!words_at_price(words, &command->price)) {
        return false;
    }
    while (!words_are_over(words) && strcmp(words->at[words->next], "->") != 0)
        if (!option_parse(words, command))
            return false;
    return true;
}

static inline bool cancel_parse(struct words *words, struct command *command)
{
    uint64_t order;
    command->kind = COMMAND_CANCEL;
    if (!words_take(words, "all"))
        return name_parse(words_next(words), &command->member_id, &command->order_id);
    command->kind = COMMAND_CANCEL_ALL;
    command->side = SIDE_BOTH;
    if (words->next < words->count && strlen(words->at[words->next]) == 1) {
        char name[] = {words_next(words)[0], '0', '\0'};
        if (!name_parse(name, &command->member_id, &order))
            return false;
    }
    if (words_take(words, "buys"))
        command->side = SIDE_BUY;
    else if (words_take(words, "sells"))
        command->side = SIDE_SELL;
    return true;
}

/* False: no command, or one that is wrong. What follows it is left in `words`. */
static inline bool command_parse(struct words *words, struct command *command)
{
    if (words_take(words, "buy"))
        return submit_parse(words, command);
    if (words_take(words, "sell")) {
        command->side = SIDE_SELL;
        return submit_parse(words, command);
    }
    if (words_take(words, "cancel"))
        return cancel_parse(words, command);
    if (words_take(words, "amend")) {
        command->kind = COMMAND_AMEND;
        return name_parse(words_next(words), &command->member_id, &command->order_id) &&
               words_amount(words, &command->amount) && words_at_price(words, &command->price);
    }
    if (words_take(words, "halt"))
        command->kind = COMMAND_HALT;
    else if (words_take(words, "resume"))
        command->kind = COMMAND_RESUME;
    return command->kind != 0;
}

/* ---- outcomes, as lines of text in one form ---- */

static inline void item_add(struct str *out, const struct result_item *item)
{
    static const char *const verbs[] = {"", "trade", "closed", "reduced", "triggered", "amended"};
    if (item->kind == ITEM_LEVEL) {
        str_add_format(out, "level %s ", side_name(item->side));
    } else {
        str_add_format(out, "%s ", verbs[item->kind]);
        name_add(out, item->order_id);
        str_add_char(out, ' ');
    }
    if (item->kind != ITEM_TRIGGERED)
        number_add(out, item->amount, AMOUNT_DIGITS);
    if (item->kind == ITEM_TRADE || item->kind == ITEM_AMENDED || item->kind == ITEM_LEVEL) {
        str_add(out, " @ ");
        number_add(out, item->price, PRICE_DIGITS);
    }
    if (item->kind == ITEM_TRADE) {
        str_add(out, " by ");
        name_add(out, item->other_order_id);
    }
    if (item->kind == ITEM_CLOSED)
        str_add_format(out, " %s", close_reason_name(item->reason));
    if (item->kind == ITEM_REDUCED) {
        str_add(out, " left ");
        number_add(out, (int64_t)item->extra, AMOUNT_DIGITS);
    }
    str_add_char(out, '\n');
}

/* One outcome after `->` or a comma, in the same form; `taker`: the order of the command. */
static inline bool outcome_parse(struct words *words, uint64_t taker, struct str *out)
{
    struct result_item item = {.other_order_id = taker};
    uint64_t member;
    int64_t left;
    const char *verb = words_next(words);
    static const char *const verbs[] = {"", "trade", "closed", "reduced", "triggered", "amended"};
    for (uint8_t kind = ITEM_TRADE; kind <= ITEM_AMENDED; kind++)
        if (strcmp(verb, verbs[kind]) == 0)
            item.kind = kind;
    if (strcmp(verb, "level") == 0) {
        item.kind = ITEM_LEVEL;
        item.side = strcmp(words_next(words), "sell") == 0 ? SIDE_SELL : SIDE_BUY;
    } else if (item.kind == 0) {
        str_add_format(out, "%s\n", verb); /* a status */
        return verb[0] != '\0';
    } else if (!name_parse(words_next(words), &member, &item.order_id)) {
        return false;
    }
    if (item.kind != ITEM_TRIGGERED && !words_amount(words, &item.amount))
        return false;
    if ((item.kind == ITEM_TRADE || item.kind == ITEM_AMENDED || item.kind == ITEM_LEVEL) &&
        !words_at_price(words, &item.price))
        return false;
    if (item.kind == ITEM_TRADE && words_take(words, "by") &&
        !name_parse(words_next(words), &member, &item.other_order_id))
        return false;
    if (item.kind == ITEM_REDUCED) {
        if (!words_take(words, "left") || !words_amount(words, &left))
            return false;
        item.extra = (uint64_t)left;
    }
    if (item.kind == ITEM_CLOSED) {
        const char *reason = words_next(words);
        while (item.reason < CLOSE_REASON_MAX &&
               strcmp(close_reason_name(item.reason), reason) != 0)
            item.reason++;
        if (item.reason == CLOSE_REASON_MAX)
            return false;
    }
    item_add(out, &item);
    return true;
}

/* Everything from `->` on. */
static inline bool outcomes_parse(struct words *words, uint64_t taker, struct str *out)
{
    if (words_are_over(words))
        return true;
    if (!words_take(words, "->"))
        return false;
    do {
        if (!outcome_parse(words, taker, out))
            return false;
    } while (words_take(words, ","));
    return words_are_over(words);
}

#endif
