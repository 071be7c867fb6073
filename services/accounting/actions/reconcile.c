#include "accounting/actions/reconcile.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "accounting/actions/chains_document.h"
#include "accounting/actions/reconcile_ask.h"
#include "accounting/actions/reconcile_tell.h"
#include "accounting/domain/units.h"
#include "accounting/state/config.h"
#include "accounting/store/chain_feed.h"

enum {
    STATEMENTS_MAX = 10, /* asked for until both sides meet */
    LOOKS_MAX = 40,      /* at the books, for one of them */
    LOOK_AGAIN_MS = 25,
    COINS_ASKED_MAX = 20000, /* more unspent outputs than this are not asked of a node */
    REASON_SIZE = 160
};

/* One currency of the chain. */
struct account {
    const struct network *network;
    const char *contract;
    int decimals;
    struct reconcile_sheet sheet;
    struct coins before;      /* custody: the wallet, before the records were read */
    char reason[REASON_SIZE]; /* why there is no verdict; "" */
};

struct check {
    struct accounting *app;
    const struct change *change;
    const char *blockchain_key;
    struct statement statement;
    struct book_lines books;
    struct account *accounts;
    size_t accounts_count;
    struct reconcile_outcome *outcome;
    int64_t started_at;
};

/* ---- both sides at one moment ---- */

static bool books_unit(struct db *db, void *arg, struct err *err)
{
    struct check *check = arg;
    return book_lines_read(db, check->change->arena, check->blockchain_key, &check->books, err);
}

/* Until the books have what the statement has, for a while. */
static bool wait_for_books(struct check *check, struct err *err)
{
    const struct timespec again = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    for (int look = 0; look < LOOKS_MAX && !check->app->stopping; look++) {
        uint64_t seq;
        if (!chain_feed_read(check->change->db, &seq, err))
            return false;
        if (seq >= check->statement.seq)
            return db_snapshot(check->change->db, books_unit, check, err);
        nanosleep(&again, NULL);
    }
    return true;
}

static bool meet(struct check *check, struct err *err)
{
    for (int i = 0; i < STATEMENTS_MAX && !check->app->stopping; i++) {
        if (!statement_ask(check->app, check->change->arena, check->blockchain_key,
                           &check->statement, err) ||
            !wait_for_books(check, err))
            return false;
        if (check->books.seq == check->statement.seq)
            return true;
    }
    return err_set(err, ERR_BUSY, "the books are at event %lu, the gateway at %lu",
                   (unsigned long)check->books.seq, (unsigned long)check->statement.seq);
}

/* ---- the sheets ---- */

static bool accounts_make(struct check *check, const struct catalog *catalog, struct err *err)
{
    struct arena *arena = check->change->arena;
    check->accounts = arena_alloc(arena, RECONCILE_CURRENCIES_MAX * sizeof(*check->accounts));
    if (!check->accounts)
        return err_set(err, ERR_BUSY, "no memory for a check");
    for (size_t i = 0; i < catalog->networks_count; i++) {
        const struct network *network = &catalog->networks[i];
        if (!network->blockchain_key || strcmp(network->blockchain_key, check->blockchain_key) != 0)
            continue;
        if (check->accounts_count == RECONCILE_CURRENCIES_MAX)
            return err_set(err, ERR_TOO_MANY, "more than %d currencies", RECONCILE_CURRENCIES_MAX);
        struct account *account = &check->accounts[check->accounts_count++];
        *account = (struct account){.network = network,
                                    .contract = network_contract(arena, network),
                                    .decimals = units_decimals(network->base_factor)};
        if (!account->contract)
            return err_set(err, ERR_BUSY, "no memory for a check");
        if (account->decimals > UNITS_DECIMALS_MAX)
            snprintf(account->reason, sizeof(account->reason), "it has %d decimals",
                     account->decimals);
    }
    return true;
}

static void spoil(struct account *account, const char *reason)
{
    if (!account->reason[0])
        snprintf(account->reason, sizeof(account->reason), "%.159s", reason);
}

