#include "accounting/domain/withdraw.h"

#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"

/* ---- words ---- */

static const char *const state_words[] = {
#define S(name, word) [WITHDRAW_##name] = (word),
    WITHDRAW_STATES(S)
#undef S
};

static const char *const event_words[] = {
#define E(name, word) [WITHDRAW_DO_##name] = (word),
    WITHDRAW_EVENTS(E)
#undef E
};

const char *withdraw_state_word(enum withdraw_state state)
{
    assert(state < WITHDRAW_STATES_COUNT);
    return state_words[state];
}

const char *withdraw_event_word(enum withdraw_event event)
{
    assert(event < WITHDRAW_EVENTS_COUNT);
    return event_words[event];
}

bool withdraw_state_of(const char *word, enum withdraw_state *ret_state)
{
    for (size_t i = 0; i < WITHDRAW_STATES_COUNT; i++)
        if (strcmp(state_words[i], word) == 0) {
            *ret_state = (enum withdraw_state)i;
            return true;
        }
    return false;
}

bool withdraw_event_of(const char *word, enum withdraw_event *ret_event)
{
    for (size_t i = 0; i < WITHDRAW_EVENTS_COUNT; i++)
        if (strcmp(event_words[i], word) == 0) {
            *ret_event = (enum withdraw_event)i;
            return true;
        }
    return false;
}

bool withdraw_is_completed(enum withdraw_state state)
{
    return state == WITHDRAW_SUCCEED || state == WITHDRAW_REJECTED || state == WITHDRAW_CANCELED ||
           state == WITHDRAW_FAILED;
}

/* ---- moves ---- */

enum need { NEED_NOTHING, NEED_COIN_TXID, NEED_TXID /* or fiat, or a receiver of ours */ };

static const struct withdraw_row {
    enum withdraw_event event;
    enum withdraw_state from, to;
    enum withdraw_effect effect;
    enum need need;
} moves[] = {
    {WITHDRAW_DO_ACCEPT, WITHDRAW_PREPARED, WITHDRAW_ACCEPTED, EFFECT_HOLD, NEED_NOTHING},
    {WITHDRAW_DO_CANCEL, WITHDRAW_PREPARED, WITHDRAW_CANCELED, EFFECT_NONE, NEED_NOTHING},
    {WITHDRAW_DO_CANCEL, WITHDRAW_ACCEPTED, WITHDRAW_CANCELED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_CANCEL, WITHDRAW_PROCESSING, WITHDRAW_CANCELED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_CANCEL, WITHDRAW_SKIPPED, WITHDRAW_CANCELED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_REJECT, WITHDRAW_TO_REJECT, WITHDRAW_REJECTED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_REJECT, WITHDRAW_ACCEPTED, WITHDRAW_REJECTED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_REJECT, WITHDRAW_CONFIRMING, WITHDRAW_REJECTED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_PROCESS, WITHDRAW_ACCEPTED, WITHDRAW_PROCESSING, EFFECT_NONE, NEED_NOTHING},
    {WITHDRAW_DO_PROCESS, WITHDRAW_SKIPPED, WITHDRAW_PROCESSING, EFFECT_NONE, NEED_NOTHING},
    {WITHDRAW_DO_PROCESS, WITHDRAW_ERRORED, WITHDRAW_PROCESSING, EFFECT_NONE, NEED_NOTHING},
    {WITHDRAW_DO_LOAD, WITHDRAW_ACCEPTED, WITHDRAW_CONFIRMING, EFFECT_NONE, NEED_COIN_TXID},
    {WITHDRAW_DO_DISPATCH, WITHDRAW_PROCESSING, WITHDRAW_CONFIRMING, EFFECT_NONE, NEED_TXID},
    {WITHDRAW_DO_SUCCESS, WITHDRAW_CONFIRMING, WITHDRAW_SUCCEED, EFFECT_SPEND, NEED_TXID},
    {WITHDRAW_DO_SUCCESS, WITHDRAW_ERRORED, WITHDRAW_SUCCEED, EFFECT_SPEND, NEED_TXID},
    {WITHDRAW_DO_SKIP, WITHDRAW_PROCESSING, WITHDRAW_SKIPPED, EFFECT_NONE, NEED_NOTHING},
    {WITHDRAW_DO_FAIL, WITHDRAW_PROCESSING, WITHDRAW_FAILED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_FAIL, WITHDRAW_CONFIRMING, WITHDRAW_FAILED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_FAIL, WITHDRAW_SKIPPED, WITHDRAW_FAILED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_FAIL, WITHDRAW_ERRORED, WITHDRAW_FAILED, EFFECT_RELEASE, NEED_NOTHING},
    {WITHDRAW_DO_ERR, WITHDRAW_PROCESSING, WITHDRAW_ERRORED, EFFECT_NONE, NEED_NOTHING},
};

