/* /admin/members, /admin/abilities: who is there, and who may do what. */
#include "accounting/actions/member_save.h"
#include "api/abilities.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/accounts_read.h"

#include <string.h>

/* ---- GET /admin/abilities ---- */

static void abilities(struct http_request *request)
{
    abilities_write_role(request_app(request)->abilities, request_member(request)->role,
                         http_reply_builder(request));
    http_reply_built(request, 200);
}

/* ---- GET /admin/members ---- */

struct members_request {
    const char *state, *role, *group, *email, *uid;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

static bool check_role(struct http_request *request, const char *text)
{
    return abilities_has_role(request_app(request)->abilities, text);
}

static bool check_group(struct http_request *request, const char *text)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->fees_count; i++)
        if (strcmp(catalog->fees[i].group, text) == 0)
            return true;
    return false;
}

#define AT(member) offsetof(struct members_request, member)
static const struct param members_params[] = {
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .doc = "State."},
    {.name = "role",
     .kind = PARAM_TEXT,
     .offset = AT(role),
     .check = check_role,
     .value_code = "admin.member.invalid_role",
     .doc = "Role."},
    {.name = "group",
     .kind = PARAM_TEXT,
     .offset = AT(group),
     .check = check_group,
     .value_code = "admin.member.invalid_group",
     .doc = "Fee group."},
    {.name = "email",
     .kind = PARAM_TEXT,
     .offset = AT(email),
     .flags = PARAM_LOWER,
     .doc = "E-mail."},
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "UID."},
    DATE_ROWS(struct members_request, dates),
    PAGING_ROWS("admin.pagination", struct members_request, paging),
    ORDERING_ROWS("admin.pagination", struct members_request, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static const char *if_given(const char *text)
{
    return text && text[0] ? text : NULL;
}

static struct account_view account_view_of(const struct account *account,
                                           const struct currency *currency)
{
    bool is_coin = currency && currency->is_coin;
    return (struct account_view){.currency = account->key.currency_id,
                                 .balance = account->balance,
                                 .locked = account->locked,
                                 .deposit_addresses = is_coin ? "[]" : NULL,
                                 .deposit_address = is_coin ? "null" : NULL};
}

/* The members with their accounts, in the order given. */
static bool views_fill(struct http_request *request, struct db *db, const struct member *members,
                       size_t count, struct member_view **ret_views, struct err *err)
{
    struct arena *arena = http_arena(request);
    struct account *accounts;
    size_t accounts_count;
    struct member_view *views = arena_alloc(arena, (count + 1) * sizeof(*views));
    uint64_t *ids = arena_alloc(arena, (count + 1) * sizeof(*ids));
    if (!views || !ids)
        return err_set(err, ERR_BUSY, "no memory for %zu members", count);
    for (size_t i = 0; i < count; i++)
        ids[i] = members[i].id;
    if (!accounts_of_members(db, arena, ids, count, &accounts, &accounts_count, err))
        return false;
    struct account_view *account_views =
        arena_alloc(arena, (accounts_count + 1) * sizeof(*account_views));
    if (!account_views)
        return err_set(err, ERR_BUSY, "no memory for %zu accounts", accounts_count);
    for (size_t i = 0; i < accounts_count; i++)
        account_views[i] = account_view_of(
            &accounts[i], catalog_currency(request_catalog(request), accounts[i].key.currency_id));
    for (size_t i = 0; i < count; i++) {
        size_t first = 0, last = accounts_count; /* accounts are by member */
        while (first < last) {
            size_t middle = first + (last - first) / 2;
            if (accounts[middle].key.member_id < members[i].id)
                first = middle + 1;
            else
                last = middle;
        }
        member_view_fill(&views[i], &members[i]);
        views[i].accounts = &account_views[first];
        while (first < accounts_count && accounts[first].key.member_id == members[i].id) {
            first++;
            views[i].accounts_count++;
        }
    }
    *ret_views = views;
    return true;
}

static void list(struct http_request *request)
{
    const struct members_request *asked = http_params(request);
    const struct members_filter filter = {
        .uid = if_given(asked->uid),
        .email = if_given(asked->email),
        .role = if_given(asked->role),
        .group = if_given(asked->group),
        .state = if_given(asked->state),
        .time_column = strcmp(asked->dates.range, "created") == 0 ? "created_at" : "updated_at",
        .from_us = asked->dates.from.given ? asked->dates.from.value : 0,
        .to_us = asked->dates.to.given ? asked->dates.to.value : 0,
        .order_by = asked->ordering.order_by,
        .ascending = !ordering_is_descending(&asked->ordering),
        .limit = paging_limit(&asked->paging),
        .offset = paging_offset(&asked->paging),
    };
    struct member *members, found;
    struct member_view *views;
    size_t count;
    uint64_t total;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if ((filter.uid && !member_by_uid_or_code(request, db, filter.uid, &found, &err)) ||
        !members_list(db, http_arena(request), &filter, &members, &count, &total, &err) ||
        !views_fill(request, db, members, count, &views, &err)) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, total);
    http_reply_array(request, admin_member_fields, views, count, sizeof(*views));
}

