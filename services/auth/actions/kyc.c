#include "auth/actions/kyc.h"

#include <stdio.h>
#include <string.h>

#include "auth/state/config.h"
#include "auth/store/kyc_jobs.h"

bool kyc_is_local(const struct call *call)
{
    return strcmp(call->app->config->kyc_provider, "local") == 0;
}

static bool add(struct call *call, enum kyc_kind kind, uint64_t user_id, const char *reference,
                struct err *err)
{
    if (kyc_is_local(call))
        return true;
    const struct kyc_job job = {
        .kind = kind, .user_id = user_id, .reference = reference, .run_at = call->now_us};
    return kyc_jobs_add(call->db, &job, call->now_us, err);
}

bool kyc_profile_submitted(struct call *call, const struct profile *profile, struct err *err)
{
    char reference[24];
    snprintf(reference, sizeof(reference), "%llu", (unsigned long long)profile->id);
    return add(call, KYC_APPLICANT, profile->user_id, reference, err);
}

uint64_t kyc_files_of(const char *doc_type)
{
    static const struct {
        const char *type;
        uint64_t files;
    } types[] = {{"Passport", 2}, {"Identity card", 3}, {"Driver license", 3}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].type, doc_type) == 0)
            return types[i].files;
    return 0;
}

bool kyc_documents_complete(struct call *call, const struct user *user, const char *identificator,
                            struct err *err)
{
    return add(call, KYC_DOCUMENT, user->id, identificator, err);
}

bool kyc_address_filed(struct call *call, const struct user *user, const char *identificator,
                       struct err *err)
{
    return add(call, KYC_ADDRESS, user->id, identificator, err);
}

bool kyc_called_back(struct call *call, const char *verification_id, struct err *err)
{
    return add(call, KYC_VERIFICATION, 0, verification_id, err);
}
