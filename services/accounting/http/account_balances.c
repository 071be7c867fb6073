/* /account/balances, /account/stats, /account/members: what a member has. */
#include "accounting/http/entities_deposit.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_order.h"
#include "api/paging.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/accounts_read.h"

#include <stdlib.h>
#include <string.h>

static bool check_currency(struct http_request *request, const char *text)
{
    const struct currency *currency = catalog_currency(request_catalog(request), text);
    return currency && currency->is_visible;
}

static void no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for a list");
    http_reply_err(request, &err);
}

/* account NULL: the member has none yet, which is the same as an empty one. */
/* `addresses` NULL: not told (GET of one balance, by the contract). */
static struct account_view view_of(struct arena *arena, const struct currency *currency,
                                   const struct account *account, const struct listed *addresses)
{
    struct account_view view = {.currency = currency->id};
    if (account) {
        view.balance = account->balance;
        view.locked = account->locked;
    }
    if (currency->is_coin) {
        view.deposit_addresses = "[]";
        view.deposit_address = "null";
        if (addresses)
            deposit_addresses_text(arena, addresses, currency->id, &view.deposit_addresses,
                                   &view.deposit_address);
    }
    return view;
}

/* ---- GET /account/balances ---- */

struct balances_request {
    struct paging paging;
    struct param_bool nonzero;
    const char *code, *name;
};
#define AT(member) offsetof(struct balances_request, member)
static const struct param balances_params[] = {
    PAGING_ROWS("pagination", struct balances_request, paging),
    {.name = "nonzero",
     .kind = PARAM_BOOL,
     .offset = AT(nonzero),
     .fallback = "false",
     .type_code = "account.balances.invalid_nonzero",
     .doc = "Leave out currencies of which nothing is there."},
    {.name = "search[currency_code]",
     .kind = PARAM_NESTED,
     .offset = AT(code),
     .doc = "Part of the currency code; or of the name, if both are given."},
    {.name = "search[currency_name]",
     .kind = PARAM_NESTED,
     .offset = AT(name),
     .doc = "Part of the currency name."},
    PARAM_END};
#undef AT

static bool contains(const char *text, const char *part)
{
    return part && part[0] != '\0' && text && strcasestr(text, part) != NULL;
}

static bool is_asked_for(const struct balances_request *asked, const struct currency *currency,
                         const struct account *account)
{
    bool searched = (asked->code && asked->code[0]) || (asked->name && asked->name[0]);
    bool empty = !account || (dec_is_zero(account->balance) && dec_is_zero(account->locked));
    return currency->is_visible && !(asked->nonzero.value && empty) &&
           (!searched || contains(currency->id, asked->code) ||
            contains(currency->name, asked->name));
}

static int compare_views(const void *a, const void *b)
{
    const struct account_view *left = a, *right = b;
    return strcmp(left->currency, right->currency);
}

static void balances(struct http_request *request)
{
    const struct balances_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    uint64_t member_id = request_member(request)->id;
    struct listed addresses;
    struct account *accounts;
    size_t accounts_count, count = 0;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!accounts_of_members(db, http_arena(request), &member_id, 1, &accounts, &accounts_count,
                             &err) ||
        !payment_addresses_of_member(db, http_arena(request), member_id, &addresses, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct account_view *views =
        arena_alloc(http_arena(request), (catalog->currencies_count + 1) * sizeof(*views));
    if (!views) {
        no_memory(request);
        return;
    }
    for (size_t i = 0; i < catalog->currencies_count; i++) {
        const struct currency *currency = &catalog->currencies[i];
        struct account_key key = account_key(member_id, currency->id);
        const struct account *account = account_find(accounts, accounts_count, &key);
        if (is_asked_for(asked, currency, account))
            views[count++] = view_of(http_arena(request), currency, account, &addresses);
    }
    qsort(views, count, sizeof(*views), compare_views);
    struct span span = paging_span(&asked->paging, count);
    paging_headers(request, &asked->paging, count);
    http_reply_array(request, account_fields, views + span.first, span.count, sizeof(*views));
}

/* ---- GET /account/balances/:currency ---- */

struct balance_request {
    const char *currency;
};
static const struct param balance_params[] = {{.name = "currency",
                                               .kind = PARAM_TEXT,
                                               .offset = offsetof(struct balance_request, currency),
                                               .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                               .check = check_currency,
                                               .value_code = "account.currency.doesnt_exist",
                                               .doc = "Currency code."},
                                              PARAM_END};

static void balance(struct http_request *request)
{
    const struct balance_request *asked = http_params(request);
    const struct currency *currency = catalog_currency(request_catalog(request), asked->currency);
    uint64_t member_id = request_member(request)->id;
    struct account_key key = account_key(member_id, currency->id);
    struct account *accounts;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = accounts_of_members(db, http_arena(request), &member_id, 1, &accounts, &count, &err);
    const struct account *account = ok ? account_find(accounts, count, &key) : NULL;
    if (ok && !account)
        ok = err_set(&err, ERR_NOT_FOUND, "no account in %s", currency->id);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    struct account_view view = view_of(http_arena(request), currency, account, NULL);
    http_reply_object(request, account_fields, &view);
}

/* ---- GET /account/stats/pnl ---- */

struct pnl_request {
    const char *pnl_currency;
};
static const struct param pnl_params[] = {{.name = "pnl_currency",
                                           .kind = PARAM_TEXT,
                                           .offset = offsetof(struct pnl_request, pnl_currency),
                                           .check = check_currency,
                                           .value_code = "pnl.currency.doesnt_exist",
                                           .doc = "Only values in this currency."},
                                          PARAM_END};

struct pnl_view {
    const char *currency, *pnl_currency;
    struct dec total_credit, total_debit, total_credit_value, total_debit_value;
    struct dec average_buy_price, average_sell_price, average_balance_price, total_balance_value;
    bool has_credit, has_debit;
};
#define AT(member) offsetof(struct pnl_view, member)
static const struct json_field pnl_fields[] = {
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"pnl_currency", JSON_TEXT, AT(pnl_currency), .doc = "Currency of the values."},
    {"total_credit", JSON_DEC, AT(total_credit), .doc = "All that came in."},
    {"total_debit", JSON_DEC, AT(total_debit), .doc = "All that went out."},
    {"total_credit_value", JSON_DEC, AT(total_credit_value), .doc = "Value of what came in."},
    {"total_debit_value", JSON_DEC, AT(total_debit_value), .doc = "Value of what went out."},
    {"average_buy_price", JSON_DEC, AT(average_buy_price), JSON_NULL_UNLESS,
     "Value per unit that came in.", .present_offset = AT(has_credit)},
    {"average_sell_price", JSON_DEC, AT(average_sell_price), JSON_NULL_UNLESS,
     "Value per unit that went out.", .present_offset = AT(has_debit)},
    {"average_balance_price", JSON_DEC, AT(average_balance_price), .doc = "Value per unit held."},
    {"total_balance_value", JSON_DEC, AT(total_balance_value), .doc = "Value of what is held."},
    {NULL}};
