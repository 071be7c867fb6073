#include "auth/actions/gate_poll.h"

#include <stdlib.h>
#include <string.h>

#include "auth/state/gate.h"
#include "auth/store/changes.h"
#include "auth/store/gate_read.h"
#include "auth/store/sessions.h"

enum {
    WINDOW = 64 * 1024, /* numbers above `floor` that are remembered one by one */
    LOOK_BACK = 1000,   /* at the beginning: transactions that were open then commit later */
    TABLES_EVERY_US = 60 * 1000000, /* whoever edits them by hand */
    FORGET_AFTER_US = CHANGES_LOOK_BACK_S / 2 * 1000000,
    USES_A_TURN = 512
};

/*
 * Numbers of `changes` are given before they are visible, so a lower one may come after a higher
 * one. All up to `floor` were seen or given up; of those above, `seen` has a bit each. A number that
 * does not come within the look-back time was rolled back.
 */
struct gate_progress {
    bool has_begun;
    uint64_t floor, top; /* top: the highest seen */
    int64_t
        stuck_us; /* since when floor + 1 is missing though a higher one is there; 0: it is not */
    uint64_t stuck_top; /* the highest then */
    int64_t tables_us;
    bool tables_changed;
    uint8_t seen[WINDOW / 8];
};

struct look {
    struct auth *app;
    struct gate_progress *progress;
};

/* ---- what a change means ---- */

