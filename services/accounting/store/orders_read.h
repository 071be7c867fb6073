/*
 * orders_read.h: reading orders: one, a member's lists, the administrators' lists. All bounded; rows
 * belong to the arena.
 *
 * A member's list is the union of one index range for each state (index orders_member), so that a
 * page costs its rows and those before it, not the member's history.
 */
#ifndef ACCOUNTING_STORE_ORDERS_READ_H
#define ACCOUNTING_STORE_ORDERS_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/order.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { ORDERS_PAGE_MAX = 20000, ORDERS_SQL_BYTES_MAX = 64 * 1024 };

/* An order by its id or its uuid. */
struct order_ref {
    bool by_uuid;
    uint64_t id;
    struct uuid uuid;
};

/* member_id 0: anybody's. ERR_NOT_FOUND: none, or not the member's. */
bool order_find(struct db *db, const struct order_ref *ref, uint64_t member_id,
                struct order *ret_order, struct err *err) MUST_CHECK;

struct orders_filter {
    uint64_t member_id;         /* 0: everybody, only in orders_list() */
    const char *const *markets; /* NULL: every market */
    size_t markets_count;
    const enum order_state *states; /* NULL: every state */
    size_t states_count;
    enum side side;                  /* SIDE_BOTH: both */
    const char *ord_type;            /* NULL: every type; a name of the contract */
    struct dec price, origin_volume; /* 0: any */
    int64_t from_us, to_us;          /* 0: open; see time_column */
    bool to_is_inclusive;
    const char *time_column; /* NULL: "created_at"; "updated_at" */
    const char *order_by;    /* orders_list(): a column; NULL or unknown: "id" */
    bool ascending;
    uint64_t limit, offset;
};

/* The orders of filter->member_id by updated_at. */
bool orders_of_member(struct db *db, struct arena *arena, const struct orders_filter *filter,
                      struct order **ret_orders, size_t *ret_count, struct err *err) MUST_CHECK;

/* For administrators: any filters, any order. */
bool orders_list(struct db *db, struct arena *arena, const struct orders_filter *filter,
                 struct order **ret_orders, size_t *ret_count, struct err *err) MUST_CHECK;

#endif
