/*
 * payout_job.h: the executors of payouts. Some threads, each of which takes the chains in turn; a named
 * lock of the database makes one executor a chain, among all threads and processes. A process that dies
 * loses its locks with its connections.
 */
#ifndef BLOCKCHAIN_BUS_PAYOUT_JOB_H
#define BLOCKCHAIN_BUS_PAYOUT_JOB_H

struct blockchain;

void payout_job_run(struct blockchain *app);

#endif
