/*
 * plain_book.h: the bare book that the engine is measured beside: a flat array of prices with a
 * bitmap over it, queues of 32-byte orders, an open-addressing hash of ids, and a ring that trades
 * are written to. It has limit orders, market orders and cancels, and nothing else: no members, no
 * rules, no results, no state hash. About what the machine allows for this job.
 */
#ifndef BENCH_ENGINE_PLAIN_BOOK_H
#define BENCH_ENGINE_PLAIN_BOOK_H

#include <stdint.h>

#include "tests/bench/engine/workload.h"

struct plain_book;

struct plain_trade {
    uint64_t maker, taker;
    uint32_t price, amount, maker_member, taker_member;
};

enum { PLAIN_TRADES = 65536 }; /* the ring; a power of two */

struct plain_book *plain_book_new(void); /* ends the program without memory */
void plain_book_free(struct plain_book *book);
void plain_book_apply(struct plain_book *book, const struct workload_command *command);

uint64_t plain_book_trades(const struct plain_book *book); /* ever made */
const struct plain_trade *plain_book_trade(const struct plain_book *book, uint64_t number);

#endif
