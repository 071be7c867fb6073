#include "auth/store/profiles.h"

#include "auth/store/sealed.h"

#define COLUMNS                                                                                    \
    "id, user_id, author, applicant_id, first_name, last_name, dob, address, postcode, city,"      \
    " country, state, metadata, created_at, updated_at"
#define SELECT "SELECT " COLUMNS " FROM profiles WHERE "

enum { COLUMN_FIRST_NAME = 4, COLUMN_LAST_NAME, COLUMN_DOB, COLUMN_ADDRESS };

static struct sealer sealer_of(struct secret_store *secrets, struct arena *arena, uint64_t user_id)
{
    return (struct sealer){
        .secrets = secrets, .arena = arena, .kind = SECRET_COLUMN, .owner_id = user_id};
}

/* NULL is fine for it. */
static bool copy(struct arena *arena, const struct db_result *rows, unsigned column,
                 const char **ret_text, struct err *err)
{
    const char *text = db_get_text(rows, column);
    *ret_text = text ? arena_strdup(arena, text) : NULL;
    return !text || *ret_text || err_set(err, ERR_BUSY, "no memory for a profile");
}

static bool from_row(const struct db_result *rows, struct secret_store *secrets,
                     struct arena *arena, struct profile *ret_profile, struct err *err)
{
    struct profile profile = {.id = db_get_u64(rows, 0),
                              .user_id = db_get_u64(rows, 1),
                              .created_at = db_get_time_us(rows, 13),
                              .updated_at = db_get_time_us(rows, 14)};
    struct sealer sealer = sealer_of(secrets, arena, profile.user_id);
    bool known = profile_state_parse(db_get_text(rows, 11), &profile.state);
    assert(known); /* an ENUM of these */
    if (!copy(arena, rows, 2, &profile.author, err) ||
        !copy(arena, rows, 3, &profile.applicant_id, err) ||
        !unseal_column(&sealer, "profiles.first_name", rows, COLUMN_FIRST_NAME, &profile.first_name,
                       err) ||
        !unseal_column(&sealer, "profiles.last_name", rows, COLUMN_LAST_NAME, &profile.last_name,
                       err) ||
        !unseal_column(&sealer, "profiles.dob", rows, COLUMN_DOB, &profile.dob, err) ||
        !unseal_column(&sealer, "profiles.address", rows, COLUMN_ADDRESS, &profile.address, err) ||
        !copy(arena, rows, 8, &profile.postcode, err) ||
        !copy(arena, rows, 9, &profile.city, err) ||
        !copy(arena, rows, 10, &profile.country, err) ||
        !copy(arena, rows, 12, &profile.metadata, err))
        return false;
    *ret_profile = profile;
    return true;
}

static bool read_all(struct db_result *rows, struct secret_store *secrets, struct arena *arena,
                     struct profile **ret_profiles, size_t *ret_count, struct err *err)
{
    size_t count = db_row_count(rows), filled = 0;
    struct profile *profiles = arena_alloc(arena, (count + 1) * sizeof(*profiles));
    if (!profiles)
        return err_set(err, ERR_BUSY, "no memory for profiles");
    while (db_row_next(rows))
        if (!from_row(rows, secrets, arena, &profiles[filled++], err))
            return false;
    *ret_profiles = profiles;
    *ret_count = count;
    return true;
}

bool profiles_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                      uint64_t user_id, struct profile **ret_profiles, size_t *ret_count,
                      struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, SELECT "user_id = ? ORDER BY id", DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    bool read = read_all(rows, secrets, arena, ret_profiles, ret_count, err);
    db_result_free(rows);
    return read;
}

