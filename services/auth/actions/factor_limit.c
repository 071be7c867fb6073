#include "auth/actions/factor_limit.h"

#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/store/throttles.h"

static struct throttle limit_of(const struct call *call, const struct user *user)
{
    return (struct throttle){"factor", user->uid, call->app->config->factor_tries_per_hour};
}

bool factor_limit_take(struct call *call, const struct user *user, struct err *err)
{
    struct throttle limit = limit_of(call, user);
    bool is_granted;
    if (!throttle_take(call->db, &limit, call->now_us, &is_granted, err))
        return false;
    if (is_granted)
        return true;
    metric_add_labelled(call->app->metrics, METRIC_THROTTLED,
                        metric_label(call->app->metrics, METRIC_THROTTLED, limit.name), 1);
    return err_set(err, ERR_TOO_MANY, "user %s: too many wrong second factors", user->uid);
}

bool factor_limit_give_back(struct call *call, const struct user *user, struct err *err)
{
    struct throttle limit = limit_of(call, user);
    return throttle_give_back(call->db, &limit, err);
}