static void line_add(struct account *account, enum reconcile_line line, struct coins amount)
{
    struct coins signed_amount = {reconcile_line_sign(line) * amount.number};
    if (!coins_add(&account->sheet.lines[line], signed_amount))
        spoil(account, "a line above the range");
}

static void take_books(const struct check *check, struct account *account)
{
    for (size_t i = 0; i < check->books.count; i++) {
        const struct book_line *row = &check->books.rows[i];
        struct coins amount;
        if (row->currency_id ? strcmp(row->currency_id, account->network->currency_id) != 0
                             : strcasecmp(row->contract, account->contract) != 0)
            continue;
        if (row->units ? coins_of_units(row->units, account->decimals, &amount)
                       : coins_of_dec(row->amount, account->decimals, &amount))
            line_add(account, row->line, amount);
        else
            spoil(account, "a sum of the books is above the range");
    }
}

static void take_statement(const struct check *check, struct account *account)
{
    for (size_t i = 0; i < check->statement.lines_count; i++) {
        const struct statement_line *row = &check->statement.lines[i];
        enum reconcile_line line;
        struct coins amount;
        bool is_recorded = strcmp(row->name, "recorded") == 0;
        if (strcasecmp(row->contract, account->contract) != 0 ||
            (!is_recorded && !reconcile_line_find(row->name, &line)))
            continue;
        if (!coins_of_units(row->units, account->decimals, &amount)) {
            spoil(account, "a sum of the gateway is above the range");
        } else if (is_recorded) {
            account->sheet.recorded = amount;
            account->sheet.has_recorded = true;
        } else {
            line_add(account, line, amount);
        }
    }
}

static bool is_wallet(const struct statement *statement)
{
    return strcmp(statement->counted_by, "wallet") == 0;
}

static bool ask_count(const struct check *check, struct account *account, struct coins *ret_coins)
{
    struct err err;
    if (coins_count(check->app, check->blockchain_key, &check->statement, account->contract,
                    account->decimals, ret_coins, &err))
        return true;
    spoil(account, err.what);
    return false;
}

static void count(const struct check *check, struct account *account)
{
    const struct statement *statement = &check->statement;
    struct coins before = account->before;
    if (account->reason[0] ||
        (strcmp(statement->counted_by, "coins") == 0 && statement->coins > COINS_ASKED_MAX))
        return; /* by the records alone */
    account->sheet.has_counted = ask_count(check, account, &account->sheet.counted);
    if (account->sheet.has_counted && is_wallet(statement) &&
        before.number != account->sheet.counted.number)
        spoil(account, "the custodian's wallet moves");
}

/* A wallet is not counted at a height, so it is counted before the records are read, and after. */
static bool meet_wallet(struct check *check, struct err *err)
{
    check->outcome->has_no_blocks = is_wallet(&check->statement);
    if (!check->outcome->has_no_blocks)
        return true;
    for (size_t i = 0; i < check->accounts_count; i++)
        if (!check->accounts[i].reason[0])
            (void)!ask_count(check, &check->accounts[i], &check->accounts[i].before);
    return meet(check, err);
}

/* Custodians differ in when they take a transfer into account that is on its way. So a difference that such
 * transfers may explain is none yet; a greater one is. */
static bool may_be_on_its_way(const struct check *check, const struct account *account,
                              struct coins difference, const struct reconcile_row *row)
{
    static const enum reconcile_line open[] = {
        RECONCILE_DEPOSITS_NOT_FINAL, RECONCILE_PAYMENTS_NOT_FINAL, RECONCILE_FEES_NOT_FINAL};
    struct coins acknowledged, most = {0};
    if (!is_wallet(&check->statement))
        return false;
    if (coins_parse(row->acknowledged, account->decimals, &acknowledged))
        (void)!coins_sub(&difference, acknowledged);
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        __int128 line = account->sheet.lines[open[i]].number;
        (void)!coins_add(&most, (struct coins){line < 0 ? -line : line});
    }
    return difference.number != 0 && difference.number <= most.number &&
           difference.number >= -most.number;
}

