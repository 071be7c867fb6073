/* job_nap.h: the pause between two rounds of a thread that works by the clock; ends with the service. */
#ifndef ACCOUNTING_BUS_JOB_NAP_H
#define ACCOUNTING_BUS_JOB_NAP_H

struct accounting;

void job_nap(const struct accounting *app, int ms);

#endif
