#include "accounting/domain/seal.h"

#include <string.h>

#include "crypto/crypto.h"

static void add_u64(struct str *text, uint64_t number)
{
    str_add_u64(text, number);
    str_add_char(text, '|');
}

static void add_text(struct str *text, const char *chars)
{
    str_add(text, chars);
    str_add_char(text, '|');
}

static void add_dec(struct str *text, struct dec value)
{
    char digits[DEC_TEXT_SIZE];
    str_add_bytes(text, digits, dec_format(value, digits));
    str_add_char(text, '|');
}

void seal_add_entry(struct str *text, const struct ledger_entry *entry)
{
    str_add(text, "L|");
    add_u64(text, entry->id);
    add_text(text, entry->reference_type);
    add_u64(text, entry->reference_id);
    add_text(text, entry->event);
    add_text(text, entry->currency_id);
    add_u64(text, entry->member_id);
    add_u64(text, (uint64_t)entry->code_a);
    add_dec(text, entry->amount_a);
    add_u64(text, (uint64_t)entry->code_b);
    add_dec(text, entry->amount_b);
    str_add_i64(text, entry->created_at);
    str_add_char(text, '\n');
}

void seal_add_trade(struct str *text, const struct trade *trade)
{
    str_add(text, "T|");
    add_u64(text, trade->id);
    add_text(text, trade->market_id);
    add_u64(text, trade->command_seq);
    add_dec(text, trade->price);
    add_dec(text, trade->amount);
    add_dec(text, trade->total);
    add_text(text, trade->base);
    add_text(text, trade->quote);
    add_u64(text, (uint64_t)trade->taker_side);
    add_u64(text, trade->maker_order_id);
    add_u64(text, trade->taker_order_id);
    add_u64(text, trade->maker_id);
    add_u64(text, trade->taker_id);
    add_dec(text, trade->maker_fee);
    add_dec(text, trade->taker_fee);
    add_dec(text, trade->buyer_fee_amount);
    add_dec(text, trade->seller_fee_amount);
    add_dec(text, trade->maker_release);
    add_dec(text, trade->taker_release);
    str_add_i64(text, trade->created_at);
    str_add_char(text, '\n');
}

void seal_close(uint8_t digest[static 32], const struct str *text)
{
    struct sha256 *hash = sha256_new();
    assert(hash != NULL && str_ok(text));
    sha256_add(hash, digest, 32);
    sha256_add(hash, str_data(text), text->length);
    sha256_end(hash, digest);
    sha256_free(hash);
}
