/* Builds the tree of yaml_tree.h from libyaml's events, with an explicit stack: no recursion. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/auto.h"
#include "yaml/node.h"
#include "yaml/yaml_tree.h"

/* Room for nodes and texts; the texts are a part of the file. */
enum { ARENA_BYTES_MAX = TREE_NODES_MAX * 128 + 2 * TREE_BYTES_MAX };

/* The root comes first, so that tree_free(root) finds the arena that holds everything. */
struct document {
    struct tree_node root;
    struct arena *arena;
};

struct build {
    struct arena *arena;
    struct document *document;
    const char *file;
    size_t nodes;
    unsigned depth; /* open lists and maps */
    struct tree_node *open[TREE_DEPTH_MAX];
    const char *key; /* read, waits for its value */
    bool filled;     /* the root has its value */
};

static bool build_tree(struct build *build, yaml_parser_t *parser, struct err *err);

bool tree_read_text(const char *name, const char *text, size_t length, struct tree_node **ret_root,
                    struct err *err)
{
    if (length > TREE_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "%s: above %d bytes", tree_name_shown(name),
                       TREE_BYTES_MAX);
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct build build = {.arena = arena};
    yaml_parser_t parser;
    if (arena) {
        build.document = arena_alloc(arena, sizeof(*build.document));
        build.file = arena_strdup(arena, name);
    }
    if (!build.document || !build.file || !yaml_parser_initialize(&parser)) {
        arena_free(arena);
        return err_set(err, ERR_CONFIG, "%s: out of memory", tree_name_shown(name));
    }
    build.document->arena = arena;
    build.document->root.file = build.file;
    build.document->root.line = 1;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    bool built = build_tree(&build, &parser, err);
    yaml_parser_delete(&parser);
    if (!built) {
        arena_free(arena);
        return false;
    }
    *ret_root = &build.document->root;
    return true;
}

void tree_free(struct tree_node *root)
{
    if (root)
        arena_free(((struct document *)root)->arena);
}

static void close_file(const int *file)
{
    if (*file >= 0)
        close(*file);
}

bool tree_read_file(const char *path, struct tree_node **ret_root, struct err *err)
{
    AUTO(close_file) int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    AUTO(str_release) struct str text = STR_INIT(TREE_BYTES_MAX + 1);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return err_set(err, ERR_CONFIG, "%.100s: %s", path, strerrordesc_np(errno));
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_CONFIG, "%.100s: not a file", path);
    for (;;) {
        enum { CHUNK = 16 * 1024 };
        char chunk[CHUNK];
        ssize_t count = read(file, chunk, sizeof(chunk));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return err_set(err, ERR_CONFIG, "%.100s: %s", path, strerrordesc_np(errno));
        if (count == 0)
            break;
        str_add_bytes(&text, chunk, (size_t)count);
        if (!str_ok(&text))
            return err_set(err, ERR_CONFIG, "%.100s: above %d bytes", path, TREE_BYTES_MAX);
    }
    return tree_read_text(path, str_data(&text), text.length, ret_root, err);
}

/* ---- one event, one step ---- */

static bool fail_at(const struct build *build, const yaml_mark_t *mark, struct err *err,
                    const char *what)
{
    return err_set(err, ERR_CONFIG, "%s:%zu: %s", tree_name_shown(build->file), mark->line + 1,
                   what);
}

/* The node that the event fills: the root, the next item of a list, the value of the key. */
static bool node_place(struct build *build, const yaml_event_t *event, struct tree_node **ret_node,
                       struct err *err)
{
    struct tree_node *parent = build->depth > 0 ? build->open[build->depth - 1] : NULL;
    struct tree_node *node = &build->document->root;
    if (++build->nodes > TREE_NODES_MAX)
        return fail_at(build, &event->start_mark, err, "too many values");
    if (parent) {
        node = arena_alloc(build->arena, sizeof(*node));
        if (!node)
            return fail_at(build, &event->start_mark, err, "out of memory");
        node->key = build->key;
        build->key = NULL;
        if (parent->last)
            parent->last->next = node;
        else
            parent->first = node;
        parent->last = node;
        parent->count++;
    }
    assert(parent || !build->filled);
    build->filled = true;
    node->file = build->file;
    node->line = (unsigned)event->start_mark.line + 1;
    *ret_node = node;
    return true;
}

