#include "blockchain/actions/chain_pause.h"

#include "blockchain/store/chains.h"

bool chain_pause_say(struct blockchain *app, struct chain *chain, struct db *db, bool is_paused,
                     struct err *err)
{
    struct chain_row row; /* made, if nobody followed the chain yet */
    if (!chain_row_get(db, chain->key, chain->client->name, clock_now_us(app->clock), &row, err) ||
        !chain_pause_set(db, chain->key, is_paused, err))
        return false;
    chain->is_paused = is_paused;
    return true;
}

bool chain_pause_look(struct chain *chain, struct db *db, struct err *err)
{
    bool was = chain->is_paused, is_paused;
    if (!chain_pause_get(db, chain->key, &is_paused, err))
        return false;
    /* Who said it here after we read wins. */
    if (is_paused != was)
        (void)atomic_compare_exchange_strong(&chain->is_paused, &was, is_paused);
    return true;
}