#undef AT

static struct pnl_view pnl_view_of(const struct member_pnl *row)
{
    struct pnl_view view = {.currency = row->currency_id,
                            .pnl_currency = row->pnl_currency_id,
                            .total_credit = row->total_credit,
                            .total_debit = row->total_debit,
                            .total_credit_value = row->total_credit_value,
                            .total_debit_value = row->total_debit_value,
                            .average_balance_price = row->average_balance_price,
                            .total_balance_value = row->total_balance_value};
    view.has_credit =
        !dec_is_zero(row->total_credit) &&
        dec_div(row->total_credit_value, row->total_credit, DEC_DOWN, &view.average_buy_price);
    view.has_debit =
        !dec_is_zero(row->total_debit) &&
        dec_div(row->total_debit_value, row->total_debit, DEC_DOWN, &view.average_sell_price);
    return view;
}

static void pnl(struct http_request *request)
{
    const struct pnl_request *asked = http_params(request);
    struct member_pnl *rows;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!pnl_of_member(db, http_arena(request), request_member(request)->id, asked->pnl_currency,
                       &rows, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct pnl_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    if (!views) {
        no_memory(request);
        return;
    }
    for (size_t i = 0; i < count; i++)
        views[i] = pnl_view_of(&rows[i]);
    http_reply_array(request, pnl_fields, views, count, sizeof(*views));
}

/* ---- GET /account/members/me ---- */

static void me(struct http_request *request)
{
    const struct member *member = request_member(request);
    const struct catalog *catalog = request_catalog(request);
    struct account *accounts;
    size_t accounts_count, count = 0;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!accounts_of_members(db, http_arena(request), &member->id, 1, &accounts, &accounts_count,
                             &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct account_view *views =
        arena_alloc(http_arena(request), (accounts_count + 1) * sizeof(*views));
    if (!views) {
        no_memory(request);
        return;
    }
    for (size_t i = 0; i < accounts_count; i++) {
        const struct currency *currency = catalog_currency(catalog, accounts[i].key.currency_id);
        if (currency && currency->is_visible)
            views[count++] = view_of(http_arena(request), currency, &accounts[i], NULL);
    }
    struct member_view view;
    member_view_fill(&view, member);
    view.accounts = views;
    view.accounts_count = count;
    http_reply_object(request, member_fields, &view);
}

#define ACCOUNT(tail)                                                                              \
    .method = "GET", .path = "/api/v2/account/" tail, .mode = HTTP_WORKER,                         \
    .access = ACCESS_MEMBER, .tag = "account"

const struct http_route account_routes[] = {
    {ACCOUNT("balances"), .handler = balances, .params = balances_params,
     .params_size = sizeof(struct balances_request), .reply = account_fields,
     .reply_is_array = true, .action = "read", .subject = "Operations::Account",
     .class_name = "account.balance", .doc = "My balances in all visible currencies."},
    {ACCOUNT("balances/:currency"), .handler = balance, .params = balance_params,
     .params_size = sizeof(struct balance_request), .reply = account_fields, .action = "read",
     .subject = "Operations::Account", .class_name = "account.balance",
     .doc = "My balance in one currency."},
    {ACCOUNT("stats/pnl"), .handler = pnl, .params = pnl_params,
     .params_size = sizeof(struct pnl_request), .reply = pnl_fields, .reply_is_array = true,
     .action = "read", .subject = "StatsMemberPnl", .class_name = "account.stat",
     .doc = "What I gained and lost, by currency."},
    {ACCOUNT("members/me"), .handler = me, .reply = member_fields, .class_name = "account.member",
     .doc = "Who I am."},
    {.method = NULL}};
