/*
 * entities_order.h: orders, trades, accounts, operations and members as the contract shows them
 * (reference 1.2, 1.8): a plain struct, its table of JSON fields, and the function that fills it.
 *
 * Both wire formats at once: market_type is the newer one's; what is ours comes last and only when it
 * is used (time_in_force, stop_price, client_order_id, self_trade_prevention).
 *
 *     struct order_view view;
 *     order_view_fill(&view, &order, market);
 *     http_reply_object(request, order_fields, &view);
 *
 * Views point into what they were filled from: the catalog, constants, rows in the request's arena.
 */
#ifndef ACCOUNTING_HTTP_ENTITIES_ORDER_H
#define ACCOUNTING_HTTP_ENTITIES_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "accounting/domain/member.h"
#include "accounting/domain/order.h"
#include "json/field.h"

/* ---- Trade: as one of its two members sees it ---- */

struct trade_view {
    uint64_t id;
    struct dec price, amount, total;
    const char *fee_currency; /* these four: in lists only; NULL elsewhere */
    struct dec fee, fee_amount;
    bool has_fee;
    const char *market, *market_type;
    int64_t created_at;
    const char *taker_type, *side;
    uint64_t order_id;
};
extern const struct json_field trade_fields[];

/* The view of `member_id`; in a trade with oneself that of the maker. market NULL: type "spot". */
void trade_view_fill(struct trade_view *view, const struct trade *trade,
                     const struct market *market, uint64_t member_id);
/* The view inside of an order: the order's side, no fee. */
void trade_view_fill_for_order(struct trade_view *view, const struct trade *trade,
                               const struct market *market, const struct order *order);

/* ---- Order ---- */

struct order_view {
    uint64_t id;
    struct uuid uuid;
    const char *side, *ord_type;
    struct dec price, avg_price;
    const char *state, *market, *market_type;
    int64_t created_at, updated_at;
    struct dec origin_volume, remaining_volume, executed_volume, maker_fee, taker_fee;
    int64_t trades_count;
    const struct trade_view *trades; /* GET of one order */
    size_t trades_length;
    const char *email, *uid;                                             /* administrators */
    const char *time_in_force, *client_order_id, *self_trade_prevention; /* NULL: not used */
    struct dec stop_price;
    bool has_stop_price;
    uint64_t member_id; /* management API */
};
extern const struct json_field order_fields[];
extern const struct json_field order_with_trades_fields[];
extern const struct json_field admin_order_fields[];
extern const struct json_field management_order_fields[];

/* market NULL (a market that is gone): type "spot", average price 0. */
void order_view_fill(struct order_view *view, const struct order *order,
                     const struct market *market);
/* member NULL: no e-mail, no uid. */
void admin_order_view_fill(struct order_view *view, const struct order *order,
                           const struct market *market, const struct member *member);

/* ---- Trade for administrators ---- */

struct admin_trade_view {
    uint64_t id;
    struct dec price, amount, total;
    const char *market, *market_type;
    int64_t created_at;
    const char *taker_type;
    const char *maker_order_email, *maker_uid, *maker_fee_currency;
    const char *taker_order_email, *taker_uid, *taker_fee_currency;
    struct dec maker_fee_amount, taker_fee_amount;
    struct dec maker_fee, taker_fee;                    /* one trade only: rates */
    const struct order_view *maker_order, *taker_order; /* one trade only; NULL: null */
};
extern const struct json_field admin_trade_fields[];
extern const struct json_field admin_trade_extended_fields[];

void admin_trade_view_fill(struct admin_trade_view *view, const struct trade *trade,
                           const struct market *market, const struct member *maker,
                           const struct member *taker);

/* ---- Account ---- */

struct account_view {
    const char *currency;
    struct dec balance, locked;
    /* Coins only: "[]" and "null" of both formats; NULL leaves the keys out. */
    const char *deposit_addresses, *deposit_address;
};
extern const struct json_field account_fields[];

/* ---- Operation ---- */

struct operation_view {
    uint64_t id;
    int32_t code;
    const char *currency;
    struct dec credit, debit;
    const char *uid;          /* NULL: the row has no member */
    const char *account_kind; /* "main", "locked" */
    uint64_t rid;             /* 0: null */
    const char *reference_type;
    int64_t created_at;
};
extern const struct json_field operation_fields[];

void operation_view_fill(struct operation_view *view, const struct operation *operation,
                         const char *uid);

/* ---- Member ---- */

struct member_view {
    const char *uid, *email, *group;
    uint64_t id;
    int32_t level;
    const char *role, *state;
    int64_t created_at, updated_at;
    const struct account_view *accounts;
    size_t accounts_count;
    const char *beneficiaries, *deposit_addresses; /* "[]": they come with the wallets */
};
extern const struct json_field member_fields[]; /* members/me */
extern const struct json_field admin_member_fields[];

void member_view_fill(struct member_view *view, const struct member *member);

#endif
