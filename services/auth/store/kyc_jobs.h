/* kyc_jobs.h: the table of what waits for the provider of identity checks. Durable: a job is there until
 * it is done, whichever process does it. */
#ifndef AUTH_STORE_KYC_JOBS_H
#define AUTH_STORE_KYC_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum kyc_kind { KYC_APPLICANT, KYC_DOCUMENT, KYC_ADDRESS, KYC_VERIFICATION };
enum { KYC_REFERENCE_MAX = 128 };

struct kyc_job {
    uint64_t id;
    enum kyc_kind kind;
    uint64_t user_id;      /* 0: to be found by the reference */
    const char *reference; /* id of a profile or verification, or an identificator */
    uint64_t tries;
    int64_t run_at;
};

/* The same job again is due anew. */
bool kyc_jobs_add(struct db *db, const struct kyc_job *job, int64_t now_us, struct err *err)
    MUST_CHECK;
/* The first that is due is the caller's for `lease_us`: nobody else gets it before. ERR_NOT_FOUND. */
bool kyc_jobs_take(struct db *db, struct arena *arena, int64_t now_us, int64_t lease_us,
                   struct kyc_job *ret_job, struct err *err) MUST_CHECK;
bool kyc_jobs_later(struct db *db, uint64_t id, int64_t run_at, struct err *err) MUST_CHECK;
bool kyc_jobs_done(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

#endif
