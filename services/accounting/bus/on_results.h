/*
 * on_results.h: the settler's thread: results of the matching workers, from the queue to the books.
 * Acknowledged after the commit that settled them.
 */
#ifndef ACCOUNTING_BUS_ON_RESULTS_H
#define ACCOUNTING_BUS_ON_RESULTS_H

struct accounting;

/* Runs until app->stopping, on its own thread, with its own connections. Loads the catalog and the
 * market data first. */
void on_results_run(struct accounting *app);

#endif