/* ---- GET /admin/members/groups ---- */

static void groups(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct str *out = http_reply_builder(request);
    str_add_char(out, '[');
    for (size_t i = 0; i < catalog->fees_count; i++) {
        size_t first = 0;
        while (strcmp(catalog->fees[first].group, catalog->fees[i].group) != 0)
            first++;
        if (first < i)
            continue;
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, catalog->fees[i].group);
    }
    str_add_char(out, ']');
    http_reply_built(request, 200);
}

/* ---- GET and PUT /admin/members/:uid ---- */

struct member_request {
    const char *uid, *group;
};
#define UID_ROW                                                                                    \
    {                                                                                              \
        .name = "uid", .kind = PARAM_TEXT, .offset = offsetof(struct member_request, uid),         \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .doc = "UID."                                     \
    }
static const struct param member_params[] = {UID_ROW, PARAM_END};
static const struct param group_params[] = {UID_ROW,
                                            {.name = "group",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct member_request, group),
                                             .flags = PARAM_REQUIRED | PARAM_LOWER,
                                             .doc = "The new fee group."},
                                            PARAM_END};

static void reply_member(struct http_request *request, struct db *db, const struct member *member)
{
    struct member_view *view;
    struct err err;
    if (views_fill(request, db, member, 1, &view, &err))
        http_reply_object(request, admin_member_fields, view);
    else
        http_reply_err(request, &err);
}

static void show(struct http_request *request)
{
    const struct member_request *asked = http_params(request);
    struct member member;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (members_by_uid(db, asked->uid, &member, &err))
        reply_member(request, db, &member);
    else
        http_reply_err(request, &err);
}

static void change_group(struct http_request *request)
{
    const struct member_request *asked = http_params(request);
    struct change change;
    struct member member;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (!member_set_group(&change, asked->uid, asked->group, &member, &err)) {
        reply_refusal(request, &err);
        return;
    }
    member_cache_put(request_app(request)->members, &member); /* the fees of the next order */
    reply_member(request, change.db, &member);
}

#define MEMBERS(verb, tail, how, does)                                                             \
    .method = (verb), .path = "/api/v2/admin/members" tail, .mode = (how), .access = ACCESS_ADMIN, \
    .action = (does), .subject = "Member", .class_name = "admin.member", .tag = "admin"

const struct http_route admin_member_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/abilities",
     .mode = HTTP_INLINE,
     .handler = abilities,
     .access = ACCESS_ADMIN,
     .class_name = "admin.ability",
     .tag = "admin",
     .doc = "What my role may do."},
    {MEMBERS("GET", "", HTTP_WORKER, "read"), .handler = list, .params = members_params,
     .params_size = sizeof(struct members_request), .reply = admin_member_fields,
     .reply_is_array = true, .doc = "The members."},
    {MEMBERS("GET", "/groups", HTTP_INLINE, "read"), .handler = groups,
     .doc = "The fee groups that there are."},
    {MEMBERS("GET", "/:uid", HTTP_WORKER, "read"), .handler = show, .params = member_params,
     .params_size = sizeof(struct member_request), .reply = admin_member_fields,
     .doc = "A member."},
    {MEMBERS("PUT", "/:uid", HTTP_WORKER, "update"), .handler = change_group,
     .params = group_params, .params_size = sizeof(struct member_request),
     .reply = admin_member_fields, .status = 201, .doc = "Move a member to another fee group."},
    {.method = NULL}};
