#include "accounting/actions/journal_prune.h"

#include "accounting/state/metrics.h"
#include "accounting/store/command_batches.h"

static const int64_t HOUR_US = 3600 * INT64_C(1000000);

struct pruning {
    struct accounting *app;
    struct db *db;
    uint64_t kept_commands;
    int64_t before_us;
    bool more;
};

/* Called for each market while the rows are open: they are in memory, the connection is free. */
static bool prune_market(void *arg, const char *market_id, uint64_t command_seq,
                         uint64_t settled_seq, struct err *err)
{
    struct pruning *pruning = arg;
    struct metrics *metrics = pruning->app->metrics;
    struct command_batches_pruned pruned;
    (void)command_seq;
    if (settled_seq <= pruning->kept_commands)
        return true;
    if (!command_batches_prune(pruning->db, market_id, settled_seq - pruning->kept_commands,
                               pruning->before_us, &pruned, err))
        return err_wrap(err, "journal of %s", market_id);
    metric_add(metrics, METRIC_JOURNAL_PRUNED, (int64_t)pruned.count);
    metric_set_labelled(metrics, METRIC_JOURNAL_FIRST_SEQ,
                        metric_label(metrics, METRIC_JOURNAL_FIRST_SEQ, market_id),
                        (int64_t)pruned.first_seq);
    pruning->more = pruning->more || pruned.count == COMMAND_BATCHES_PRUNE_MAX;
    return true;
}

bool journal_prune(struct accounting *app, struct db *db, uint64_t kept_hours,
                   uint64_t kept_commands, bool *ret_more, struct err *err)
{
    struct pruning pruning = {
        .app = app,
        .db = db,
        .kept_commands = kept_commands,
        .before_us = clock_now_us(app->clock) - (int64_t)kept_hours * HOUR_US,
    };
    if (!market_progress_read(db, prune_market, &pruning, err))
        return false;
    *ret_more = pruning.more;
    return true;
}