/* ---- what is written down ---- */

static bool lines_save(struct db *db, uint64_t run_id, const struct account *account,
                       struct coins difference, struct err *err)
{
    const struct reconcile_sheet *sheet = &account->sheet;
    char text[COINS_TEXT_SIZE];
    struct reconcile_line_row line = {.currency_id = account->network->currency_id, .amount = text};
    unsigned position = 0;
    const struct {
        const char *name;
        struct coins amount;
        bool is_there;
    } ends[] = {{"counted", sheet->counted, sheet->has_counted},
                {"recorded", sheet->recorded, sheet->has_recorded},
                {"difference", difference, true}};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        bool is_last = i + 1 == ARRAY_LEN(ends);
        for (int at = 0; is_last && at < RECONCILE_LINES_COUNT; at++) {
            line.name = reconcile_line_word((enum reconcile_line)at);
            coins_text(sheet->lines[at], account->decimals, text);
            if ((sheet->lines[at].number != 0 || at == RECONCILE_IN_BOOKS) &&
                !reconcile_line_insert(db, run_id, position++, &line, err))
                return false;
        }
        line.name = ends[i].name;
        coins_text(ends[i].amount, account->decimals, text);
        if (ends[i].is_there && !reconcile_line_insert(db, run_id, position++, &line, err))
            return false;
    }
    return true;
}

static enum reconcile_stop stop_of(const struct accounting *app)
{
    if (strcmp(app->config->reconcile_stop, "none") == 0)
        return RECONCILE_STOP_NONE;
    return strcmp(app->config->reconcile_stop, "shortage") == 0 ? RECONCILE_STOP_SHORTAGE
                                                                : RECONCILE_STOP_ANY;
}

static void note_news(struct check *check, const struct account *account,
                      const struct reconcile_row *row, enum reconcile_state from,
                      enum reconcile_state to)
{
    struct reconcile_news *news = &check->outcome->news[check->outcome->news_count++];
    *news = (struct reconcile_news){.from = from, .to = to};
    memcpy(news->currency_id, account->network->currency_id, sizeof(news->currency_id));
    snprintf(news->difference, sizeof(news->difference), "%s", row->difference);
}

static bool judge(struct check *check, const struct account *account, struct coins difference,
                  uint64_t run_id, struct reconcile_row *row, struct err *err)
{
    const struct change *change = check->change;
    int decimals = account->decimals;
    struct reconcile_standing before = {.state = reconcile_state_parse(row->state),
                                        .height = row->height};
    struct reconcile_finding finding = {.height = check->statement.height,
                                        .has_no_blocks = is_wallet(&check->statement),
                                        .difference = difference};
    /* Of a currency whose digits were changed since: nothing is taken on. */
    if (!coins_parse(row->acknowledged, decimals, &before.acknowledged))
        before.acknowledged = (struct coins){0};
    if (!coins_parse(row->tolerance, decimals, &finding.tolerance))
        finding.tolerance = (struct coins){0};
    struct reconcile_standing after = reconcile_judge(&before, &finding, stop_of(check->app));
    char *texts = arena_alloc(change->arena, 2 * COINS_TEXT_SIZE);
    if (!texts)
        return err_set(err, ERR_BUSY, "no memory for a check");
    row->difference = coins_text(after.difference, decimals, texts);
    row->acknowledged = coins_text(after.acknowledged, decimals, texts + COINS_TEXT_SIZE);
    row->state = reconcile_state_word(after.state);
    row->height = after.height;
    row->run_id = run_id;
    row->no_verdict = NULL;
    row->checked_at = change->now_us;
    if (before.state == after.state)
        return true;
    row->changed_at = change->now_us;
    note_news(check, account, row, before.state, after.state);
    return reconcile_tell(change->db, row, change->now_us, err);
}

