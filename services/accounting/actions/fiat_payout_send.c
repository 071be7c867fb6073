#include "accounting/actions/fiat_payout_send.h"

#include <string.h>

#include "accounting/actions/fiat_batch.h"
#include "accounting/actions/fiat_payout.h"
#include "accounting/domain/withdraw.h"
#include "accounting/store/fiat_batches.h"
#include "accounting/store/withdraws.h"
#include "payment/payment.h"

enum { ROUND_MAX = 20, DOUBLINGS_MAX = 9 };

static const int64_t second_us = 1000000;

struct sending {
    const struct outgoing *outgoing;
    uint64_t withdraw_id;
    struct withdraw row;
    struct fiat_batch_item item;
    /* what came of it */
    enum payment_answer answer;
    struct err why;
};

/* 1 s, 2 s, ... 512 s. */
static int64_t pause_us(uint64_t attempts)
{
    return second_us << (attempts < DOUBLINGS_MAX ? attempts : DOUBLINGS_MAX);
}

static bool is_ended(const struct sending *sending)
{
    return strcmp(sending->item.order_state, "ended") == 0;
}

/* The withdrawal before its item, as everybody does. */
static bool load_locked(struct db *db, struct sending *sending, struct err *err)
{
    struct arena *arena = sending->outgoing->arena;
    return withdraw_find_locked(db, arena, sending->withdraw_id, 0, &sending->row, err) &&
           fiat_batch_item_find_locked(db, arena, sending->withdraw_id, &sending->item, err);
}

/* Before the gateway hears of it: a kill between leaves one that is asked again. */
static bool begin_unit(struct db *db, void *arg, struct err *err)
{
    struct sending *sending = arg;
    struct fiat_batch_item *item = &sending->item;
    if (!load_locked(db, sending, err))
        return false;
    if (is_ended(sending))
        return true;
    if (sending->row.state != WITHDRAW_CONFIRMING)
        item->order_state = "ended";
    else if (strcmp(item->order_state, "new") == 0)
        item->order_state = "asked";
    item->next_at = sending->outgoing->now_us + pause_us(item->attempts);
    item->attempts++;
    return fiat_batch_item_update(db, item, err);
}

/* Pauses begin anew. */
static void go_to(struct sending *sending, const char *state)
{
    struct fiat_batch_item *item = &sending->item;
    if (strcmp(item->order_state, state) == 0)
        return;
    item->order_state = state;
    item->attempts = 0;
    item->next_at = sending->outgoing->now_us + pause_us(0);
}

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    struct sending *sending = arg;
    struct fiat_batch_item *item = &sending->item;
    if (!load_locked(db, sending, err))
        return false;
    item->error = NULL;
    switch (sending->answer) {
    case PAYMENT_UNKNOWN:
        item->error = sending->why.what;
        break;
    case PAYMENT_TAKEN:
        go_to(sending, "taken");
        break;
    case PAYMENT_UNHEARD:
        go_to(sending, "asked");
        break;
    case PAYMENT_ENDED:
        go_to(sending, "ended");
        break;
    }
    return fiat_batch_item_update(db, item, err);
}

/* Its own transaction; what contradicts the books changes nothing, and stays to be seen. */
static bool hear(struct sending *sending, const struct payment_news *news, struct err *err)
{
    if (fiat_payout_hear_gateway(sending->outgoing, news, err))
        return true;
    if (err->code != ERR_CONFLICT && err->code != ERR_STATE_CONFLICT)
        return false;
    sending->why = *err;
    sending->answer = PAYMENT_UNKNOWN;
    return true;
}

static bool send(struct sending *sending, struct fetch *fetch, struct err *err)
{
    const struct outgoing *outgoing = sending->outgoing;
    struct payment_news news;
    struct fiat_batch_line line;
    if (!db_transaction(outgoing->db, begin_unit, sending, err))
        return false;
    if (is_ended(sending))
        return true;
    if (!fiat_batch_line_open(outgoing, &sending->item, &line, err))
        return false;
    const struct payment_order order = {.id = line.tid,
                                        .currency = sending->row.currency_id,
                                        .name = line.name,
                                        .account = line.iban,
                                        .amount = line.amount,
                                        .is_taken = strcmp(line.order_state, "taken") == 0,
                                        .now_us = clock_now_us(outgoing->app->clock)};
    sending->answer = payment_pay(outgoing->app->payments, fetch, &order, &news, &sending->why);
    if (sending->answer == PAYMENT_ENDED && !hear(sending, &news, err))
        return false;
    return db_transaction(outgoing->db, end_unit, sending, err);
}

bool fiat_payouts_send(const struct outgoing *outgoing, struct fetch *fetch,
                       struct fiat_payout_round *ret_round, struct err *err)
{
    struct listed listed;
    if (!fiat_batch_items_due(outgoing->db, outgoing->arena, outgoing->now_us, ROUND_MAX, &listed,
                              err))
        return false;
    const struct fiat_batch_item *items = listed.rows;
    for (size_t i = 0; i < listed.count; i++) {
        struct sending sending = {
            .outgoing = outgoing, .withdraw_id = items[i].withdraw_id, .answer = PAYMENT_TAKEN};
        if (!send(&sending, fetch, err))
            return false;
        ret_round->ended += sending.answer == PAYMENT_ENDED;
        if (sending.answer == PAYMENT_UNKNOWN) {
            ret_round->unknown++;
            ret_round->last = sending.why;
        }
    }
    return true;
}
