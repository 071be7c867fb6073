/* collect_job.h: the thread that collects deposits and asks the gateway again for what it owes
 * (actions/collect.h), every COLLECT_POLL_MS. */
#ifndef ACCOUNTING_BUS_COLLECT_JOB_H
#define ACCOUNTING_BUS_COLLECT_JOB_H

struct accounting;

void collect_job_run(struct accounting *app);

#endif