static bool has_what_it_needs(const struct withdraw *row, enum need need)
{
    bool has_txid = row->txid && *row->txid;
    switch (need) {
    case NEED_NOTHING:
        return true;
    case NEED_COIN_TXID:
        return row->is_coin && has_txid;
    case NEED_TXID:
        break;
    }
    return !row->is_coin || has_txid || row->receiver_id != 0;
}

bool withdraw_move(struct withdraw *row, enum withdraw_event event,
                   enum withdraw_effect *ret_effect, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        if (moves[i].event != event || moves[i].from != row->state)
            continue;
        if (!has_what_it_needs(row, moves[i].need))
            return err_set(err, ERR_STATE_CONFLICT, "withdraw %lu: %s needs a transaction",
                           (unsigned long)row->id, withdraw_event_word(event));
        row->state = moves[i].to;
        *ret_effect = moves[i].effect;
        return true;
    }
    return err_set(err, ERR_STATE_CONFLICT, "withdraw %lu is %s: no %s", (unsigned long)row->id,
                   withdraw_state_word(row->state), withdraw_event_word(event));
}

void withdraw_print_states(struct str *out)
{
    str_add(out, "digraph withdraw {\n");
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        str_add_format(out, "    %s -> %s [label=\"%s\"];\n", withdraw_state_word(moves[i].from),
                       withdraw_state_word(moves[i].to), withdraw_event_word(moves[i].event));
    str_add(out, "}\n");
}

/* ---- transfer types ---- */

static const struct {
    const char *word;
    int64_t number;
} transfer_types[] = {
    {"fiat", TRANSFER_FIAT}, {"card", 101}, {"wire", 102},
    {"swift", 103},          {"sepa", 104}, {"crypto", TRANSFER_CRYPTO},
};

int64_t transfer_type_number(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(transfer_types); i++)
        if (strcmp(transfer_types[i].word, word) == 0)
            return transfer_types[i].number;
    return 0;
}

const char *transfer_type_word(int64_t number)
{
    for (size_t i = 0; i < ARRAY_LEN(transfer_types); i++)
        if (transfer_types[i].number == number)
            return transfer_types[i].word;
    return NULL;
}

/* ---- amounts ---- */

bool withdraw_amounts(const struct withdraw_terms *terms, struct dec sum, struct dec *ret_amount,
                      struct err *err)
{
    struct dec amount;
    if (!dec_is_positive(sum) || dec_cmp(sum, terms->min_sum) < 0)
        return err_set(err, ERR_INVALID, "below the minimum");
    if (!dec_sub(sum, terms->fee, &amount) || !dec_is_positive(amount))
        return err_set(err, ERR_INVALID, "nothing is left after the fee");
    if (dec_digits(sum) > terms->digits || dec_digits(amount) > terms->digits)
        return err_set(err, ERR_INVALID, "more than %u fractional digits", terms->digits);
    *ret_amount = amount;
    return true;
}

/* ---- approvals ---- */

void withdraw_digest(const struct withdraw *row, char ret_digest[static WITHDRAW_DIGEST_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    char id[24], amount[DEC_TEXT_SIZE];
    uint8_t digest[SHA256_SIZE];
    struct str text = STR_INIT(2048);
    snprintf(id, sizeof(id), "%lu", (unsigned long)row->id);
    /* Lines: no part can be lengthened at the cost of its neighbour (an rid has no line break). */
    const char *parts[] = {"withdraw",       id,
                           row->rid,         dec_text(row->amount, amount),
                           row->currency_id, row->blockchain_key ? row->blockchain_key : ""};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        str_add(&text, parts[i]);
        str_add_char(&text, '\n');
    }
    assert(str_ok(&text));
    sha256(str_data(&text), text.length, digest);
    str_release(&text);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_digest[2 * i] = hex[digest[i] >> 4];
        ret_digest[2 * i + 1] = hex[digest[i] & 15];
    }
    ret_digest[2 * SHA256_SIZE] = '\0';
}
