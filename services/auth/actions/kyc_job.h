/*
 * kyc_job.h: one job of identity checks is done with KYCAID (reference barong.md §2.7): an applicant is
 * made of a profile, documents and addresses are sent, a verdict is asked for. bus/kyc_worker.c calls it.
 *
 * Whatever happened before is no harm: an applicant that exists already is made again, a document that
 * was sent is changed (its id is kept in the metadata), a verdict is the same verdict.
 */
#ifndef AUTH_ACTIONS_KYC_JOB_H
#define AUTH_ACTIONS_KYC_JOB_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/store/kyc_jobs.h"
#include "base/err.h"
#include "kycaid/kycaid.h"

/* True: the job is done, also when the answer is that the person is rejected. False: later, again. */
bool kyc_job_run(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                 struct err *err) MUST_CHECK;

#endif
