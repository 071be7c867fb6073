#include "blockchain/actions/custody.h"

#include <stdio.h>
#include <string.h>

#include "blockchain/actions/transfer_event.h"
#include "blockchain/family/custody.h"
#include "blockchain/store/addresses.h"
#include "blockchain/store/custody.h"
#include "blockchain/store/custody_sends.h"

enum {
    AT_ONCE_MAX = 16,
    PAUSE_US = 2000000,
    PAUSE_DOUBLINGS_MAX = 9,
    WEBHOOK_URL_SIZE = 512,
    LIST_PAGES_MAX = 40,
    NOTICE_TRIES_MAX = 20
};
#define WEBHOOKS_LOOK_US INT64_C(3600000000)
#define WEBHOOKS_FAILED_US INT64_C(30000000)

/* ---- what the provider is asked ---- */

struct read_question {
    const char *id;
    struct custody_transfer transfer;
};

static bool ask_transfer(struct node *node, void *arg, struct err *err)
{
    struct read_question *question = arg;
    return custody_transfer_read(node, question->id, &question->transfer, err);
}

struct address_question {
    const char *id; /* NULL: a new one */
    struct custody_address address;
};

static bool ask_address(struct node *node, void *arg, struct err *err)
{
    struct address_question *question = arg;
    return question->id ? custody_address_read(node, question->id, &question->address, err)
                        : custody_address_new(node, &question->address, err);
}

/* ---- one transfer into the books ---- */

struct unit {
    const struct custody_step *step;
    const struct custody_transfer *transfer;
    const struct custody_notice *notice;
    int64_t now_us;
};

static bool tell(const struct unit *unit, struct db *db, const char *name,
                 const struct transfer_row *row, struct err *err)
{
    const struct block_step step = {.app = unit->step->app,
                                    .chain = unit->step->chain,
                                    .entry = unit->step->entry,
                                    .arena = unit->step->arena};
    /* Told with the confirmations of the catalogue: the provider's word is all that there is. */
    uint64_t height = row->height + unit->step->entry->min_confirmations - 1;
    return transfer_event(&step, db, name, row,
                          strcmp(name, "transfer.confirmed") == 0 ? height : row->height,
                          unit->now_us, err);
}

static bool move(const struct unit *unit, struct db *db, struct transfer_row *row, const char *from,
                 const char *to, const char *event, struct err *err)
{
    bool moved;
    if (strcmp(row->state, from) != 0)
        return true;
    if (!custody_transfer_move(db, row->id, from, to, unit->now_us, &moved, err))
        return false;
    return !moved || tell(unit, db, event, row, err);
}

/* The row of an entry as it is now; *ret_found false: there is none. */
static bool row_of(const struct unit *unit, struct db *db, const struct custody_entry *entry,
                   struct transfer_row *ret_row, bool *ret_found, struct err *err)
{
    struct transfer_row *rows;
    size_t count;
    if (!transfers_of_tx(db, unit->step->arena, unit->step->chain->key, unit->transfer->txid, &rows,
                         &count, err))
        return false;
    *ret_found = false;
    for (size_t i = 0; i < count && !*ret_found; i++) {
        *ret_found = rows[i].index == entry->index && strcmp(rows[i].address, entry->address) == 0;
        if (*ret_found)
            *ret_row = rows[i];
    }
    return true;
}

static bool put(const struct unit *unit, struct db *db, const struct custody_entry *entry,
                uint64_t address_id, struct transfer_row *ret_row, struct err *err)
{
    struct found_transfer found = {.index = entry->index, .address_id = address_id};
    struct block_head head = {.height = unit->transfer->height};
    bool is_news, is_there;
    snprintf(found.txid, sizeof(found.txid), "%s", unit->transfer->txid);
    snprintf(found.units, sizeof(found.units), "%s", entry->units);
    snprintf(head.hash, sizeof(head.hash), "%s", unit->transfer->id);
    if (!transfer_put(db, unit->step->chain->key, &found, &head,
                      unit->step->entry->min_confirmations, unit->now_us, ret_row, &is_news, err))
        return false;
    if (is_news)
        return tell(unit, db, "transfer.seen", ret_row, err);
    return row_of(unit, db, entry, ret_row, &is_there, err) &&
           (is_there || err_set(err, ERR_INTERNAL, "a transfer that is not there"));
}

static bool entry_apply(const struct unit *unit, struct db *db, const struct custody_entry *entry,
                        struct err *err)
{
    struct address_row address;
    struct transfer_row row;
    bool is_ours, is_there = true;
    if (!address_find(db, unit->step->chain->key, entry->address, &address, &is_ours, err))
        return false;
    if (!is_ours)
        return true;
    if (unit->transfer->state == CUSTODY_FAILED || unit->transfer->state == CUSTODY_REMOVED) {
        if (!row_of(unit, db, entry, &row, &is_there, err))
            return false;
        return !is_there ||
               (move(unit, db, &row, "seen", "reverted", "transfer.reverted", err) &&
                move(unit, db, &row, "confirmed", "reverted", "transfer.reverted", err));
    }
    if (!put(unit, db, entry, address.id, &row, err))
        return false;
    return unit->transfer->state != CUSTODY_CONFIRMED ||
           move(unit, db, &row, "seen", "confirmed", "transfer.confirmed", err);
}

