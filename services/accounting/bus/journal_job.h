/* journal_job.h: the thread that keeps the journal of commands from growing for ever. */
#ifndef ACCOUNTING_BUS_JOURNAL_JOB_H
#define ACCOUNTING_BUS_JOURNAL_JOB_H

struct accounting;

void journal_job_run(struct accounting *app);

#endif
