#include "accounting/actions/payment_address.h"

#include <stdio.h>
#include <string.h>

#include "accounting/peers/peers.h"
#include "accounting/store/transfers.h"
#include "base/auto.h"
#include "base/random.h"
#include "json/field.h"
#include "json/read.h"

enum {
    PATH_SIZE = 256,
    BODY_BYTES_MAX = 1024,
    EVENT_BYTES_MAX = 4096,
    ADDRESS_CALL_MS = 3000,
    ADDRESS_CHARS_MAX = 128
};

/* ---- the gateway ---- */

static bool read_answer(struct arena *arena, long status, const struct str *answer,
                        const char **ret_address, struct err *err)
{
    cJSON *root;
    if (status != 200 && status != 201)
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway has no address: status %ld", status);
    if (!json_read(str_data(answer), answer->length, &root, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "the gateway's address is no JSON");
    const char *address = json_member_text(root, "address");
    size_t length = address ? strlen(address) : 0;
    *ret_address = length > 0 && length <= ADDRESS_CHARS_MAX ? arena_strdup(arena, address) : NULL;
    cJSON_Delete(root);
    return *ret_address || err_set(err, ERR_PEER_UNAVAILABLE, "the gateway named no address");
}

bool gateway_address(struct accounting *app, struct arena *arena, const char *blockchain_key,
                     const char *request_id, const char *purpose, const char *owner,
                     const char **ret_address, struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    char path[PATH_SIZE];
    long status;
    snprintf(path, sizeof(path), "/internal/chains/%.64s/addresses/%.80s", blockchain_key,
             request_id);
    str_add(&body, "{\"purpose\":");
    json_write_string(&body, purpose);
    str_add(&body, ",\"owner\":");
    json_write_string(&body, owner);
    str_add_char(&body, '}');
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN,
                                         .method = "PUT",
                                         .path = path,
                                         .body = str_data(&body),
                                         .timeout_ms = ADDRESS_CALL_MS};
    return peer_call(app->peers, &request, &status, &answer, err) &&
           read_answer(arena, status, &answer, ret_address, err);
}

/* ---- telling ---- */

static bool tell(struct db *db, const struct payment_address *address, int64_t now_us,
                 struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(EVENT_BYTES_MAX);
    str_add(&json, "{\"type\":\"create\",\"currencies\":[");
    for (const char *at = address->currencies; at && *at;) {
        size_t length = strcspn(at, ",");
        if (at != address->currencies)
            str_add_char(&json, ',');
        json_write_string_bytes(&json, at, length);
        at += length + (at[length] == ',');
    }
    str_add(&json, "],\"blockchain_key\":");
    json_write_string(&json, address->blockchain_key);
    str_add(&json, ",\"address\":");
    json_write_string(&json, address->address);
    str_add_char(&json, '}');
    if (!str_ok(&json))
        return err_set(err, ERR_INTERNAL, "the event of an address is too large");
    return private_event_insert(db, address->member_id, "deposit_address", str_data(&json), now_us,
                                err);
}

struct fill {
    struct payment_address *address;
    int64_t now_us;
    bool set;
};

static bool fill_unit(struct db *db, void *arg, struct err *err)
{
    struct fill *fill = arg;
    const struct payment_address *address = fill->address;
    return payment_address_set(db, address->id, address->address, fill->now_us, &fill->set, err) &&
           (!fill->set || address->remote || tell(db, address, fill->now_us, err));
}

bool payment_address_fill(struct accounting *app, const struct change *change,
                          struct payment_address *address, struct err *err)
{
    struct fill fill = {.address = address, .now_us = change->now_us};
    const char *given;
    if (!gateway_address(app, change->arena, address->blockchain_key, address->request_id,
                         "deposit", address->uid ? address->uid : "", &given, err))
        return false;
    address->address = given;
    if (!db_transaction(change->db, fill_unit, &fill, err)) {
        address->address = NULL;
        return false;
    }
    accounting_outbox_wake(app);
    return true;
}

/* ---- providing ---- */

static const char *request_id_of(struct arena *arena, uint64_t member_id, int64_t wallet_id,
                                 bool fresh)
{
    char *text = arena_alloc(arena, 64);
    unsigned char bytes[8];
    if (!text)
        return NULL;
    int length = snprintf(text, 64, "%lu-%lld", (unsigned long)member_id, (long long)wallet_id);
    if (!fresh)
        return text;
    random_bytes(bytes, sizeof(bytes));
    text[length++] = '-';
    for (size_t i = 0; i < sizeof(bytes); i++)
        length += snprintf(text + length, 64 - (size_t)length, "%02x", bytes[i]);
    return text;
}

static bool find_row(const struct change *change, const struct payment_address_asked *asked,
                     int64_t wallet_id, struct payment_address *ret_row, struct err *err)
{
    return asked->fresh ? payment_address_unfilled(change->db, change->arena, asked->member_id,
                                                   wallet_id, asked->remote, ret_row, err)
                        : payment_address_of_member(change->db, change->arena, asked->member_id,
                                                    wallet_id, ret_row, err);
}

static bool make_row(const struct change *change, const struct payment_address_asked *asked,
                     int64_t wallet_id, struct payment_address *ret_row, struct err *err)
{
    struct payment_address row = {
        .member_id = asked->member_id,
        .wallet_id = wallet_id,
        .blockchain_key = asked->blockchain_key,
        .remote = asked->remote,
        .request_id = request_id_of(change->arena, asked->member_id, wallet_id, asked->fresh),
    };
    if (!row.request_id)
        return err_set(err, ERR_BUSY, "no memory for an address");
    if (payment_address_insert(change->db, &row, change->now_us, err))
        return payment_address_get(change->db, change->arena, row.id, ret_row, err);
    /* Two asked at once. */
    return err->code == ERR_CONFLICT && find_row(change, asked, wallet_id, ret_row, err);
}

bool payment_address_provide(struct accounting *app, const struct change *change,
                             const struct payment_address_asked *asked,
                             struct payment_address *ret_address, struct err *err)
{
    struct err ignored;
    int64_t wallet_id;
    if (!deposit_wallet_find(change->db, asked->currency_id, asked->blockchain_key, &wallet_id,
                             err))
        return false;
    if (wallet_id == 0)
        return err_set(err, ERR_NOT_FOUND, "no wallet takes deposits of %.16s", asked->currency_id);
    if (!find_row(change, asked, wallet_id, ret_address, err) &&
        (err->code != ERR_NOT_FOUND || !make_row(change, asked, wallet_id, ret_address, err)))
        return false;
    /* Pending is an answer. */
    if (!ret_address->address && !payment_address_fill(app, change, ret_address, &ignored))
        return true;
    return true;
}
