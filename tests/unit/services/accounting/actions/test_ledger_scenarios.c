/* Runs tests/scenarios/ledger: orders through the decisions of the group commit, the book and settling,
 * without a database. The accounts of the story are kept here, from the deltas that both produce. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/actions/accept_decide.h"
#include "accounting/actions/settlement.h"
#include "accounting/store/candles.h"
#include "matching/engine/book.h"

#define FOLDER "tests/scenarios/ledger"
enum { WORDS_MAX = 16, NAMES_MAX = 32, ACCOUNTS_MAX = 32, LINE_MAX_BYTES = 256, FILES_MAX = 64 };

struct named {
    char name[16];
    struct order order;
};

struct story {
    const char *file;
    int line;
    struct market market;
    struct dec maker, taker;
    struct account accounts[ACCOUNTS_MAX];
    size_t accounts_count;
    struct named orders[NAMES_MAX];
    size_t orders_count;
    struct dec revenue_base, revenue_quote;
    struct trade trade; /* the last one */
    struct operation operations[TRADE_OPERATIONS_MAX];
    size_t operations_count, operations_seen;
    struct accept_batch *batch;
    struct settlement *settlement;
    struct book *book;
    uint64_t seq;
};

#define wrong(story, ...)                                                                          \
    do {                                                                                           \
        print_error("%s:%d: ", (story)->file, (story)->line);                                      \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

static struct dec number(struct story *story, const char *text)
{
    struct dec value = DEC_ZERO;
    if (!dec_parse(text, &value))
        wrong(story, "no number: %s", text);
    return value;
}

static void expect(struct story *story, const char *what, struct dec found, const char *expected)
{
    char text[DEC_TEXT_SIZE];
    if (dec_cmp(found, number(story, expected)) != 0)
        wrong(story, "%s is %s, not %s", what, dec_text(found, text), expected);
}

static uint64_t member_of(const char *name)
{
    return (uint64_t)name[0];
}

/* ---- accounts ---- */

static struct account *account_of(struct story *story, uint64_t member, const char *currency)
{
    struct account_key key = account_key(member, currency);
    for (size_t i = 0; i < story->accounts_count; i++)
        if (account_key_cmp(&story->accounts[i].key, &key) == 0)
            return &story->accounts[i];
    assert_true(story->accounts_count < ACCOUNTS_MAX);
    struct account *account = &story->accounts[story->accounts_count++];
    *account = (struct account){.key = key};
    return account;
}

static void apply_deltas(struct story *story, const struct account_delta *deltas, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct account *account =
            account_of(story, deltas[i].key.member_id, deltas[i].key.currency_id);
        account->balance.units += deltas[i].balance.units;
        account->locked.units += deltas[i].locked.units;
        if (dec_is_negative(account->balance) || dec_is_negative(account->locked))
            wrong(story, "an account went below zero");
    }
}

/* ---- one intake through everything ---- */

static struct named *find(struct story *story, const char *name)
{
    for (size_t i = 0; i < story->orders_count; i++)
        if (strcmp(story->orders[i].name, name) == 0)
            return &story->orders[i];
    wrong(story, "no order is called %s", name);
    return NULL;
}

static void settle(struct story *story, const struct str *bytes)
{
    struct settlement *settlement = story->settlement;
    struct settling_market *settling = &settlement->markets[0];
    struct batch batch;
    struct result result;
    struct err err;
    size_t offset = 0;

    settlement->now_us = 1700000000000000;
    settlement->orders_count = story->orders_count;
    for (size_t i = 0; i < story->orders_count; i++)
        settlement->orders[i] = story->orders[i].order;
    settlement->index_mask = 4 * NAMES_MAX - 1;
    memset(settlement->index, 0, 4 * NAMES_MAX * sizeof(settlement->index[0]));
    for (size_t i = 0; i < story->orders_count; i++)
        settlement_index_order(settlement, i);
    settlement->trades_count = settlement->entries_count = settlement->deltas_count = 0;
    settlement->levels_count = 0;
    settlement->journal_id_next = 1;
    settlement->journal_ids_end = 1000;
    settlement->journal_ids_used = 0;
    events_begin(&settlement->events);
    candles_begin(settlement->candles);
    memcpy(settling->id, story->market.id, sizeof(settling->id));
    settling->market = story->market;
    settling->base_is_coin = true;

    if (!result_batch_read(bytes->data, bytes->length, &batch, &err))
        wrong(story, "%s", err.what);
    while (result_next(&batch, &offset, &result))
        if (!settle_apply_result(settlement, 0, &batch, &offset, &result, &err))
            wrong(story, "%s", err.what);
    for (size_t i = 0; i < story->orders_count; i++)
        story->orders[i].order = settlement->orders[i];
    apply_deltas(story, settlement->deltas, settlement->deltas_count);
    for (size_t i = 0; i < settlement->trades_count; i++) {
        const struct trade *trade = &settlement->trades[i];
        story->revenue_base.units += trade->buyer_fee_amount.units;
        story->revenue_quote.units += trade->seller_fee_amount.units;
        story->operations_count = trade_operations(trade, true, false, story->operations);
        story->operations_seen = 0;
    }
}