static bool notice_later(const struct unit *unit, struct db *db, const char *reason,
                         struct err *err)
{
    uint32_t tries = unit->notice->tries;
    unsigned doublings = tries < PAUSE_DOUBLINGS_MAX ? tries : PAUSE_DOUBLINGS_MAX;
    return custody_notice_later(db, unit->notice->id, reason,
                                unit->now_us + ((int64_t)PAUSE_US << doublings), err);
}

/* A provider may tell by webhook what he does not show yet, and each word is told once: so he is asked
 * again, but not for ever. */
static bool notice_end(const struct unit *unit, struct db *db, const char *said, const char *reason,
                       struct err *err)
{
    bool is_shown = strcmp(said, unit->notice->state) == 0;
    return is_shown || unit->notice->tries >= NOTICE_TRIES_MAX
               ? custody_notice_done(db, unit->notice->id, reason, err)
               : notice_later(unit, db, "the provider does not show it yet", err);
}

static bool apply_unit(struct db *db, void *arg, struct err *err)
{
    const struct unit *unit = arg;
    const struct custody_transfer *transfer = unit->transfer;
    for (size_t i = 0; i < transfer->entries_count; i++)
        if (!entry_apply(unit, db, &transfer->entries[i], err))
            return false;
    bool is_over = transfer->state == CUSTODY_CONFIRMED || transfer->state == CUSTODY_FAILED;
    return notice_end(unit, db, is_over ? unit->notice->state : transfer->said, "", err);
}

/* ---- notices ---- */

static bool notice_keep(struct blockchain *app, struct db *db, const struct chain *chain,
                        const struct custody_notice_body *notice, struct err *err)
{
    int64_t now_us = clock_now_us(app->clock);
    bool is_news;
    if (notice->is_transfer && !custody_notice_put(db, chain->key, notice->transfer_id,
                                                   notice->state, now_us, &is_news, err))
        return false;
    return (!notice->is_transfer && !notice->is_approval) ||
           custody_sends_hasten(db, chain->key, notice->is_transfer ? notice->transfer_id : "",
                                err);
}

/* Whether one of its servers shows that wallet: ".../wallet/ID". */
static bool has_wallet(struct chain *chain, const char *wallet)
{
    char words[CUSTODY_ID_SIZE + 16];
    size_t length = (size_t)snprintf(words, sizeof(words), "/wallet/%s", wallet);
    bool is_there = false;
    pthread_mutex_lock(&chain->lock);
    for (const char *at = chain->servers; at && (at = strstr(at, words)) != NULL; at += length)
        is_there |= at[length] == '\0' || strchr(" ,/", at[length]) != NULL;
    pthread_mutex_unlock(&chain->lock);
    return is_there;
}

bool custody_notice_take(struct blockchain *app, struct db *db, struct chain *chain,
                         const char *adapter, const struct custody_notice_body *notice,
                         struct err *err)
{
    bool is_known = chain != NULL;
    if (chain)
        return notice_keep(app, db, chain, notice, err);
    for (size_t i = 0; i < chains_count(app->chains); i++) {
        struct chain *one = chains_at(app->chains, i);
        if (!one->client->is_custody || strcmp(one->client->name, adapter) != 0 ||
            (notice->wallet[0] && !has_wallet(one, notice->wallet)))
            continue;
        is_known = true;
        if (!notice_keep(app, db, one, notice, err))
            return false;
    }
    return is_known || err_set_key(err, ERR_NOT_FOUND, "blockchain.webhook.wallet_unknown",
                                   "no chain of %.40s has wallet %.64s", adapter, notice->wallet);
}

static bool notice_run(const struct custody_step *step, const struct custody_notice *notice,
                       struct err *err)
{
    struct read_question question = {.id = notice->transfer_id};
    struct unit unit = {.step = step,
                        .transfer = &question.transfer,
                        .notice = notice,
                        .now_us = clock_now_us(step->app->clock)};
    struct err why = {.code = ERR_NONE};
    bool ok = providers_ask(step->session, ask_transfer, &question, &why);
    /* Nothing can be credited before it has a transaction; its next state is told by another webhook. */
    bool is_early =
        ok && (question.transfer.state == CUSTODY_PENDING || !question.transfer.txid[0]);
    if (is_early)
        return notice_end(&unit, step->db, question.transfer.said, "pending", err);
    ok = ok && db_transaction(step->db, apply_unit, &unit, &why);
    if (ok) {
        blockchain_outbox_wake(step->app);
        return true;
    }
    if (why.code == ERR_NOT_FOUND)
        return notice_end(&unit, step->db, "", "the provider does not know it", err);
    return notice_later(&unit, step->db, why.what, err);
}

