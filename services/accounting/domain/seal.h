/*
 * seal.h: the hash chain over the journal. Every transaction that adds rows to `trades` or `ledger`
 * adds one seal: SHA-256 over the digest of the seal before (32 bytes, zeros for the first) and the
 * text of its rows by id, each on a line:
 *
 *   L|id|reference_type|reference_id|event|currency|member_id|code_a|amount_a|code_b|amount_b|created_at_us\n
 *   T|id|market|command_seq|price|amount|total|base|quote|taker_side|maker_order|taker_order|maker|
 *     taker|maker_fee|taker_fee|buyer_fee|seller_fee|maker_release|taker_release|created_at_us\n
 *
 * (one line, no break). Decimals as dec_text() writes them; absent numbers are 0.
 */
#ifndef ACCOUNTING_DOMAIN_SEAL_H
#define ACCOUNTING_DOMAIN_SEAL_H

#include "accounting/domain/ledger.h"
#include "base/str.h"

void seal_add_entry(struct str *text, const struct ledger_entry *entry);
void seal_add_trade(struct str *text, const struct trade *trade);
/* digest = SHA-256(digest || text) */
void seal_close(uint8_t digest[static 32], const struct str *text);

#endif
