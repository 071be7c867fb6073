/*
 * protocol.h: what accounting and a matching worker say to each other. Version 1.
 *
 * Three kinds of documents, all little-endian, made of fixed records without padding:
 *
 *   command batch   accounting -> worker   header, then `count` struct command
 *   result batch    worker -> accounting   header, then `count` times (struct result, its items)
 *   snapshot        accounting -> worker   struct snapshot_header, then struct snapshot_order
 *
 * A batch speaks of one market; its commands carry consecutive sequence numbers from first_seq on.
 * Every command has exactly one result with the same number. deploy/protocol/matching.md is the
 * public text of this protocol: rules of matching, transport, snapshot call, conformance.
 *
 * Units: price in ticks (10^-price_precision of the quote currency), amount in lots
 * (10^-amount_precision of the base currency), funds in ticks × lots. Integers only.
 *
 * Pure code: no I/O. The readers take bytes from outside and check every length, enum and range;
 * the writers assert.
 */
#ifndef CONTRACT_PROTOCOL_H
#define CONTRACT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    PROTOCOL_VERSION = 1,
    PROTOCOL_COMMANDS_MAX = 1024,       /* commands in one batch */
    PROTOCOL_ITEMS_MAX = 6 * 4096,      /* items of one result: the worst case of these limits */
    PROTOCOL_BATCH_BYTES_MAX = 8 << 20, /* a result batch is cut before it passes this */
    PROTOCOL_FILLS_MAX = 4096,          /* trades and self-trade steps of one command */
    PROTOCOL_TRIGGERS_MAX = 1024,       /* stop orders set off by one command */
    PROTOCOL_CANCELS_MAX = 1024,        /* orders closed by one cancel-all */
    MARKET_ID_SIZE = 24
};

/* Prices and amounts are 1..this, so that a product fits 2^120 and sums of products 2^127. */
#define PROTOCOL_QUANTITY_MAX ((int64_t)1 << 60)
/* Sequence numbers are 1..this: a rank keeps the number in its upper 48 bits. */
#define PROTOCOL_SEQ_MAX (((uint64_t)1 << 48) - 1)

enum command_kind {
    COMMAND_SUBMIT = 1,
    COMMAND_CANCEL = 2,     /* order_id */
    COMMAND_CANCEL_ALL = 3, /* orders of member_id (0: of everybody), side or SIDE_BOTH */
    COMMAND_AMEND = 4,      /* order_id; price: the new one; amount: change of the volume, signed */
    COMMAND_HALT = 5,       /* no fills, no new orders; cancels go on */
    COMMAND_RESUME = 6
};

enum side { SIDE_BUY = 0, SIDE_SELL = 1, SIDE_BOTH = 2 };

enum order_type { TYPE_LIMIT = 0, TYPE_MARKET = 1, TYPE_STOP_LIMIT = 2, TYPE_STOP_MARKET = 3 };

enum time_in_force { TIF_GTC = 0, TIF_IOC = 1, TIF_FOK = 2, TIF_POST_ONLY = 3 };

/* Self-trade prevention: what happens when the taker meets an order of its own member. */
enum stp_mode { STP_NONE = 0, STP_CANCEL_NEWEST = 1, STP_CANCEL_OLDEST = 2, STP_DECREMENT = 3 };

struct batch_header {
    char magic[4];                  /* "BRC1" commands, "BRR1" results */
    uint16_t version;               /* PROTOCOL_VERSION */
    uint16_t reserved;              /* 0 */
    char market_id[MARKET_ID_SIZE]; /* NUL-padded, "btcusd" */
    uint64_t first_seq;
    uint32_t count;        /* commands or results */
    uint32_t bytes;        /* of the whole batch, this header included */
    uint64_t state_hash;   /* results: of the market after the last one; commands: 0 */
} __attribute__((packed)); /* a batch may start at any address */

