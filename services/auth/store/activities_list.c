#include "auth/store/activities_list.h"

#include "auth/store/list_filter.h"
#include "auth/store/users.h"

/* USER_COLUMNS are those of the aliases u and r; the target has its own. */
#define TARGET_COLUMNS                                                                             \
    "t.id, t.uid, t.email, t.username, t.role, t.state, t.level, t.otp, t.referral_id, q.uid,"     \
    " t.created_at, t.updated_at, t.data"

enum { OWN_COLUMNS = 9 };

static void read_activity(struct row_reader *reader, void *row)
{
    const struct db_result *result = reader->result;
    struct activity_row *activity = row;
    *activity = (struct activity_row){.id = db_get_u64(result, 0),
                                      .user_ip = row_text(reader, 1),
                                      .user_ip_country = row_text(reader, 2),
                                      .user_agent = row_text(reader, 3),
                                      .topic = row_text(reader, 4),
                                      .action = row_text(reader, 5),
                                      .result = row_text(reader, 6),
                                      .data = row_text(reader, 7),
                                      .created_at = db_get_time_us(result, 8)};
    if (!user_from_row(result, OWN_COLUMNS, reader->arena, &activity->user))
        reader->failed = true;
    if (db_is_null(result, OWN_COLUMNS + USER_COLUMNS_COUNT))
        return;
    activity->target = arena_alloc(reader->arena, sizeof(*activity->target));
    if (!activity->target ||
        !user_from_row(result, OWN_COLUMNS + USER_COLUMNS_COUNT, reader->arena, activity->target))
        reader->failed = true;
}

static const struct listing_column columns[] = {{"id", "a.id"}, {NULL}};

static const struct listing_table activities_table = {
    .count = "SELECT COUNT(*) FROM activities a JOIN users u ON u.id = a.user_id WHERE TRUE",
    .select = "SELECT a.id, a.user_ip, a.user_ip_country, a.user_agent, a.topic, a.action,"
              " a.result, a.data, a.created_at, " USER_COLUMNS ", " TARGET_COLUMNS
              " FROM activities a JOIN users u ON u.id = a.user_id"
              " LEFT JOIN users r ON r.id = u.referral_id"
              " LEFT JOIN users t ON t.uid = a.target_uid"
              " LEFT JOIN users q ON q.id = t.referral_id WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct activity_row),
    .read = read_activity,
};

bool activities_list(struct db *db, const struct activities_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    listing->where = STR_INIT(LISTING_BYTES_MAX);
    listing->descending = true;
    filter_text(db, where, " AND a.category = ?", filter->by_admins ? "admin" : "user");
    filter_text(db, where, " AND a.topic = ?", filter->topic);
    filter_text(db, where, " AND a.action = ?", filter->action);
    filter_text(db, where, " AND a.result = ?", filter->result);
    filter_text(db, where, " AND u.uid = ?", filter->uid);
    filter_text(db, where, " AND u.email = ?", filter->email);
    filter_text(db, where, " AND a.target_uid = ?", filter->target_uid);
    filter_from(db, where, " AND a.created_at >= ?", filter->from);
    filter_to(db, where, " AND a.created_at <= ?", filter->to);
    bool ok = listing_run(db, &activities_table, listing, ret_listed, err);
    str_release(where);
    return ok;
}