/* ---- addresses ---- */

static bool address_keep(const struct custody_step *step, const struct custody_address *made,
                         struct err *err)
{
    struct chain *chain = step->chain;
    struct address_form form;
    uint64_t id;
    if (!made->address[0])
        return custody_late_put(step->db, chain->key, made->id, err);
    chain->client->family->address_form(chain->client, "", made->address, &form);
    return custody_address_add(step->db, chain->key, made->address, &id, err) &&
           (watch_set_add(chain->watch, form.kind, form.hash, form.hash_length, id) ||
            err_set(err, ERR_BUSY, "no memory for what is watched"));
}

/* One call a round. While an address is late no other is asked for. */
static bool pool_fill(const struct custody_step *step, bool *ret_more, struct err *err)
{
    struct address_question question = {.id = NULL};
    char late[CUSTODY_ID_SIZE];
    uint64_t free_count;
    if (!addresses_free_count(step->db, step->chain->key, 0, &free_count, err) ||
        !custody_late_first(step->db, step->chain->key, late, err))
        return false;
    if (free_count >= CUSTODY_POOL && !late[0])
        return true;
    question.id = late[0] ? late : NULL;
    if (!providers_ask(step->session, ask_address, &question, err))
        return false;
    if (late[0] && !question.address.address[0])
        return true;
    if (!address_keep(step, &question.address, err))
        return false;
    *ret_more = question.address.address[0] != '\0';
    return !late[0] || custody_late_drop(step->db, step->chain->key, late, err);
}

/* ---- webhooks ---- */

struct webhook_question {
    char url[WEBHOOK_URL_SIZE];
    bool is_new;
};

static bool ask_webhooks(struct node *node, void *arg, struct err *err)
{
    struct webhook_question *question = arg;
    return custody_webhooks_put(node, question->url, &question->is_new, err);
}

/* Registered when the wallet is new to us, and again when somebody there took them away. */
static bool webhooks_keep(const struct custody_step *step, struct err *err)
{
    const char *url = step->app->config->custody_webhook_url;
    struct webhook_question question;
    int64_t now_us = clock_now_us(step->app->clock);
    if (!url[0] || now_us < *step->webhooks_due_us)
        return true;
    *step->webhooks_due_us = now_us + WEBHOOKS_FAILED_US;
    size_t length = strlen(url);
    if (length > 0 && url[length - 1] == '/')
        length--;
    if (length + sizeof(step->chain->key) + 1 > sizeof(question.url))
        return err_set(err, ERR_CONFIG, "CUSTODY_WEBHOOK_URL is too long");
    snprintf(question.url, sizeof(question.url), "%.*s/%s", (int)length, url, step->chain->key);
    if (!providers_ask(step->session, ask_webhooks, &question, err))
        return err_wrap(err, "webhooks");
    *step->webhooks_due_us = now_us + WEBHOOKS_LOOK_US;
    return true;
}

/* ---- what no webhook told ---- */

struct list_question {
    const char *before;
    struct custody_list list;
};

static bool ask_list(struct node *node, void *arg, struct err *err)
{
    struct list_question *question = arg;
    return custody_list_read(node, question->before, &question->list, err);
}

/* From the newest transfer back to a page that holds no news. What is listed is a hint like a webhook. */
static bool list_keep(const struct custody_step *step, struct err *err)
{
    char before[CUSTODY_ID_SIZE] = "";
    int64_t now_us = clock_now_us(step->app->clock);
    if (now_us < *step->list_due_us)
        return true;
    *step->list_due_us = now_us + step->app->config->custody_list_s * INT64_C(1000000);
    for (unsigned page = 0; page < LIST_PAGES_MAX && !step->app->stopping; page++) {
        struct list_question question = {.before = before};
        bool has_news = false;
        if (!providers_ask(step->session, ask_list, &question, err))
            return err_wrap(err, "the list of transfers");
        for (size_t i = 0; i < question.list.count; i++) {
            const struct custody_listed *row = &question.list.rows[i];
            bool is_news;
            if (!custody_notice_put(step->db, step->chain->key, row->id, row->said, now_us,
                                    &is_news, err))
                return false;
            has_news |= is_news;
        }
        if (!has_news || !question.list.next[0])
            break;
        memcpy(before, question.list.next, sizeof(before));
    }
    return true;
}

bool custody_round(const struct custody_step *step, bool *ret_more, struct err *err)
{
    struct custody_notice *notices;
    size_t count;
    *ret_more = false;
    if (!custody_notices_due(step->db, step->arena, step->chain->key,
                             clock_now_us(step->app->clock), AT_ONCE_MAX, &notices, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!notice_run(step, &notices[i], err))
            return false;
    if (!pool_fill(step, ret_more, err))
        return false;
    *ret_more |= count == AT_ONCE_MAX;
    return webhooks_keep(step, err) && list_keep(step, err);
}
