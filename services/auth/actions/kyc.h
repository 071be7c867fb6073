/*
 * kyc.h: what is told to the provider of identity checks (KYC_PROVIDER). With `local` administrators do
 * the checking and nothing is told; with `kycaid` each of these writes a job (store/kyc_jobs.h) in the
 * transaction of the change, and bus/kyc_worker.c does it.
 */
#ifndef AUTH_ACTIONS_KYC_H
#define AUTH_ACTIONS_KYC_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "auth/domain/profile.h"
#include "auth/domain/user.h"
#include "base/err.h"

bool kyc_is_local(const struct call *call);

bool kyc_profile_submitted(struct call *call, const struct profile *profile, struct err *err)
    MUST_CHECK;
/* So many files of this type belong together: Passport 2, Identity card and Driver license 3; 0: the
 * provider does not check this type. */
uint64_t kyc_files_of(const char *doc_type);
bool kyc_documents_complete(struct call *call, const struct user *user, const char *identificator,
                            struct err *err) MUST_CHECK;
bool kyc_address_filed(struct call *call, const struct user *user, const char *identificator,
                       struct err *err) MUST_CHECK;
/* The provider's call-back: never believed, only a reason to ask. False key: the provider is local. */
bool kyc_called_back(struct call *call, const char *verification_id, struct err *err) MUST_CHECK;

#endif
