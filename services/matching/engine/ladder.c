/*
 * The price levels of a book in order: found by price through the index, by order through an AVL
 * tree whose neighbours are also chained, so that the best level and the next one are at hand. Any
 * price of the protocol works; a level costs O(log levels) when it appears and when it goes, and
 * nothing in between.
 */
#include "matching/engine/state.h"

/* An AVL tree of 2^24 levels is not higher than 1.45 × 24. */
enum { TREE_HEIGHT_MAX = 36 };

/* The links that a walk from the root went through. */
struct path {
    uint32_t *links[TREE_HEIGHT_MAX];
    uint32_t length;
};

static bool is_better(const struct level *level, const struct level *than)
{
    enum ladder_kind kind = level_ladder(level);
    bool is_descending = kind == LADDER_BIDS || kind == LADDER_STOP_SELLS;
    return is_descending ? level->link.key > than->link.key : level->link.key < than->link.key;
}

/* ---- the tree ---- */

static uint32_t height_at(const struct book *book, uint32_t slot)
{
    return slot == 0 ? 0 : level_at(book, slot)->height;
}

static void height_update(const struct book *book, struct level *level)
{
    uint32_t left = height_at(book, level->left), right = height_at(book, level->right);
    level->height = (left > right ? left : right) + 1;
}

/* The left child takes the place of its parent, or the right one. */
static void rotate_right(const struct book *book, uint32_t *link)
{
    struct level *parent = level_at(book, *link);
    uint32_t child_slot = parent->left;
    struct level *child = level_at(book, child_slot);
    parent->left = child->right;
    child->right = *link;
    *link = child_slot;
    height_update(book, parent);
    height_update(book, child);
}

static void rotate_left(const struct book *book, uint32_t *link)
{
    struct level *parent = level_at(book, *link);
    uint32_t child_slot = parent->right;
    struct level *child = level_at(book, child_slot);
    parent->right = child->left;
    child->left = *link;
    *link = child_slot;
    height_update(book, parent);
    height_update(book, child);
}

static void rebalance(const struct book *book, uint32_t *link)
{
    struct level *level = level_at(book, *link);
    uint32_t left = height_at(book, level->left), right = height_at(book, level->right);
    if (left > right + 1) {
        const struct level *child = level_at(book, level->left);
        if (height_at(book, child->left) < height_at(book, child->right))
            rotate_left(book, &level->left);
        rotate_right(book, link);
    } else if (right > left + 1) {
        const struct level *child = level_at(book, level->right);
        if (height_at(book, child->right) < height_at(book, child->left))
            rotate_right(book, &level->right);
        rotate_left(book, link);
    } else {
        level->height = (left > right ? left : right) + 1;
    }
}

static void path_push(struct path *path, uint32_t *link)
{
    assert(path->length < TREE_HEIGHT_MAX);
    path->links[path->length++] = link;
}

/* Upwards, until a height is what it was. */
static void path_rebalance(const struct book *book, struct path *path)
{
    while (path->length > 0) {
        uint32_t *link = path->links[--path->length];
        uint32_t before = level_at(book, *link)->height;
        rebalance(book, link);
        if (level_at(book, *link)->height == before)
            return;
    }
}

static void tree_add(struct book *book, struct ladder *ladder, uint32_t slot)
{
    struct path path = {.length = 0};
    struct level *level = level_at(book, slot);
    uint32_t *link = &ladder->root;
    while (*link != 0) {
        struct level *at = level_at(book, *link);
        path_push(&path, link);
        if (is_better(level, at)) {
            level->worse = *link;
            link = &at->left;
        } else {
            level->better = *link;
            link = &at->right;
        }
    }
    *link = slot;
    path_rebalance(book, &path);
}