static bool account_save(struct check *check, const struct account *account, uint64_t run_id,
                         struct err *err)
{
    const struct change *change = check->change;
    struct coins difference = {0};
    struct reconcile_row row;
    const char *reason = account->reason;
    if (!reason[0] && !account->sheet.has_counted && !account->sheet.has_recorded)
        reason = "nobody can count it";
    else if (!reason[0] && !reconcile_difference(&account->sheet, &difference))
        reason = "a sum above the range";
    if (!reconcile_row_get_locked(change->db, change->arena, check->blockchain_key,
                                  account->network->currency_id, &row, err))
        return false;
    if (!reason[0] && may_be_on_its_way(check, account, difference, &row))
        reason = "transfers of the custodian are on their way";
    if (reason[0]) {
        check->outcome->not_judged++;
        row.no_verdict = reason;
        if (!check->outcome->no_verdict[0])
            snprintf(check->outcome->no_verdict, sizeof(check->outcome->no_verdict),
                     "%.10s: %.140s", account->network->currency_id, reason);
    } else {
        check->outcome->judged++;
        if (!lines_save(change->db, run_id, account, difference, err) ||
            !judge(check, account, difference, run_id, &row, err))
            return false;
    }
    reconcile_gauge(check->app, &row);
    return reconcile_row_save(change->db, &row, err);
}

static bool save_unit(struct db *db, void *arg, struct err *err)
{
    struct check *check = arg;
    const struct statement *statement = &check->statement;
    const struct reconcile_run run = {.blockchain_key = check->blockchain_key,
                                      .hash = statement->hash,
                                      .height = statement->height,
                                      .seq = statement->seq,
                                      .parked = statement->parked,
                                      .started_at = check->started_at,
                                      .created_at = clock_now_us(check->app->clock)};
    uint64_t run_id;
    *check->outcome = (struct reconcile_outcome){.height = statement->height, /* it may run again */
                                                 .has_no_blocks = is_wallet(statement)};
    if (!reconcile_run_insert(db, &run, &run_id, err))
        return false;
    for (size_t i = 0; i < check->accounts_count; i++)
        if (!account_save(check, &check->accounts[i], run_id, err))
            return false;
    return true;
}

/* ---- no verdict at all ---- */

static bool failed_unit(struct db *db, void *arg, struct err *err)
{
    struct check *check = arg;
    for (size_t i = 0; i < check->accounts_count; i++) {
        struct reconcile_row row;
        if (!reconcile_row_get_locked(db, check->change->arena, check->blockchain_key,
                                      check->accounts[i].network->currency_id, &row, err))
            return false;
        row.no_verdict = check->outcome->no_verdict;
        reconcile_gauge(check->app, &row);
        if (!reconcile_row_save(db, &row, err))
            return false;
    }
    return true;
}

static bool compare(struct check *check, struct err *err)
{
    if (!meet(check, err) || !meet_wallet(check, err))
        return false;
    for (size_t i = 0; i < check->accounts_count; i++) {
        take_books(check, &check->accounts[i]);
        take_statement(check, &check->accounts[i]);
        count(check, &check->accounts[i]);
    }
    return !check->app->stopping || err_set(err, ERR_BUSY, "the service ends");
}

bool reconcile_chain(struct accounting *app, const struct change *change,
                     const struct catalog *catalog, const char *blockchain_key,
                     struct reconcile_outcome *ret_outcome, struct err *err)
{
    struct check check = {.app = app,
                          .change = change,
                          .blockchain_key = blockchain_key,
                          .outcome = ret_outcome,
                          .started_at = change->now_us};
    struct err ignored; /* the first failure is the story */
    *ret_outcome = (struct reconcile_outcome){.height = 0};
    if (!accounts_make(&check, catalog, err))
        return false;
    if (compare(&check, err))
        return db_transaction(change->db, save_unit, &check, err);
    *ret_outcome = (struct reconcile_outcome){.not_judged = check.accounts_count};
    snprintf(ret_outcome->no_verdict, sizeof(ret_outcome->no_verdict), "%.159s", err->what);
    (void)!db_transaction(change->db, failed_unit, &check, &ignored);
    return false;
}
