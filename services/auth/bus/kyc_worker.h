/* kyc_worker.h: the thread that does the jobs of identity checks (store/kyc_jobs.h), one at a time, when
 * KYC_PROVIDER is kycaid. In every replica: a job is leased, so two don't do one. */
#ifndef AUTH_BUS_KYC_WORKER_H
#define AUTH_BUS_KYC_WORKER_H

struct auth;

void kyc_worker_run(struct auth *app);

#endif