static void tree_remove(struct book *book, struct ladder *ladder, uint32_t slot)
{
    struct path path = {.length = 0};
    const struct level *level = level_at(book, slot);
    uint32_t *link = &ladder->root;
    while (*link != slot) {
        struct level *at = level_at(book, *link);
        path_push(&path, link);
        link = is_better(level, at) ? &at->left : &at->right;
    }
    if (level->left == 0 || level->right == 0) {
        *link = level->left != 0 ? level->left : level->right;
    } else {
        /* The next worse level, the leftmost on the right, takes its place. */
        path_push(&path, link);
        uint32_t below = path.length;
        struct level *heir = level_at(book, level->worse);
        uint32_t *down = &level_at(book, slot)->right;
        while (*down != level->worse) {
            path_push(&path, down);
            down = &level_at(book, *down)->left;
        }
        *down = heir->right;
        heir->left = level->left;
        heir->right = level->right;
        heir->height = level->height;
        *link = level->worse;
        if (path.length > below)
            path.links[below] = &heir->right;
    }
    path_rebalance(book, &path);
}

/* ---- levels ---- */

uint32_t level_add(struct book *book, uint64_t key)
{
    struct ladder *ladder = &book->ladders[key & 3];
    uint32_t slot = pool_take(&book->levels, sizeof(struct level));
    struct level *level = level_at(book, slot);
    *level = (struct level){.link = {.key = key}, .height = 1};
    index_add(&book->levels_index, &book->levels, sizeof(*level), slot);
    tree_add(book, ladder, slot);
    if (level->better != 0)
        level_at(book, level->better)->worse = slot;
    else
        ladder->best = slot;
    if (level->worse != 0)
        level_at(book, level->worse)->better = slot;
    return slot;
}

void level_remove(struct book *book, uint32_t slot)
{
    struct level *level = level_at(book, slot);
    struct ladder *ladder = &book->ladders[level_ladder(level)];
    assert(level->first == 0 && level->total == 0);
    tree_remove(book, ladder, slot);
    if (level->better != 0)
        level_at(book, level->better)->worse = level->worse;
    else
        ladder->best = level->worse;
    if (level->worse != 0)
        level_at(book, level->worse)->better = level->better;
    index_remove(&book->levels_index, &book->levels, sizeof(*level), slot);
    pool_give(&book->levels, slot, sizeof(*level));
}

int64_t level_amount_at(const struct book *book, unsigned side, int64_t price)
{
    uint32_t slot = index_find(&book->levels_index, &book->levels, sizeof(struct level),
                               (uint64_t)price << 2 | side);
    return slot == 0 ? 0 : level_amount(level_at(book, slot));
}

/* ---- for tests ---- */

static uint32_t subtree_check(const struct book *book, uint32_t slot)
{
    if (slot == 0)
        return 0;
    const struct level *level = level_at(book, slot);
    uint32_t left = subtree_check(book, level->left), right = subtree_check(book, level->right);
    assert(left <= right + 1 && right <= left + 1);
    assert(level->height == (left > right ? left : right) + 1);
    assert(level->left == 0 || is_better(level_at(book, level->left), level));
    assert(level->right == 0 || is_better(level, level_at(book, level->right)));
    return level->height;
}

void ladder_check(const struct book *book, enum ladder_kind kind)
{
    subtree_check(book, book->ladders[kind].root);
    uint32_t before = 0;
    for (uint32_t slot = book->ladders[kind].best; slot != 0;) {
        const struct level *level = level_at(book, slot);
        unsigned __int128 total = 0;
        uint64_t rank = 0;
        assert(level_ladder(level) == kind && level->better == before && level->first != 0);
        assert(before == 0 || is_better(level_at(book, before), level));
        for (uint32_t at = level->first; at != 0; at = order_at(book, at)->next) {
            const struct order *order = order_at(book, at);
            assert(order->level == slot && order->amount > 0 && order->rank > rank);
            assert((order->next == 0) == (at == level->last));
            total += (uint64_t)order->amount;
            rank = order->rank;
        }
        assert(total == level->total);
        before = slot;
        slot = level->worse;
    }
}