static bool key_take(struct build *build, const yaml_event_t *event, struct err *err)
{
    const struct tree_node *map = build->open[build->depth - 1];
    const char *key = (const char *)event->data.scalar.value;
    if (map->count >= TREE_KEYS_MAX)
        return fail_at(build, &event->start_mark, err, "too many keys");
    if (tree_member(map, key))
        return fail_at(build, &event->start_mark, err, "the key is there twice");
    if (key[0] == '\0')
        return fail_at(build, &event->start_mark, err, "a key is empty");
    build->key = arena_strdup(build->arena, key);
    return build->key != NULL || fail_at(build, &event->start_mark, err, "out of memory");
}

static bool is_null(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text[0] == '\0' || strcmp(text, "~") == 0 || strcasecmp(text, "null") == 0);
}

static bool scalar_take(struct build *build, const yaml_event_t *event, struct err *err)
{
    const char *text = (const char *)event->data.scalar.value;
    if (event->data.scalar.anchor || event->data.scalar.tag)
        return fail_at(build, &event->start_mark, err, "anchors and tags are not taken");
    if (strlen(text) != event->data.scalar.length)
        return fail_at(build, &event->start_mark, err, "a NUL character");
    if (build->depth > 0 && build->open[build->depth - 1]->kind == TREE_MAP && !build->key)
        return key_take(build, event, err);
    struct tree_node *node;
    if (!node_place(build, event, &node, err))
        return false;
    if (is_null(event))
        return true;
    node->kind = TREE_TEXT;
    node->text = arena_strdup(build->arena, text);
    return node->text != NULL || fail_at(build, &event->start_mark, err, "out of memory");
}

static bool collection_open(struct build *build, const yaml_event_t *event, enum tree_kind kind,
                            struct err *err)
{
    bool marked = event->type == YAML_MAPPING_START_EVENT
                      ? event->data.mapping_start.anchor || event->data.mapping_start.tag
                      : event->data.sequence_start.anchor || event->data.sequence_start.tag;
    if (marked)
        return fail_at(build, &event->start_mark, err, "anchors and tags are not taken");
    if (build->depth >= TREE_DEPTH_MAX)
        return fail_at(build, &event->start_mark, err, "nested too deep");
    if (build->depth > 0 && build->open[build->depth - 1]->kind == TREE_MAP && !build->key)
        return fail_at(build, &event->start_mark, err, "a key must be a text");
    struct tree_node *node;
    if (!node_place(build, event, &node, err))
        return false;
    node->kind = kind;
    build->open[build->depth++] = node;
    return true;
}

static bool event_take(struct build *build, const yaml_event_t *event, struct err *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return !build->filled ||
               fail_at(build, &event->start_mark, err, "a second document in the file");
    case YAML_ALIAS_EVENT:
        return fail_at(build, &event->start_mark, err, "aliases are not taken");
    case YAML_SCALAR_EVENT:
        return scalar_take(build, event, err);
    case YAML_SEQUENCE_START_EVENT:
        return collection_open(build, event, TREE_LIST, err);
    case YAML_MAPPING_START_EVENT:
        return collection_open(build, event, TREE_MAP, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        assert(build->depth > 0);
        build->depth--;
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static bool build_tree(struct build *build, yaml_parser_t *parser, struct err *err)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            const yaml_mark_t *mark =
                parser->problem_mark.line > 0 ? &parser->problem_mark : &parser->context_mark;
            return fail_at(build, mark, err, parser->problem ? parser->problem : "not YAML");
        }
        bool ended = event.type == YAML_STREAM_END_EVENT;
        bool taken = event_take(build, &event, err);
        yaml_event_delete(&event);
        if (!taken || ended)
            return taken;
    }
}
