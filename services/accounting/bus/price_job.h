/* price_job.h: the thread by which prices follow markets, and amounts of networks prices
 * (actions/price_follow.h), every PRICE_INTERVAL. */
#ifndef ACCOUNTING_BUS_PRICE_JOB_H
#define ACCOUNTING_BUS_PRICE_JOB_H

struct accounting;

/* Runs until app->stopping; returns at once with PRICE_INTERVAL 0. */
void price_job_run(struct accounting *app);

#endif
