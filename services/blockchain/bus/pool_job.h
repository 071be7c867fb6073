/* pool_job.h: the thread that derives addresses ahead, for all chains. */
#ifndef BLOCKCHAIN_BUS_POOL_JOB_H
#define BLOCKCHAIN_BUS_POOL_JOB_H

struct blockchain;

void pool_job_run(struct blockchain *app);

#endif
