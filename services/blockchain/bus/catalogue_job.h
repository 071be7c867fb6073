/* catalogue_job.h: the thread that asks accounting for chains, assets and wallets, and applies what it
 * says. Without accounting the last catalogue, from the database, goes on. */
#ifndef BLOCKCHAIN_BUS_CATALOGUE_JOB_H
#define BLOCKCHAIN_BUS_CATALOGUE_JOB_H

struct blockchain;

void catalogue_job_run(struct blockchain *app);

#endif