static bool count_all(struct db *db, uint64_t *ret_total, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COUNT(*) FROM profiles", DB_NONE, &rows, err))
        return false;
    *ret_total = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

bool profiles_page(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t offset, uint64_t limit, struct profile **ret_profiles,
                   size_t *ret_count, uint64_t *ret_total, struct err *err)
{
    struct db_result *rows;
    if (!count_all(db, ret_total, err) ||
        !db_query(db, SELECT "TRUE ORDER BY id DESC LIMIT ? OFFSET ?",
                  DB_ARGS(DB_U64(limit), DB_U64(offset)), &rows, err))
        return false;
    bool read = read_all(rows, secrets, arena, ret_profiles, ret_count, err);
    db_result_free(rows);
    return read;
}

static bool one(struct db *db, struct secret_store *secrets, struct arena *arena, const char *sql,
                const struct db_value *values, size_t count, struct profile *ret_profile,
                struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (!found)
        err_set(err, ERR_NOT_FOUND, "no such profile");
    bool read = found && from_row(rows, secrets, arena, ret_profile, err);
    db_result_free(rows);
    return read;
}

bool profiles_find(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t user_id, enum profile_state state, struct profile *ret_profile,
                   struct err *err)
{
    return one(db, secrets, arena, SELECT "user_id = ? AND state = ? ORDER BY id DESC LIMIT 1",
               DB_ARGS(DB_U64(user_id), DB_TEXT(profile_state_name(state))), ret_profile, err);
}

bool profiles_by_id(struct db *db, struct secret_store *secrets, struct arena *arena, uint64_t id,
                    struct profile *ret_profile, struct err *err)
{
    return one(db, secrets, arena, SELECT "id = ?", DB_ARGS(DB_U64(id)), ret_profile, err);
}

bool profiles_last(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t user_id, struct profile *ret_profile, struct err *err)
{
    return one(db, secrets, arena, SELECT "user_id = ? ORDER BY id DESC LIMIT 1",
               DB_ARGS(DB_U64(user_id)), ret_profile, err);
}

bool profiles_by_applicant(struct db *db, const char *applicant_id, uint64_t *ret_user_id,
                           struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT user_id FROM profiles WHERE applicant_id = ? ORDER BY id DESC LIMIT 1",
                  DB_ARGS(DB_TEXT(applicant_id)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        *ret_user_id = db_get_u64(rows, 0);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "nobody is this applicant");
}

/* ---- writing ---- */

struct sealed_profile {
    const char *first_name, *last_name, *dob, *address;
};

static bool seal(struct secret_store *secrets, struct arena *arena, const struct profile *profile,
                 struct sealed_profile *ret_sealed, struct err *err)
{
    struct sealer sealer = sealer_of(secrets, arena, profile->user_id);
    return seal_text(&sealer, "profiles.first_name", profile->first_name, &ret_sealed->first_name,
                     err) &&
           seal_text(&sealer, "profiles.last_name", profile->last_name, &ret_sealed->last_name,
                     err) &&
           seal_text(&sealer, "profiles.dob", profile->dob, &ret_sealed->dob, err) &&
           seal_text(&sealer, "profiles.address", profile->address, &ret_sealed->address, err);
}

static bool open_one_exists(struct err *err)
{
    if (err->code == ERR_CONFLICT)
        err->key = "state.exists";
    return false;
}

bool profiles_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct profile *profile, int64_t now_us, struct err *err)
{
    struct sealed_profile sealed;
    struct db_result *rows;
    if (!seal(secrets, arena, profile, &sealed, err))
        return false;
    if (!db_query(db,
                  "INSERT INTO profiles (user_id, author, applicant_id, first_name, last_name, dob,"
                  " address, postcode, city, country, state, metadata, created_at, updated_at)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_U64(profile->user_id), DB_TEXT(profile->author),
                          DB_TEXT(profile->applicant_id), DB_TEXT(sealed.first_name),
                          DB_TEXT(sealed.last_name), DB_TEXT(sealed.dob), DB_TEXT(sealed.address),
                          DB_TEXT(profile->postcode), DB_TEXT(profile->city),
                          DB_TEXT(profile->country), DB_TEXT(profile_state_name(profile->state)),
                          DB_TEXT(profile->metadata), DB_TIME(now_us), DB_TIME(now_us)),
                  &rows, err))
        return open_one_exists(err);
    bool inserted = db_row_next(rows);
    if (inserted) {
        profile->id = db_get_u64(rows, 0);
        profile->created_at = profile->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a profile without an id");
}

bool profiles_update(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct profile *profile, int64_t now_us, struct err *err)
{
    struct sealed_profile sealed;
    if (!seal(secrets, arena, profile, &sealed, err))
        return false;
    if (!db_exec(db,
                 "UPDATE profiles SET applicant_id = ?, first_name = ?, last_name = ?, dob = ?,"
                 " address = ?, postcode = ?, city = ?, country = ?, state = ?, metadata = ?,"
                 " updated_at = ? WHERE id = ?",
                 DB_ARGS(DB_TEXT(profile->applicant_id), DB_TEXT(sealed.first_name),
                         DB_TEXT(sealed.last_name), DB_TEXT(sealed.dob), DB_TEXT(sealed.address),
                         DB_TEXT(profile->postcode), DB_TEXT(profile->city),
                         DB_TEXT(profile->country), DB_TEXT(profile_state_name(profile->state)),
                         DB_TEXT(profile->metadata), DB_TIME(now_us), DB_U64(profile->id)),
                 NULL, err))
        return open_one_exists(err);
    profile->updated_at = now_us;
    return true;
}
