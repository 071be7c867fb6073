#include <stdlib.h>
#include <string.h>

#include "blockchain/evm/answers.h"
#include "blockchain/evm/rows.h"

struct walk {
    const struct evm_watch *watch;
    struct evm_inners *inners;
};

struct frame {
    struct evm_address from, to;
    struct u256 value;
    bool has_to, has_from, moves, is_void;
};

static void read_frame(struct json_pull *pull, struct walk *walk, unsigned depth);

/* The kinds of calls that move coins. A DELEGATECALL shows the value of the call around it. */
static bool is_moving(struct json_slice type)
{
    return json_slice_is(type, "CALL") || json_slice_is(type, "CREATE") ||
           json_slice_is(type, "CREATE2") || json_slice_is(type, "SELFDESTRUCT");
}

static void read_calls(struct json_pull *pull, struct walk *walk, unsigned depth)
{
    if (json_pull_null(pull) || !json_pull_array(pull))
        return;
    while (json_pull_item(pull))
        read_frame(pull, walk, depth + 1);
}

static void read_frame_member(struct json_pull *pull, struct json_slice key, struct walk *walk,
                              unsigned depth, struct frame *frame)
{
    struct json_slice type;
    if (json_slice_is(key, "from")) {
        evm_pull_address(pull, &frame->from);
        frame->has_from = true;
    } else if (json_slice_is(key, "to")) {
        /* A creation that failed has none. */
        frame->has_to = !json_pull_null(pull);
        if (frame->has_to)
            evm_pull_address(pull, &frame->to);
    } else if (json_slice_is(key, "value")) {
        if (!json_pull_null(pull))
            evm_pull_quantity(pull, &frame->value);
    } else if (json_slice_is(key, "type")) {
        if (json_pull_text(pull, &type))
            frame->moves = is_moving(type);
    } else if (json_slice_is(key, "error")) {
        /* Whatever it says. An empty or absent error is none. */
        if (!json_pull_null(pull) && json_pull_text(pull, &type))
            frame->is_void = type.length > 0;
    } else if (json_slice_is(key, "calls")) {
        read_calls(pull, walk, depth);
    } else {
        json_pull_skip(pull, NULL);
    }
}

static void keep(struct json_pull *pull, struct walk *walk, const struct frame *frame)
{
    struct evm_inners *inners = walk->inners;
    void *rows = inners->rows;
    bool kept = evm_row_grow(&rows, inners->count, &inners->capacity, sizeof(*inners->rows));
    inners->rows = rows;
    if (!kept) {
        json_pull_fail(pull, "too many calls in a block");
        return;
    }
    inners->rows[inners->count++] =
        (struct evm_inner){.from = frame->from, .to = frame->to, .value = frame->value};
}

/* The verdict on a frame comes after the frames below it, so these are kept and, if it is void, dropped.
 * The outermost frame is the transaction itself, which the block tells. */
static void read_frame(struct json_pull *pull, struct walk *walk, unsigned depth)
{
    size_t before = walk->inners->count;
    struct frame frame = {0};
    struct json_slice key;

    if (depth == EVM_CALLS_DEPTH_MAX) {
        json_pull_fail(pull, "calls nest too deep");
        return;
    }
    if (!json_pull_object(pull))
        return;
    while (json_pull_key(pull, &key))
        read_frame_member(pull, key, walk, depth, &frame);
    if (pull->problem)
        return;
    if (!frame.has_from) {
        json_pull_fail(pull, "a call lacks its sender");
        return;
    }
    if (frame.is_void)
        walk->inners->count = before;
    else if (depth > 0 && frame.moves && frame.has_to && !u256_is_zero(frame.value) &&
             walk->watch->has(walk->watch->user, &frame.to))
        keep(pull, walk, &frame);
}

/* One row for each address. */
static bool sum_up(struct evm_inners *inners, size_t first, const struct evm_hash *txid)
{
    size_t count = first;
    for (size_t i = first; i < inners->count; i++) {
        size_t at = first;
        while (at < count && !evm_address_equal(inners->rows[at].to, inners->rows[i].to))
            at++;
        if (at == count) {
            inners->rows[count] = inners->rows[i];
            inners->rows[count++].txid = *txid;
        } else if (!u256_add(inners->rows[at].value, inners->rows[i].value,
                             &inners->rows[at].value)) {
            return false;
        }
    }
    inners->count = count;
    return true;
}

static void read_trace(struct json_pull *pull, struct walk *walk)
{
    struct evm_hash txid;
    struct json_slice key;
    bool has_txid = false, has_result = false, has_error = false;

    if (!json_pull_object(pull))
        return;
    size_t first = walk->inners->count;
    while (json_pull_key(pull, &key)) {
        if (json_slice_is(key, "txHash")) {
            evm_pull_hash(pull, &txid);
            has_txid = true;
        } else if (json_slice_is(key, "result")) {
            has_result = !json_pull_null(pull);
            if (has_result)
                read_frame(pull, walk, 0);
        } else if (json_slice_is(key, "error")) {
            has_error = !json_pull_null(pull) && json_pull_skip(pull, NULL);
        } else {
            json_pull_skip(pull, NULL);
        }
    }
    if (pull->problem)
        return;
    /* An "error" in the place of the result: the node gave up tracing, or has lost the state of then. */
    if (has_txid && has_error && !has_result)
        walk->inners->untraced++;
    else if (!has_txid || !has_result)
        json_pull_fail(pull,
                       has_txid ? "a transaction was not traced" : "a trace lacks its transaction");
    else if (!sum_up(walk->inners, first, &txid))
        json_pull_fail(pull, "values above 256 bits");
}

bool evm_read_traces(struct json_pull *result, const struct evm_watch *watch,
                     struct evm_inners *ret_inners, struct err *err)
{
    struct evm_inners inners = {0};
    struct walk walk = {.watch = watch, .inners = &inners};

    if (json_pull_null(result))
        return err_set(err, ERR_NOT_FOUND, "the node has no traces of that block");
    if (json_pull_array(result))
        for (; json_pull_item(result); inners.traced++)
            read_trace(result, &walk);
    if (!evm_pull_verdict(result, "traces", err)) {
        evm_inners_release(&inners);
        return false;
    }
    *ret_inners = inners;
    return true;
}

void evm_inners_release(struct evm_inners *inners)
{
    free(inners->rows);
    *inners = (struct evm_inners){0};
}
