#include "accounting/actions/withdraw_limits.h"

#include "accounting/store/withdraws.h"

bool withdraw_sums_of(const struct outgoing *outgoing, uint64_t member_id,
                      struct withdraw_sums *ret_sums, struct err *err)
{
    struct withdraw_sums sums = {.price_unknown = false};
    struct withdraw_window *windows;
    size_t count;
    if (!withdraw_windows(outgoing->db, outgoing->arena, member_id, outgoing->now_us, &windows,
                          &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!withdraw_sums_add(&sums, windows[i].price, windows[i].sum_24_hours,
                               windows[i].sum_1_month))
            return err_set(err, ERR_OVERFLOW, "the sums of a member leave the range");
    *ret_sums = sums;
    return true;
}

bool withdraw_limit_of(const struct outgoing *outgoing, const struct member *member,
                       struct withdraw_limit_rule *ret_rule)
{
    const struct catalog *catalog = outgoing->catalog;
    int best = -1;
    for (size_t i = 0; i < catalog->limits_count; i++) {
        const struct withdraw_limit_rule rule = {
            .group = catalog->limits[i].group,
            .kyc_level = catalog->limits[i].kyc_level,
            .limit_24_hour = catalog->limits[i].limit_24_hour,
            .limit_1_month = catalog->limits[i].limit_1_month,
        };
        int weight = withdraw_limit_weight(&rule, member->group, member->level);
        if (weight > best) {
            best = weight;
            *ret_rule = rule;
        }
    }
    return best >= 0;
}