struct command {
    uint64_t seq;
    uint64_t order_id;
    uint64_t member_id;
    int64_t price;                    /* limit price; amend: the new price; 0 for market orders */
    int64_t amount;                   /* submit: volume; amend: change of the volume */
    int64_t stop_price;               /* stop orders: set off when the last price reaches it */
    int64_t protection;               /* market orders: worst price to trade at; 0: any */
    uint64_t budget_low, budget_high; /* market buys: funds that may be spent, 128 bits */
    uint8_t kind, side, type, time_in_force, stp;
    uint8_t reserved[3]; /* 0 */
};

enum result_status {
    RESULT_OK = 0,
    RESULT_NOT_FOUND = 1,     /* cancel, amend: the order is not in the book (any more) */
    RESULT_NOT_AMENDABLE = 2, /* amend: a waiting stop order */
    RESULT_WOULD_CROSS = 3,   /* amend of a post-only order: left as it was */
    RESULT_HALTED = 4,        /* amend while the market is halted */
    RESULT_REFUSED = 5        /* a command that follows no rule; nothing happened */
};

struct result {
    uint64_t seq;
    uint64_t order_id; /* of the command */
    uint32_t items;    /* struct result_item that follow */
    uint8_t kind;      /* of the command */
    uint8_t status;
    uint8_t more; /* cancel-all: PROTOCOL_CANCELS_MAX closed and others left: ask again */
    uint8_t reserved;
};

enum item_kind {
    ITEM_TRADE = 1,  /* order: maker; other_order: taker; price, amount; side: the taker's */
    ITEM_CLOSED = 2, /* order leaves with `amount` unfilled; reason. Filled orders: see flags */
    ITEM_REDUCED =
        3, /* order loses `amount` without a trade (STP_DECREMENT); extra: what is left */
    ITEM_TRIGGERED = 4, /* stop order set off; extra: its new rank */
    ITEM_AMENDED = 5,   /* order has now price, `amount` to fill; extra: its rank */
    ITEM_LEVEL = 6      /* side and price now hold `amount` (at most INT64_MAX is told); 0: gone */
};

enum { ITEM_MAKER_DONE = 1, ITEM_TAKER_DONE = 2 }; /* flags of ITEM_TRADE: filled to the end */

enum close_reason {
    CLOSE_NONE = 0,
    CLOSE_CANCELLED = 1,  /* asked for */
    CLOSE_IOC = 2,        /* immediate-or-cancel: the rest */
    CLOSE_FOK = 3,        /* fill-or-kill: could not be filled whole */
    CLOSE_POST_ONLY = 4,  /* would have taken liquidity */
    CLOSE_LIQUIDITY = 5,  /* market order: the book is empty */
    CLOSE_BUDGET = 6,     /* market buy: the funds don't reach */
    CLOSE_PROTECTION = 7, /* market order: the next price is beyond the bound */
    CLOSE_STP = 8,        /* self-trade prevention */
    CLOSE_HALTED = 9,     /* the market is halted */
    CLOSE_BOOK_FULL = 10, /* the pool of the market is used up */
    CLOSE_FILLS_MAX = 11, /* PROTOCOL_FILLS_MAX trades and self-trade steps in one command */
    CLOSE_AMENDED = 12,   /* amended to a volume that was filled already */
    CLOSE_REASON_MAX
};

struct result_item {
    uint8_t kind, side, flags, reason;
    uint8_t reserved[4]; /* 0 */
    uint64_t order_id, other_order_id;
    uint64_t member_id, other_member_id; /* of order_id, of other_order_id */
    int64_t price, amount;
    uint64_t extra;
};

/*
 * The place of an order in the queue of its price: the number of the command that put it there,
 * and for stop orders that one command set off, their turn: seq × 2^16 + turn. Lower goes first.
 */
static inline uint64_t rank_of(uint64_t seq, uint32_t turn)
{
    return seq << 16 | turn;
}

/* All that the next answer of a market depends on, at one sequence number. */
struct snapshot_header {
    char magic[4]; /* "BRS1" */
    uint16_t version;
    uint8_t halted;
    uint8_t reserved;
    char market_id[MARKET_ID_SIZE];
    uint64_t seq;       /* the last command that is in it */
    int64_t last_price; /* of the last trade; 0: none yet */
    uint64_t orders;    /* struct snapshot_order that follow, by rank */
};

