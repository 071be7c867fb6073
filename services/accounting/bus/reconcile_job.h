/* reconcile_job.h: the thread that compares the coins on the chains with the books. */
#ifndef ACCOUNTING_BUS_RECONCILE_JOB_H
#define ACCOUNTING_BUS_RECONCILE_JOB_H

struct accounting;

void reconcile_job_run(struct accounting *app);

#endif
