#include "accounting/domain/fiat_payment.h"

#include <string.h>

#include "base/str.h"
#include "crypto/crypto.h"

static const char *const state_words[] = {
#define S(name, word) [FIAT_##name] = (word),
    FIAT_PAYMENT_STATES(S)
#undef S
};

const char fiat_payment_state_words[] = "parked waiting credited refused reversed settling settled";

const char *fiat_payment_state_word(enum fiat_payment_state state)
{
    assert(state < FIAT_STATES_COUNT);
    return state_words[state];
}

bool fiat_payment_state_of(const char *word, enum fiat_payment_state *ret_state)
{
    for (size_t i = 0; i < FIAT_STATES_COUNT; i++)
        if (strcmp(state_words[i], word) == 0) {
            *ret_state = (enum fiat_payment_state)i;
            return true;
        }
    return false;
}

static const struct {
    enum fiat_payment_event event;
    enum fiat_payment_state from, to;
} moves[] = {
    {FIAT_ASSIGN, FIAT_PARKED, FIAT_WAITING},     {FIAT_ASSIGN, FIAT_WAITING, FIAT_WAITING},
    {FIAT_HOLD, FIAT_PARKED, FIAT_WAITING},       {FIAT_CREDIT, FIAT_PARKED, FIAT_CREDITED},
    {FIAT_CREDIT, FIAT_WAITING, FIAT_CREDITED},   {FIAT_REFUSE, FIAT_PARKED, FIAT_REFUSED},
    {FIAT_REFUSE, FIAT_WAITING, FIAT_REFUSED},    {FIAT_REVERSE, FIAT_PARKED, FIAT_REVERSED},
    {FIAT_REVERSE, FIAT_WAITING, FIAT_REVERSED},  {FIAT_REVERSE, FIAT_REFUSED, FIAT_REVERSED},
    {FIAT_REVERSE, FIAT_CREDITED, FIAT_REVERSED}, {FIAT_CLAIM, FIAT_REVERSED, FIAT_SETTLING},
    {FIAT_CLAIM, FIAT_SETTLING, FIAT_SETTLING},   {FIAT_SETTLE, FIAT_SETTLING, FIAT_SETTLED},
};

bool fiat_payment_move(struct fiat_payment *payment, enum fiat_payment_event event, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].event == event && moves[i].from == payment->state) {
            payment->state = moves[i].to;
            return true;
        }
    return err_set(err, ERR_STATE_CONFLICT, "payment %lu is %s", (unsigned long)payment->id,
                   fiat_payment_state_word(payment->state));
}

void fiat_payment_digest(const struct fiat_payment *payment,
                         char ret_digest[static FIAT_DIGEST_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    char amount[DEC_TEXT_SIZE];
    uint8_t digest[SHA256_SIZE];
    struct str text = STR_INIT(1024);
    const char *parts[] = {payment->currency_id, dec_text(payment->amount, amount),
                           payment->reference ? payment->reference : "",
                           payment->payer_account ? payment->payer_account : ""};
    /* A part ends with a byte that no text has. */
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        str_add_bytes(&text, parts[i], strlen(parts[i]) + 1);
    assert(str_ok(&text));
    sha256(str_data(&text), text.length, digest);
    str_release(&text);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_digest[2 * i] = hex[digest[i] >> 4];
        ret_digest[2 * i + 1] = hex[digest[i] & 15];
    }
    ret_digest[2 * SHA256_SIZE] = '\0';
}