struct snapshot_order {
    uint64_t order_id;
    uint64_t member_id;
    int64_t price;
    int64_t amount; /* left to fill */
    int64_t stop_price;
    int64_t protection;
    uint64_t budget_low, budget_high;
    uint64_t rank;
    uint8_t side, type, time_in_force, stp;
    uint8_t waiting; /* a stop order that was not set off yet */
    uint8_t reserved[3];
};

_Static_assert(sizeof(struct batch_header) == 56, "no padding on the wire");
_Static_assert(sizeof(struct command) == 80, "no padding on the wire");
_Static_assert(sizeof(struct result) == 24, "no padding on the wire");
_Static_assert(sizeof(struct result_item) == 64, "no padding on the wire");
_Static_assert(sizeof(struct snapshot_header) == 56, "no padding on the wire");
_Static_assert(sizeof(struct snapshot_order) == 80, "no padding on the wire");

static inline __int128 wide_get(uint64_t low, uint64_t high)
{
    return (__int128)((unsigned __int128)high << 64 | low);
}
static inline void wide_set(__int128 number, uint64_t *ret_low, uint64_t *ret_high)
{
    *ret_low = (uint64_t)(unsigned __int128)number;
    *ret_high = (uint64_t)((unsigned __int128)number >> 64);
}

/* ---- writing ---- */

/*
 * Whether every field follows the rules of the command's kind. The reader refuses a batch with a
 * command that fails here, so whoever writes commands asks first. ERR_PROTOCOL with the reason.
 */
bool command_check(const struct command *command, struct err *err) MUST_CHECK;

/* Appends a whole command batch. `commands` are consecutive; 1..PROTOCOL_COMMANDS_MAX of them. */
void command_batch_write(struct str *out, const char *market_id, const struct command *commands,
                         size_t count);

/* A result batch is the only thing in `out`: begin, append the results, end. */
void result_batch_begin(struct str *out, const char *market_id, uint64_t first_seq);
void result_batch_end(struct str *out, uint32_t count, uint64_t state_hash);

/* ---- reading bytes from outside ---- */

/* A batch that was checked; points into the bytes it was read from. */
struct batch {
    const struct batch_header *header;
    const uint8_t *body; /* may be unaligned: use the cursors below */
    size_t body_length;
};

/* ERR_PROTOCOL with the reason: magic, version, lengths, sequence, enums, ranges. */
bool command_batch_read(const void *bytes, size_t length, struct batch *ret_batch, struct err *err)
    MUST_CHECK;
bool result_batch_read(const void *bytes, size_t length, struct batch *ret_batch, struct err *err)
    MUST_CHECK;

/* Copies command `index` of a checked batch. */
void command_get(const struct batch *batch, size_t index, struct command *ret_command);

/* Walks a checked result batch: `offset` starts at 0. False at the end. */
bool result_next(const struct batch *batch, size_t *offset, struct result *ret_result);
/* The next item of the result that result_next() gave; call it exactly `items` times. */
void result_item_next(const struct batch *batch, size_t *offset, struct result_item *ret_item);

/* A snapshot that was checked. */
bool snapshot_read(const void *bytes, size_t length, struct snapshot_header *ret_header,
                   const uint8_t **ret_orders, struct err *err) MUST_CHECK;
void snapshot_order_get(const uint8_t *orders, size_t index, struct snapshot_order *ret_order);

/* ---- names, for logs and for people ---- */

const char *command_kind_name(unsigned kind);   /* "submit"; "?" for an unknown one */
const char *close_reason_name(unsigned reason); /* "post_only" */
const char *result_status_name(unsigned status);
const char *side_name(unsigned side);       /* "buy", "sell", "both" */
const char *order_type_name(unsigned type); /* "stop_limit" */
const char *time_in_force_name(unsigned time_in_force);
const char *stp_mode_name(unsigned mode); /* "cancel_newest" */

/* One line of text a record; for `bourse-matching --print-batch FILE` and `--print-snapshot`. */
void batch_print(struct str *out, const struct batch *batch);
void snapshot_print(struct str *out, const struct snapshot_header *header, const uint8_t *orders);
void result_item_print(struct str *out, const struct result_item *item);

#endif
