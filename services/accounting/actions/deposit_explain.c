#include "accounting/actions/deposit_explain.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "accounting/peers/peers.h"
#include "accounting/store/deposits.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

enum { TXID_CHARS_MAX = 128, PATH_SIZE = 320, DEPOSITS_MAX = 50, CHAINS_MAX = 64 };

/* ---- the books ---- */

static const struct {
    const char *reason, *sentence;
} holds[] = {
    {HOLD_BELOW_MINIMUM, "Below the minimum: it is credited when what came reaches that."},
    {HOLD_DEPOSIT_DISABLED, "Deposits of the currency are disabled: an operator accepts it."},
    {HOLD_MEMBER_INACTIVE, "The member is not active: an operator accepts it."},
    {HOLD_REPLACED, "Another transaction spent its inputs: it is not on the chain."},
};

static const char *sentence_of(const struct deposit *row)
{
    if (row->reverted)
        return "It was credited, and its transaction left the chain: what the member still has of "
               "it is frozen.";
    if (row->state == DEPOSIT_REFUNDING)
        return "It is sent back.";
    if (row->credited)
        return "It is credited.";
    if (row->state == DEPOSIT_REJECTED || row->state == DEPOSIT_CANCELED)
        return row->hold_reason && strcmp(row->hold_reason, HOLD_REPLACED) == 0
                   ? holds[ARRAY_LEN(holds) - 1].sentence
                   : "An operator ended it, or it left the chain: it is not credited.";
    if (!row->confirmed)
        return "It is seen; it is credited when the chain has confirmed it.";
    for (size_t i = 0; row->hold_reason && i < ARRAY_LEN(holds); i++)
        if (strcmp(holds[i].reason, row->hold_reason) == 0)
            return holds[i].sentence;
    return "It is confirmed and waits for an operator.";
}

static void add_deposit(const struct deposit *row, struct str *out)
{
    str_add_format(out, "{\"id\":%lu,\"tid\":", (unsigned long)row->id);
    json_write_string(out, row->tid);
    str_add(out, ",\"uid\":");
    json_write_string(out, row->uid);
    str_add(out, ",\"currency\":");
    json_write_string(out, row->currency_id);
    str_add(out, ",\"blockchain_key\":");
    json_write_string(out, row->blockchain_key);
    str_add(out, ",\"address\":");
    json_write_string(out, row->address);
    str_add(out, ",\"amount\":");
    json_write_dec(out, row->amount);
    str_add(out, ",\"state\":");
    json_write_string(out, deposit_state_word(row->state));
    str_add_format(out, ",\"confirmed\":%s,\"credited\":%s,\"hold_reason\":",
                   row->confirmed ? "true" : "false", row->credited ? "true" : "false");
    json_write_string(out, row->hold_reason);
    str_add(out, ",\"sentence\":");
    json_write_string(out, sentence_of(row));
    str_add_char(out, '}');
}

static bool deposits_read(const struct outgoing *outgoing, const char *txid,
                          const char *blockchain_key, struct listed *ret_listed, struct err *err)
{
    const struct deposit_filter filter = {.txid = txid, .blockchain_key = blockchain_key};
    struct listing listing = {.arena = outgoing->arena,
                              .where = STR_INIT(LISTING_BYTES_MAX),
                              .uncounted = true,
                              .limit = DEPOSITS_MAX};
    bool ok = deposit_list(outgoing->db, &filter, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

/* ---- the chains ---- */

struct chain_keys {
    const char *keys[CHAINS_MAX];
    size_t count;
};

static void key_add(struct chain_keys *keys, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->keys[i], key) == 0)
            return;
    if (keys->count < CHAINS_MAX)
        keys->keys[keys->count++] = key;
}

static void keys_choose(const struct catalog *catalog, const struct listed *deposits,
                        const char *blockchain_key, struct chain_keys *ret_keys)
{
    const struct deposit *rows = deposits->rows;
    ret_keys->count = 0;
    if (blockchain_key)
        key_add(ret_keys, blockchain_key);
    for (size_t i = 0; i < deposits->count; i++)
        if (rows[i].blockchain_key)
            key_add(ret_keys, rows[i].blockchain_key);
    for (size_t i = 0; ret_keys->count == 0 && i < catalog->blockchains_count; i++)
        if (strcmp(catalog->blockchains[i].status, "active") == 0)
            key_add(ret_keys, catalog->blockchains[i].key);
}

/* The gateway's explain; null: it is away, or it does not know the chain, or no node answers. */
static void add_chain(const struct outgoing *outgoing, const char *key, const char *txid,
                      bool *is_away, struct str *out)
{
    AUTO(str_release) struct str text = STR_INIT(PEER_ANSWER_BYTES_MAX);
    char path[PATH_SIZE];
    struct err ignored;
    long status = 0;
    snprintf(path, sizeof(path), "/internal/explain/%.64s/tx/%.128s", key, txid);
    const struct peer_request request = {.peer = PEER_BLOCKCHAIN, .path = path};
    bool answered =
        !*is_away && peer_call(outgoing->app->peers, &request, &status, &text, &ignored);
    bool ok = answered && status == 200 && json_check(str_data(&text), text.length, &ignored);
    *is_away = !answered; /* the others would only wait as long */
    str_add(out, "{\"blockchain_key\":");
    json_write_string(out, key);
    str_add(out, ",\"error\":");
    json_write_string(out, ok              ? NULL
                           : *is_away      ? "The gateway does not answer."
                           : status == 404 ? "The gateway does not know this chain."
                                           : "No node of the chain answers the gateway.");
    str_add(out, ",\"gateway\":");
    str_add(out, ok ? str_data(&text) : "null");
    str_add_char(out, '}');
}

static bool question_check(const struct outgoing *outgoing, const char *txid,
                           const char *blockchain_key, struct err *err)
{
    size_t length = 0;
    while (isalnum((unsigned char)txid[length]) || txid[length] == '-' || txid[length] == '_')
        length++;
    if (length == 0 || txid[length] || length > TXID_CHARS_MAX)
        return err_set_key(err, ERR_INVALID, "admin.deposit.invalid_txid",
                           "no id of a transaction");
    if (blockchain_key && !catalog_blockchain(outgoing->catalog, blockchain_key))
        return err_set_key(err, ERR_INVALID, "admin.beneficiary.blockchain_key_doesnt_exist",
                           "no blockchain %.64s", blockchain_key);
    return true;
}

bool deposit_explain(const struct outgoing *outgoing, const char *txid, const char *blockchain_key,
                     struct str *out, struct err *err)
{
    struct chain_keys keys;
    struct listed listed;
    bool is_away = false;
    if (!question_check(outgoing, txid, blockchain_key, err) ||
        !deposits_read(outgoing, txid, blockchain_key, &listed, err))
        return false;
    const struct deposit *rows = listed.rows;
    keys_choose(outgoing->catalog, &listed, blockchain_key, &keys);
    str_add(out, "{\"txid\":");
    json_write_string(out, txid);
    str_add(out, ",\"sentence\":");
    json_write_string(out, listed.count == 0 ? "The books have no deposit of it; the gateway says "
                                               "what it is on each chain."
                           : listed.count == 1 ? sentence_of(rows)
                                               : "It has several deposits.");
    str_add(out, ",\"deposits\":[");
    for (size_t i = 0; i < listed.count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        add_deposit(&rows[i], out);
    }
    str_add(out, "],\"chains\":[");
    for (size_t i = 0; i < keys.count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        add_chain(outgoing, keys.keys[i], txid, &is_away, out);
    }
    str_add(out, "]}");
    return true;
}
