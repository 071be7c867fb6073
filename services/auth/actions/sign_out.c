#include "auth/actions/sign_out.h"

#include "auth/actions/session.h"
#include "auth/store/activities.h"
#include "auth/store/sessions.h"

struct sign_out_work {
    struct call *call;
    struct session session;
};

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    struct sign_out_work *work = arg;
    struct call *call = work->call;
    const struct activity activity = {.user_id = work->session.user_id,
                                      .topic = "session",
                                      .action = "logout",
                                      .result = ACTIVITY_SUCCEED};
    bool was_there;
    return session_end(call, work->session.id, &was_there, err) &&
           (!was_there || activity_record(db, &activity, &call->visitor, err));
}

bool sign_out(struct call *call, const char *cookie, struct err *err)
{
    struct sign_out_work work = {.call = call};
    uint8_t id[SESSION_ID_SIZE];
    if (!cookie)
        return err_set_key(err, ERR_NOT_FOUND, "identity.session.not_found", "no session cookie");
    session_id_of(cookie, id);
    if (!sessions_find(call->db, id, call->now_us, &work.session, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "identity.session.not_found";
        return false;
    }
    return db_transaction(call->db, end_unit, &work, err);
}
