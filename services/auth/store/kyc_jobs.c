#include "auth/store/kyc_jobs.h"

#include <string.h>

static const char *const kind_names[] = {
    [KYC_APPLICANT] = "applicant",
    [KYC_DOCUMENT] = "document",
    [KYC_ADDRESS] = "address",
    [KYC_VERIFICATION] = "verification",
};

bool kyc_jobs_add(struct db *db, const struct kyc_job *job, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO kyc_jobs (kind, user_id, reference, run_at, created_at)"
                   " VALUES (?, ?, ?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE run_at = VALUES(run_at), tries = 0",
                   DB_ARGS(DB_TEXT(kind_names[job->kind]),
                           job->user_id ? DB_U64(job->user_id) : DB_NULL, DB_TEXT(job->reference),
                           DB_TIME(job->run_at), DB_TIME(now_us)),
                   NULL, err);
}

struct taking {
    struct arena *arena;
    int64_t now_us, lease_us;
    struct kyc_job job;
};

static enum kyc_kind kind_of(const char *name)
{
    size_t kind = 0;
    while (kind < ARRAY_LEN(kind_names) && strcmp(kind_names[kind], name) != 0)
        kind++;
    assert(kind < ARRAY_LEN(kind_names)); /* an ENUM of these */
    return (enum kyc_kind)kind;
}

static bool take_unit(struct db *db, void *arg, struct err *err)
{
    struct taking *taking = arg;
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT id, kind, user_id, reference, tries FROM kyc_jobs WHERE run_at <= ?"
                  " ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                  DB_ARGS(DB_TIME(taking->now_us)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        taking->job =
            (struct kyc_job){.id = db_get_u64(rows, 0),
                             .kind = kind_of(db_get_text(rows, 1)),
                             .user_id = db_get_u64(rows, 2),
                             .reference = arena_strdup(taking->arena, db_get_text(rows, 3)),
                             .tries = db_get_u64(rows, 4),
                             .run_at = taking->now_us + taking->lease_us};
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no job is due");
    if (!taking->job.reference)
        return err_set(err, ERR_BUSY, "no memory for a job");
    return db_exec(db, "UPDATE kyc_jobs SET run_at = ?, tries = tries + 1 WHERE id = ?",
                   DB_ARGS(DB_TIME(taking->job.run_at), DB_U64(taking->job.id)), NULL, err);
}

bool kyc_jobs_take(struct db *db, struct arena *arena, int64_t now_us, int64_t lease_us,
                   struct kyc_job *ret_job, struct err *err)
{
    struct taking taking = {.arena = arena, .now_us = now_us, .lease_us = lease_us};
    if (!db_transaction(db, take_unit, &taking, err))
        return false;
    *ret_job = taking.job;
    return true;
}

bool kyc_jobs_later(struct db *db, uint64_t id, int64_t run_at, struct err *err)
{
    return db_exec(db, "UPDATE kyc_jobs SET run_at = ? WHERE id = ?",
                   DB_ARGS(DB_TIME(run_at), DB_U64(id)), NULL, err);
}

bool kyc_jobs_done(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM kyc_jobs WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}
