/* When a transaction that is in no block gets a dearer one in its place. */
#include "blockchain/actions/payout_worker.h"

enum { REFUSALS_MAX = 16, PAUSE_DOUBLINGS_MAX = 6 };

/* Replacements that the signer refused are no transactions: the next one may be a cheaper one, or the limits
 * of another day. Each is waited for longer than the one before. */
bool payout_may_bump(const struct payout_worker *worker, const struct payout_tx_list *all,
                     const struct payout_tx *tx)
{
    size_t alive = 0, refused = 0;
    uint64_t youngest = 0, refused_height = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct payout_tx *row = &all->rows[i];
        if (row->state != PAYOUT_TX_DROPPED) {
            alive++;
            youngest = row->id;
        } else if (row->replaces) {
            refused++;
            refused_height = row->sent_height;
        }
    }
    if (youngest != tx->id || alive > PAYOUT_BUMPS_MAX || refused > REFUSALS_MAX)
        return false; /* a younger one is on its way; or often enough */
    uint64_t pause = (uint64_t)worker->app->config->bump_blocks
                     << (refused < PAUSE_DOUBLINGS_MAX ? refused : PAUSE_DOUBLINGS_MAX);
    return refused == 0 || worker->tip >= refused_height + pause;
}
