/* custody_job.h: the thread of the custody chains; see actions/custody.h. */
#ifndef BLOCKCHAIN_BUS_CUSTODY_JOB_H
#define BLOCKCHAIN_BUS_CUSTODY_JOB_H

struct blockchain;

void custody_job_run(struct blockchain *app);

#endif