static void match(struct story *story)
{
    struct str bytes = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    for (size_t i = 0; i < story->batch->commands_count; i++) {
        str_clear(&bytes);
        result_batch_begin(&bytes, story->market.id, story->batch->commands[i].seq);
        assert_true(book_apply(story->book, &story->batch->commands[i], &bytes));
        result_batch_end(&bytes, 1, book_state_hash(story->book));
        settle(story, &bytes);
    }
    str_release(&bytes);
}

/* Decides one intake; true if it was accepted. What it locks is applied at once. */
static bool accept(struct story *story, struct intake *intake, const char *refused)
{
    struct accept_batch *batch = story->batch;
    intake->market = story->market;
    intake->base_is_coin = true;
    batch->intakes = &intake;
    batch->count = 1;
    batch->now_us = 1000000;
    batch->markets_count = 1;
    memcpy(batch->markets[0].id, story->market.id, sizeof(batch->markets[0].id));
    batch->markets[0].command_seq = batch->markets[0].first_seq = story->seq;
    qsort(story->accounts, story->accounts_count, sizeof(story->accounts[0]),
          (int (*)(const void *, const void *))account_key_cmp);
    memcpy(batch->accounts, story->accounts, sizeof(story->accounts));
    batch->accounts_count = story->accounts_count;
    batch->order_id_next = batch->journal_id_next = story->seq + 1;
    batch->order_ids_end = batch->journal_ids_end = story->seq + 1000;
    accept_decide(batch);
    if (refused) {
        if (intake->ok || strcmp(err_name(intake->err.code), refused) != 0)
            wrong(story, "expected %s, got %s", refused,
                  intake->ok ? "an accepted order" : err_name(intake->err.code));
        return false;
    }
    if (!intake->ok)
        wrong(story, "refused: %s", intake->err.what);
    story->seq = batch->markets[0].command_seq;
    apply_deltas(story, batch->deltas, batch->deltas_count);
    return true;
}

/* ---- lines ---- */

static const char *option(char **words, size_t count, const char *name)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (strcmp(words[i], name) == 0)
            return words[i + 1];
    return NULL;
}

