#include "blockchain/family/ethereum_brought.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blockchain/evm/rows.h"
#include "blockchain/family/ethereum.h"
#include "blockchain/family/ethereum_text.h"

static bool is_of(const struct brought *row, const struct evm_address *contract,
                  const struct evm_address *holder)
{
    return evm_address_equal(row->holder, *holder) && evm_address_equal(row->contract, *contract);
}

static struct brought *find(const struct brought_set *set, const struct evm_address *contract,
                            const struct evm_address *holder)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_of(&set->rows[i], contract, holder))
            return &set->rows[i];
    return NULL;
}

const struct brought *brought_find(const struct brought_set *set, const struct evm_log *log)
{
    return find(set, &log->contract, &log->to);
}

bool brought_add(struct brought_set *set, const struct evm_log *log)
{
    void *rows = set->rows;
    if (set->count == BROUGHT_MAX || find(set, &log->contract, &log->to))
        return true;
    bool kept = evm_row_grow(&rows, set->count, &set->capacity, sizeof(*set->rows));
    set->rows = rows;
    if (!kept)
        return false;
    set->rows[set->count++] = (struct brought){.contract = log->contract, .holder = log->to};
    return true;
}

void brought_release(struct brought_set *set)
{
    free(set->rows);
    *set = (struct brought_set){0};
}

/* ---- what the logs say ---- */

/* Sums that leave the range were never brought by anything. */
static void add(struct brought *row, struct u256 *sum, struct u256 value)
{
    if (!u256_add(*sum, value, sum))
        row->verdict = BROUGHT_OTHERWISE;
}

static void sum_up(struct brought_set *set, const struct evm_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++) {
        const struct evm_log *log = &logs->rows[i];
        struct brought *to = find(set, &log->contract, &log->to);
        struct brought *from = find(set, &log->contract, &log->from);
        if (to)
            add(to, &to->in, log->value);
        if (from)
            add(from, &from->out, log->value);
    }
}

/* ---- what the balances say ---- */

/* Receivers of one token, as many as fit into one question. */
struct part {
    struct brought *rows[CHAIN_BALANCES_MAX];
    char texts[CHAIN_BALANCES_MAX][CHAIN_CONTRACT_SIZE];
    const char *holders[CHAIN_BALANCES_MAX];
    char units[CHAIN_BALANCES_MAX][CHAIN_UNITS_SIZE];
    char contract[CHAIN_CONTRACT_SIZE];
    size_t count;
};

/* A token is a program of strangers: its nonsense is its own, as a state that the node does not keep. */
static bool is_no_answer(const struct err *err)
{
    return err->code == ERR_NODE_REFUSED || err->code == ERR_GONE || err->code == ERR_PROTOCOL;
}

static bool ask(struct part *part, struct node *node, uint64_t height, bool is_before,
                bool *ret_said, struct err *err)
{
    *ret_said = ethereum_balances(node, part->holders, part->count, part->contract, height,
                                  part->units, err);
    if (!*ret_said)
        return is_no_answer(err);
    for (size_t i = 0; i < part->count; i++)
        if (!u256_parse(part->units[i], is_before ? &part->rows[i]->before : &part->rows[i]->after))
            *ret_said = false;
    return true;
}

static void judge(struct brought *row)
{
    struct u256 had, has;
    if (row->verdict == BROUGHT_UNKNOWN)
        row->verdict = u256_add(row->before, row->in, &had) &&
                               u256_add(row->after, row->out, &has) && u256_cmp(had, has) == 0
                           ? BROUGHT_AS_SAID
                           : BROUGHT_OTHERWISE;
}

static bool part_judge(struct part *part, struct node *node, uint64_t height, struct err *err)
{
    bool has_before, has_after;
    if (!ask(part, node, height - 1, true, &has_before, err) ||
        (has_before && !ask(part, node, height, false, &has_after, err)))
        return false;
    for (size_t i = 0; has_before && has_after && i < part->count; i++)
        judge(part->rows[i]);
    return true;
}

/* From `at` on, rows of the token of the row there that nobody asked for yet. */
static void part_fill(struct part *part, struct brought_set *set, bool *asked, size_t at)
{
    part->count = 0;
    ethereum_contract_text(&set->rows[at].contract, part->contract);
    for (size_t i = at; i < set->count && part->count < CHAIN_BALANCES_MAX; i++) {
        struct brought *row = &set->rows[i];
        if (asked[i] || !evm_address_equal(row->contract, set->rows[at].contract))
            continue;
        asked[i] = true;
        ethereum_contract_text(&row->holder, part->texts[part->count]);
        part->holders[part->count] = part->texts[part->count];
        part->rows[part->count++] = row;
    }
}

/* Balances are asked for by height: what they say counts when the block is still the one that is read. */
static bool is_still(struct node *node, uint64_t height, const char *hash, struct err *err)
{
    char now[CHAIN_HASH_SIZE];
    if (!family_ethereum.block_hash(node, height, now, err))
        return false;
    return strcmp(now, hash) == 0 ||
           err_set(err, ERR_PEER_UNAVAILABLE, "block %llu has changed meanwhile",
                   (unsigned long long)height);
}

bool brought_judge(struct brought_set *set, struct node *node, const struct evm_logs *logs,
                   uint64_t height, const char *hash, struct err *err)
{
    bool asked[BROUGHT_MAX] = {false}, ok = true;
    if (set->count == 0 || height == 0)
        return true;
    struct part *part = calloc(1, sizeof(*part));
    if (!part)
        return err_set(err, ERR_BUSY, "no memory for balances");
    sum_up(set, logs);
    for (size_t i = 0; ok && i < set->count; i++) {
        if (asked[i])
            continue;
        part_fill(part, set, asked, i);
        ok = part_judge(part, node, height, err);
    }
    free(part);
    return ok && is_still(node, height, hash, err);
}

void brought_story(const struct brought *row, char *buffer, size_t size)
{
    char in[U256_TEXT_SIZE], out[U256_TEXT_SIZE], before[U256_TEXT_SIZE], after[U256_TEXT_SIZE];
    snprintf(buffer, size, BROUGHT_WORD ": in %.24s, out %.24s, balance %.24s, then %.24s",
             u256_text(row->in, in), u256_text(row->out, out), u256_text(row->before, before),
             u256_text(row->after, after));
}
