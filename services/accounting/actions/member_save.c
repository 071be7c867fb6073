#include "accounting/actions/member_save.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "accounting/actions/change_rules.h"
#include "accounting/store/members.h"

enum { LEVEL_MAX = 99 };

struct work {
    const struct change *change;
    const struct member_draft *draft;
    const char *uid, *group;
    struct member row;
};

static const char roles[] =
    "superadmin admin technical accountant compliance support reporter member broker trader maker"
    " sa_maker";

static bool uid_check(const char *uid, struct err *err)
{
    if (!rule_present("Uid", uid, err) || !rule_length("Uid", uid, MEMBER_UID_SIZE - 1, err))
        return false;
    for (const char *at = uid; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("-_", *at))
            return err_set(err, ERR_INVALID, "Uid is invalid");
    return true;
}

/* Something before and behind one '@', no blanks: who may have mail there is not ours to know. */
static bool email_check(const char *email, struct err *err)
{
    if (!rule_present("Email", email, err) ||
        !rule_length("Email", email, MEMBER_EMAIL_SIZE - 1, err))
        return false;
    const char *at = strchr(email, '@');
    if (!at || at == email || at[1] == '\0' || strchr(at + 1, '@') || strpbrk(email, " \t\r\n") ||
        strlen(email) >= MEMBER_EMAIL_SIZE)
        return err_set(err, ERR_INVALID, "Email is invalid");
    return true;
}

static bool group_check(const char *group, struct err *err)
{
    return rule_present("Group", group, err) &&
           rule_code("Group", group, MEMBER_WORD_SIZE - 1, err);
}

static bool draft_check(const struct member_draft *draft, struct err *err)
{
    return uid_check(draft->uid, err) && email_check(draft->email, err) &&
           rule_length("Username", draft->username, MEMBER_EMAIL_SIZE / 4 - 1, err) &&
           rule_word("Role", draft->role, roles, err) &&
           rule_range("Level", draft->level.value, 0, LEVEL_MAX, err) &&
           rule_present("State", draft->state, err) && rule_code("State", draft->state, 16, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct member_draft *draft = work->draft;
    struct member *row = &work->row;
    const char *email = lower_text(work->change->arena, draft->email);
    if (!draft_check(draft, err) || !email || (work->group && !group_check(work->group, err)))
        return false;
    *row = (struct member){.level = (int32_t)draft->level.value};
    snprintf(row->uid, sizeof(row->uid), "%s", draft->uid);
    snprintf(row->email, sizeof(row->email), "%s", email);
    snprintf(row->username, sizeof(row->username), "%s", draft->username ? draft->username : "");
    snprintf(row->role, sizeof(row->role), "%s", draft->role);
    snprintf(row->state, sizeof(row->state), "%s", draft->state);
    if (!rule_unique("Uid, email or username", members_insert(db, row, err), err) ||
        !members_by_uid(db, row->uid, row, err))
        return false;
    if (!work->group)
        return true;
    snprintf(row->group, sizeof(row->group), "%s", work->group);
    return members_set_group(db, row->id, work->group, err);
}

static bool group_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    if (!group_check(work->group, err) || !members_by_uid(db, work->uid, &work->row, err) ||
        !members_set_group(db, work->row.id, work->group, err))
        return false;
    snprintf(work->row.group, sizeof(work->row.group), "%s", work->group);
    return true;
}

bool member_create(const struct change *change, const struct member_draft *draft,
                   struct member *ret_member, struct err *err)
{
    struct work work = {
        .change = change, .draft = draft, .group = lower_text(change->arena, draft->group)};
    if (!db_transaction(change->db, create_unit, &work, err))
        return false;
    *ret_member = work.row;
    return true;
}

bool member_set_group(const struct change *change, const char *uid, const char *group,
                      struct member *ret_member, struct err *err)
{
    struct work work = {.change = change, .uid = uid, .group = lower_text(change->arena, group)};
    if (!db_transaction(change->db, group_unit, &work, err))
        return false;
    *ret_member = work.row;
    return true;
}
