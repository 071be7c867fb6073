/* pnl_job.h: the thread that keeps profit and loss up to date (actions/pnl.h), every ten seconds. */
#ifndef ACCOUNTING_BUS_PNL_JOB_H
#define ACCOUNTING_BUS_PNL_JOB_H

struct accounting;

/* Runs until app->stopping; returns at once without PNL_CURRENCIES. */
void pnl_job_run(struct accounting *app);

#endif