static bool session_key(const char *hex, uint8_t id[static SESSION_ID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(hex) != 2 * SESSION_ID_SIZE)
        return false;
    for (size_t i = 0; i < SESSION_ID_SIZE; i++) {
        const char *high = strchr(digits, hex[2 * i]), *low = strchr(digits, hex[2 * i + 1]);
        if (!high || !low)
            return false;
        id[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return true;
}

static void apply(struct look *look, const struct change_row *row)
{
    struct gate *gate = look->app->gate;
    uint8_t id[SESSION_ID_SIZE];
    switch (row->kind) {
    case CHANGE_USER:
    case CHANGE_SERVICE_ACCOUNT:
        gate_forget_holder(gate, row->key);
        break;
    case CHANGE_SESSION:
        if (session_key(row->key, id))
            gate_forget_session(gate, id);
        break;
    case CHANGE_USER_SESSIONS:
        gate_forget_sessions_of(gate, row->key);
        break;
    case CHANGE_ALL_SESSIONS:
        cache_clear(gate->sessions);
        break;
    case CHANGE_API_KEY:
        gate_forget_key(gate, row->key);
        break;
    case CHANGE_PERMISSIONS:
    case CHANGE_RESTRICTIONS:
        look->progress->tables_changed = true;
        break;
    case CHANGE_OAUTH_GRANT:
        gate_forget_grant(gate, row->key);
        break;
    case CHANGE_OAUTH_CLIENT:
        gate_forget_client(gate, row->key);
        break;
    case CHANGE_LEVELS:
    case CHANGE_SIGNING_KEYS:
    case CHANGE_KIND_MAX:
        break;
    }
}

/* ---- numbers ---- */

static bool bit_get(const struct gate_progress *progress, uint64_t seq)
{
    return progress->seen[seq % WINDOW / 8] >> seq % 8 & 1;
}

static void bit_set(struct gate_progress *progress, uint64_t seq, bool value)
{
    uint8_t *byte = &progress->seen[seq % WINDOW / 8], mask = (uint8_t)(1U << seq % 8);
    *byte = value ? *byte | mask : *byte & (uint8_t)~mask;
}

static void jump(struct gate_progress *progress, uint64_t floor)
{
    while (progress->floor < floor)
        bit_set(progress, ++progress->floor, false);
}

static void take(void *arg, const struct change_row *row)
{
    struct look *look = arg;
    struct gate_progress *progress = look->progress;
    if (row->seq <= progress->floor)
        return;
    if (row->seq - progress->floor >= WINDOW) {
        /* More than can be remembered: nothing is. */
        gate_forget_all(look->app->gate);
        progress->tables_changed = true;
        memset(progress->seen, 0, sizeof(progress->seen));
        progress->floor = row->seq - 1;
    }
    if (bit_get(progress, row->seq))
        return;
    bit_set(progress, row->seq, true);
    if (row->seq > progress->top)
        progress->top = row->seq;
    apply(look, row);
}

static void advance(struct gate_progress *progress, int64_t now_us)
{
    while (progress->floor < progress->top && bit_get(progress, progress->floor + 1))
        jump(progress, progress->floor + 1);
    if (progress->floor >= progress->top) {
        progress->stuck_us = 0;
        return;
    }
    if (progress->stuck_us == 0) {
        progress->stuck_us = now_us;
        progress->stuck_top = progress->top;
    } else if (now_us - progress->stuck_us > CHANGES_LOOK_BACK_S * 1000000LL) {
        jump(progress,
             progress->stuck_top > progress->floor ? progress->stuck_top : progress->floor + 1);
        progress->stuck_us = 0;
    }
}

/* ---- a look ---- */

/* Nothing is remembered but the numbers of the last `back` changes. */
static bool begin(struct auth *app, struct db *db, struct gate_progress *progress, uint64_t back,
                  struct err *err)
{
    uint64_t last;
    if (!changes_last(db, &last, err))
        return false;
    *progress = (struct gate_progress){.has_begun = true,
                                       .floor = last > back ? last - back : 0,
                                       .top = last,
                                       .tables_changed = true};
    gate_forget_all(app->gate);
    return true;
}

static bool load_tables(struct auth *app, struct db *db, struct err *err)
{
    struct permission_set *permissions;
    struct restriction_set *restrictions;
    if (!permissions_load(db, &permissions, err))
        return false;
    if (!restrictions_load(db, &restrictions, err)) {
        permission_set_free(permissions);
        return false;
    }
    return gate_tables_set(app->gate, permissions, restrictions, err);
}

/* What changed. More at once than can be remembered (all grants of everybody ended): all is forgotten,
 * and so that the next look is bounded, only the newer half of those changes is looked at again. */
static bool read_changes(struct look *look, struct db *db, struct err *err)
{
    bool all;
    if (!changes_read(db, look->progress->floor, WINDOW, take, look, &all, err))
        return false;
    return all || begin(look->app, db, look->progress, WINDOW / 2, err);
}

static bool look_locked(struct auth *app, struct db *db, struct err *err)
{
    struct gate *gate = app->gate;
    struct gate_progress *progress = gate->progress;
    int64_t now_us = clock_monotonic_us(app->clock);
    if (!progress && !(progress = gate->progress = calloc(1, sizeof(*progress))))
        return err_set(err, ERR_INTERNAL, "no memory");
    struct look look = {app, progress};
    bool too_late = gate->looked_us != 0 && now_us - gate->looked_us > FORGET_AFTER_US;
    if ((!progress->has_begun || too_late) && !begin(app, db, progress, LOOK_BACK, err))
        return false;
    if (!read_changes(&look, db, err))
        return false;
    advance(progress, now_us);
    if (progress->tables_changed || now_us - progress->tables_us > TABLES_EVERY_US) {
        if (!load_tables(app, db, err))
            return false;
        progress->tables_changed = false;
        progress->tables_us = now_us;
    }
    gate->looked_us = now_us;
    return true;
}

bool gate_poll(struct auth *app, struct db *db, struct err *err)
{
    pthread_mutex_lock(&app->gate->look);
    bool good = look_locked(app, db, err);
    pthread_mutex_unlock(&app->gate->look);
    return good;
}

bool gate_poll_if_needed(struct auth *app, struct db *db, struct err *err)
{
    pthread_mutex_lock(&app->gate->look);
    bool good = !gate_must_look(app->gate) || look_locked(app, db, err);
    pthread_mutex_unlock(&app->gate->look);
    return good;
}

bool gate_write_uses(struct auth *app, struct db *db, struct err *err)
{
    struct gate_use uses[USES_A_TURN];
    struct session_use rows[USES_A_TURN];
    size_t count;
    while ((count = gate_uses_take(app->gate, uses, USES_A_TURN)) > 0) {
        for (size_t i = 0; i < count; i++) {
            memcpy(rows[i].id, uses[i].id, SESSION_ID_SIZE);
            rows[i].expires_at = uses[i].expires_at;
        }
        if (!sessions_touch(db, rows, count, err))
            return false;
    }
    return true;
}
