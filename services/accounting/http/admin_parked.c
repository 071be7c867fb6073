/* GET /admin/parked_events: what the blockchain gateway told and the books could not take. An extension:
 * nothing that came in is forgotten, and an operator sees why it waits. */
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_admin.h"
#include "accounting/store/chain_feed.h"

enum { PARKED_MAX = 1000 };

#define AT(member) offsetof(struct chain_parked, member)
static const struct json_field parked_fields[] = {
    {"seq", JSON_U64, AT(seq), .doc = "Number of the event."},
    {"name", JSON_TEXT, AT(name), .doc = "transfer.seen, payout.updated, ..."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why it waits."},
    {"event", JSON_RAW, AT(event), .doc = "What the gateway told."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it came."},
    {NULL}};
#undef AT

static void list(struct http_request *request)
{
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (chain_parked_list(db, http_arena(request), PARKED_MAX, &listed, &err))
        http_reply_array(request, parked_fields, listed.rows, listed.count,
                         sizeof(struct chain_parked));
    else
        http_reply_err(request, &err);
}

const struct http_route admin_parked_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/parked_events",
     .mode = HTTP_WORKER,
     .handler = list,
     .access = ACCESS_ADMIN,
     .class_name = "admin.parkedevent",
     .reply = parked_fields,
     .reply_is_array = true,
     .action = "read",
     .subject = "Blockchain",
     .tag = "admin",
     .doc = "Events of the gateway that wait for somebody: tried again after growing pauses (15 "
            "minutes at most)."},
    {.method = NULL}};