static bool has(char **words, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* NAME: MEMBER buy|sell VOLUME ... */
static void do_submit(struct story *story, char **words, size_t count)
{
    struct intake intake = {.kind = INTAKE_SUBMIT};
    struct order *order = &intake.order;
    const char *price = option(words, count, "@"), *estimate = option(words, count, "estimate");
    memcpy(order->market_id, story->market.id, sizeof(order->market_id));
    order->member_id = member_of(words[1]);
    if (!side_parse(words[2], &order->side))
        wrong(story, "no side: %s", words[2]);
    order->volume = order->origin_volume = number(story, words[3]);
    order->maker_fee = story->maker;
    order->taker_fee = story->taker;
    if (price)
        order->price = number(story, price);
    else
        order->type = TYPE_MARKET;
    if (estimate)
        intake.estimate = number(story, estimate);
    if (has(words, count, "ioc"))
        order->time_in_force = TIF_IOC;
    if (has(words, count, "fok"))
        order->time_in_force = TIF_FOK;
    if (has(words, count, "post_only"))
        order->time_in_force = TIF_POST_ONLY;
    if (has(words, count, "decrement"))
        order->stp = STP_DECREMENT;
    if (!accept(story, &intake, option(words, count, "refused")))
        return;
    struct named *named = &story->orders[story->orders_count++];
    snprintf(named->name, sizeof(named->name), "%.*s", (int)strlen(words[0]) - 1, words[0]);
    named->order = intake.order;
    match(story);
}

static void do_change(struct story *story, char **words, size_t count, enum intake_kind kind)
{
    struct named *named = find(story, words[1]);
    struct intake intake = {.kind = kind, .found = true, .order = named->order};
    if (kind == INTAKE_AMEND) {
        intake.settled_seq = story->seq;
        intake.new_volume = number(story, words[2]);
        intake.new_price = number(story, words[4]);
    }
    if (!accept(story, &intake, option(words, count, "refused")))
        return;
    named->order = intake.order;
    match(story);
}

static void expect_order(struct story *story, char **words)
{
    const struct order *order = &find(story, words[1])->order;
    if (strcmp(order_state_name(order->state), words[2]) != 0)
        wrong(story, "%s is %s, not %s", words[1], order_state_name(order->state), words[2]);
    expect(story, "volume", order->volume, words[3]);
    expect(story, "locked", order->locked, words[4]);
    expect(story, "received", order->funds_received, words[5]);
}

static void expect_operation(struct story *story, char **words)
{
    if (story->operations_seen == story->operations_count)
        wrong(story, "the last trade has only %zu operations", story->operations_count);
    const struct operation *found = &story->operations[story->operations_seen++];
    struct dec amount = {found->credit.units - found->debit.units};
    if (found->code != (int)strtol(words[1], NULL, 10) || strcmp(found->currency_id, words[2]) != 0)
        wrong(story, "operation %zu is %d %s", story->operations_seen, found->code,
              found->currency_id);
    if (found->member_id != member_of(words[3]))
        wrong(story, "it belongs to %c", (char)found->member_id);
    expect(story, "its amount", amount, words[4]);
}

static void do_market(struct story *story, char **words, size_t count)
{
    struct market *market = &story->market;
    *market = (struct market){.id = "btcusd", .base = "btc", .quote = "usd", .type = "spot"};
    market->price_precision = (int32_t)strtol(words[1], NULL, 10);
    market->amount_precision = (int32_t)strtol(words[2], NULL, 10);
    market->min_price = number(story, "0.01");
    market->min_amount = number(story, "0.0001");
    story->maker = number(story, option(words, count, "maker"));
    story->taker = number(story, option(words, count, "taker"));
}

static void do_line(struct story *story, char **words, size_t count)
{
    const char *verb = words[0];
    if (strcmp(verb, "market") == 0 && count == 7) {
        do_market(story, words, count);
    } else if (strcmp(verb, "fund") == 0 && count == 4) {
        account_of(story, member_of(words[1]), words[2])->balance = number(story, words[3]);
    } else if (strcmp(verb, "cancel") == 0 && count == 2) {
        do_change(story, words, count, INTAKE_CANCEL);
    } else if (strcmp(verb, "amend") == 0 && count >= 5) {
        do_change(story, words, count, INTAKE_AMEND);
    } else if (strcmp(verb, "order") == 0 && count == 6) {
        expect_order(story, words);
    } else if (strcmp(verb, "avg") == 0 && count == 3) {
        expect(story, "average price",
               order_avg_price(&find(story, words[1])->order, &story->market), words[2]);
    } else if (strcmp(verb, "balance") == 0 && count == 5) {
        struct account *account = account_of(story, member_of(words[1]), words[2]);
        expect(story, "balance", account->balance, words[3]);
        expect(story, "locked", account->locked, words[4]);
    } else if (strcmp(verb, "revenue") == 0 && count == 3) {
        bool base = strcmp(words[1], story->market.base) == 0;
        expect(story, "revenue", base ? story->revenue_base : story->revenue_quote, words[2]);
    } else if (strcmp(verb, "operation") == 0 && count == 5) {
        expect_operation(story, words);
    } else if (verb[strlen(verb) - 1] == ':' && count >= 5) {
        do_submit(story, words, count);
    } else {
        wrong(story, "a line that nobody understands: %s", verb);
    }
}

static void run_story(const char *path)
{
    struct story *story = calloc(1, sizeof(*story));
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    story->file = path;
    story->batch = accept_batch_new(NULL);
    story->settlement = settlement_new(NULL);
    story->book = book_new(1024);
    while (fgets(line, sizeof(line), file)) {
        char *words[WORDS_MAX], *rest = NULL;
        size_t count = 0;
        story->line++;
        line[strcspn(line, "#\n")] = '\0';
        for (char *word = strtok_r(line, " ", &rest); word && count < WORDS_MAX;
             word = strtok_r(NULL, " ", &rest))
            words[count++] = word;
        if (count > 0)
            do_line(story, words, count);
    }
    fclose(file);
    if (story->operations_seen > 0 && story->operations_seen != story->operations_count)
        wrong(story, "the last trade has %zu operations", story->operations_count);
    book_free(story->book);
    settlement_free(story->settlement);
    accept_batch_free(story->batch);
    free(story);
}

static void story__runs_as_it_says(void **state)
{
    run_story(*state);
}

int main(void)
{
    static char paths[FILES_MAX][300];
    struct CMUnitTest tests[FILES_MAX];
    struct dirent **entries;
    size_t count = 0;
    int found = scandir(FOLDER, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        const char *dot = strrchr(entries[i]->d_name, '.');
        if (dot && strcmp(dot, ".txt") == 0 && count < FILES_MAX) {
            snprintf(paths[count], sizeof(paths[count]), FOLDER "/%s", entries[i]->d_name);
            tests[count] = (struct CMUnitTest){.name = paths[count],
                                               .test_func = story__runs_as_it_says,
                                               .initial_state = paths[count]};
            count++;
        }
        free(entries[i]);
    }
    if (count == 0) {
        fprintf(stderr, "no stories in " FOLDER ": run it in the folder of the repository\n");
        return 1;
    }
    free(entries);
    return _cmocka_run_group_tests("ledger scenarios", tests, count, NULL, NULL);
}
