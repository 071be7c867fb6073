/* /internal/policy, /internal/audit: what may be signed, what was, and how the file of it ends. */
#include <string.h>

#include "json/field.h"
#include "signer/actions/desk.h"
#include "signer/actions/signer.h"
#include "signer/http/context.h"
#include "signer/http/routes_internal.h"

/* ---- GET /internal/audit ---- */

struct audit_view {
    uint64_t lines, bytes;
    const char *head, *id;
    int64_t last_us;
    bool ok;
};
#define AT(member) offsetof(struct audit_view, member)
static const struct json_field audit_fields[] = {
    {"id", JSON_TEXT, AT(id), .doc = "Of the file, made with it."},
    {"lines", JSON_U64, AT(lines), .doc = "Decisions, and what the signer wrote of itself."},
    {"bytes", JSON_U64, AT(bytes), .doc = "Size of the file."},
    {"head", JSON_TEXT, AT(head),
     .doc = "SHA-256 of the last line. Who keeps it elsewhere can tell a file that was cut."},
    {"last_at", JSON_TIME_ISO, AT(last_us), .doc = "Time of the last line."},
    {"ok", JSON_BOOL, AT(ok), .doc = "Whether the file takes lines; without it nothing is signed."},
    {NULL}};
#undef AT

static void audit(struct http_request *request)
{
    struct signer *app = request_signer(request);
    struct audit_facts facts;
    desk_look(app->desk, &facts);
    struct audit_view view = {.lines = facts.lines,
                              .bytes = facts.bytes,
                              .head = facts.head,
                              .id = facts.id,
                              .last_us = facts.last_us,
                              .ok = desk_is_ok(app->desk)};
    http_reply_object(request, audit_fields, &view);
}

/* ---- GET /internal/policy ---- */

struct rule_view {
    const char *client, *network, *purpose, *contract;
    char payment_max[U256_TEXT_SIZE], day_max[U256_TEXT_SIZE], day[U256_TEXT_SIZE];
    char fee_max[U256_TEXT_SIZE], fee_day_max[U256_TEXT_SIZE], fee_day[U256_TEXT_SIZE];
};
#define AT(member) offsetof(struct rule_view, member)
static const struct json_field rule_fields[] = {
    {"client", JSON_TEXT, AT(client), .doc = "Client of the chain."},
    {"network", JSON_TEXT, AT(network), .doc = "Network, or chain id."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "Why money moves."},
    {"contract", JSON_TEXT, AT(contract), .doc = "Of the asset; empty: the native coin."},
    {"payment_max", JSON_CHARS, AT(payment_max), .doc = "Cap of one payment."},
    {"day_max", JSON_CHARS, AT(day_max), .doc = "Cap of 24 hours."},
    {"day", JSON_CHARS, AT(day), .doc = "Signed in the last 24 hours."},
    {"fee_max", JSON_CHARS, AT(fee_max), .doc = "Cap of one fee."},
    {"fee_day_max", JSON_CHARS, AT(fee_day_max), .doc = "Cap of the chain's fees in 24 hours."},
    {"fee_day", JSON_CHARS, AT(fee_day), .doc = "Fees that were signed in the last 24 hours."},
    {NULL}};
#undef AT

static void rule_view_fill(struct signer *app, const struct policy_chain *chain,
                           const struct policy_rule *rule, struct rule_view *view)
{
    view->client = chain->client;
    view->network = chain->network;
    view->purpose = purpose_text(rule->purpose);
    view->contract = rule->contract;
    u256_text(rule->payment_max, view->payment_max);
    u256_text(rule->day_max, view->day_max);
    u256_text(desk_day_total(app->desk, rule), view->day);
    u256_text(chain->fee_max, view->fee_max);
    u256_text(chain->fee_day_max, view->fee_day_max);
    u256_text(desk_day_fees(app->desk, chain), view->fee_day);
}

static void policy(struct http_request *request)
{
    struct signer *app = request_signer(request);
    const struct policy *rules = app->policy;
    struct rule_view *views =
        arena_alloc(http_arena(request), (rules->rules_count + 1) * sizeof(*views));
    size_t count = 0;
    struct err err;
    if (!views) {
        err_set(&err, ERR_BUSY, "no memory");
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < rules->chains_count; i++)
        for (size_t j = 0; j < rules->chains[i].rules_count; j++)
            rule_view_fill(app, &rules->chains[i], &rules->chains[i].rules[j], &views[count++]);
    http_reply_array(request, rule_fields, views, count, sizeof(*views));
}

const struct http_route policy_routes[] = {
    {.method = "GET",
     .path = "/internal/policy",
     .mode = HTTP_WORKER,
     .handler = policy,
     .reply = rule_fields,
     .reply_is_array = true,
     .class_name = "signer.policy",
     .tag = "internal",
     .doc = "The caps, and how much of them the last 24 hours took."},
    {.method = "GET",
     .path = "/internal/audit",
     .mode = HTTP_INLINE,
     .handler = audit,
     .reply = audit_fields,
     .class_name = "signer.audit",
     .tag = "internal",
     .doc = "How the audit file ends."},
    {.method = NULL}};
