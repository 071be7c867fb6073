#include "blockchain/actions/holdings_custody.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/family/custody.h"
#include "blockchain/store/custody.h"
#include "blockchain/store/custody_sends.h"

enum {
    ARENA_BYTES = 1 << 20,
    ASKED_MAX = 20, /* payments on their way: each is a call of the provider */
    TRIES_MAX = 6   /* of a notice; what he tells and never shows holds up nothing for ever */
};
#define ALL_DUE_US INT64_C(253402300799000000) /* the end of the year 9999 */

DEFINE_AUTO(struct arena, arena_free);

struct look {
    const struct chain *chain;
    struct db *db;
    struct arena *arena;
    struct custody_wallet wallet;
};

static bool payments_are_known(const struct look *look, struct node *node, struct err *err)
{
    struct custody_send_row *rows;
    size_t count;
    if (!custody_sends_due(look->db, look->arena, look->chain->key, ALL_DUE_US, &rows, &count, err))
        return false;
    if (count > ASKED_MAX)
        return err_set(err, ERR_STATE_CONFLICT, "%zu payments are on their way", count);
    for (size_t i = 0; i < count; i++) {
        struct custody_transfer transfer;
        if (rows[i].asked == 0)
            continue;
        bool is_known = custody_transfer_of_sequence(node, rows[i].payout_id, &transfer, err);
        if (!is_known && err->code != ERR_NOT_FOUND)
            return false;
        if (strcmp(is_known ? transfer.said : "", rows[i].said) != 0)
            return err_set(err, ERR_STATE_CONFLICT, "the custodian has news of %.64s",
                           rows[i].payout_id);
    }
    return true;
}

static bool transfers_are_known(const struct look *look, struct node *node, struct err *err)
{
    struct custody_list list;
    if (!custody_list_read(node, "", &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        bool is_done;
        if (!custody_notice_is_done(look->db, look->chain->key, list.rows[i].id, list.rows[i].said,
                                    TRIES_MAX, &is_done, err))
            return false;
        if (!is_done)
            return err_set(err, ERR_STATE_CONFLICT, "transfer %.64s is not taken in yet",
                           list.rows[i].id);
    }
    return true;
}

static bool ask(struct node *node, void *arg, struct err *err)
{
    struct look *look = arg;
    struct custody_wallet before;
    arena_reset(look->arena);
    if (!custody_wallet_read(node, &before, err) || !payments_are_known(look, node, err) ||
        !transfers_are_known(look, node, err) || !custody_wallet_read(node, &look->wallet, err))
        return false;
    return strcmp(before.balance_units, look->wallet.balance_units) == 0 ||
           err_set(err, ERR_STATE_CONFLICT, "the custodian's wallet moves");
}

bool holdings_custody_count(struct chain *chain, struct db *db, struct provider_session *session,
                            const struct count_question *question, struct counted *ret_counted,
                            struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES);
    struct look look = {.chain = chain, .db = db, .arena = arena};
    if (question->contract[0])
        return err_set(err, ERR_INVALID, "this wallet holds one coin");
    if (!arena)
        return err_set(err, ERR_BUSY, "no memory for what a custodian says");
    if (!providers_ask(session, ask, &look, err))
        return false;
    *ret_counted = (struct counted){.places = 1};
    memcpy(ret_counted->units, look.wallet.balance_units, sizeof(ret_counted->units));
    return true;
}
