/* A tree of path segments. At each step a literal segment is tried before ":name", verb by verb:
 * GET /orders/cancel is GET /orders/:id if only POST has the literal. "*" comes last. */
#include <stdlib.h>
#include <string.h>

#include "http/private.h"

enum { NODE_CHILDREN_MAX = 256, PATH_BYTES_MAX = 512 };

struct node {
    char *segment;          /* NULL for ":name" */
    struct node **children; /* literal ones, sorted once the tree is complete */
    size_t children_count;
    struct node *any;              /* ":name" */
    const struct http_route *rest; /* "*": everything below, with any verb */
    const struct http_route *routes[VERB_ROUTED];
};

struct router {
    struct node *root;
};

static const char *const verb_names[] = {"GET",    "POST", "PUT",     "PATCH",
                                         "DELETE", "HEAD", "OPTIONS", "OTHER"};

enum verb verb_parse(const char *method)
{
    for (enum verb verb = VERB_GET; verb < VERB_OTHER; verb++)
        if (strcmp(method, verb_names[verb]) == 0)
            return verb;
    return VERB_OTHER;
}

const char *verb_name(enum verb verb)
{
    assert((unsigned)verb < ARRAY_LEN(verb_names));
    return verb_names[verb];
}

static void node_free(struct node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->children_count; i++)
        node_free(node->children[i]);
    node_free(node->any);
    free(node->children);
    free(node->segment);
    free(node);
}

static struct node *node_new(const char *segment)
{
    struct node *node = calloc(1, sizeof(*node));
    if (!node || !segment)
        return node;
    node->segment = strdup(segment);
    if (node->segment)
        return node;
    free(node);
    return NULL;
}

static struct node *node_child(struct node *node, const char *segment)
{
    if (segment[0] == ':')
        return node->any ? node->any : (node->any = node_new(NULL));
    for (size_t i = 0; i < node->children_count; i++)
        if (strcmp(node->children[i]->segment, segment) == 0)
            return node->children[i];
    if (node->children_count == NODE_CHILDREN_MAX)
        return NULL;
    struct node **children =
        realloc(node->children, (node->children_count + 1) * sizeof(struct node *));
    if (!children)
        return NULL;
    node->children = children;
    struct node *child = node_new(segment);
    if (child)
        node->children[node->children_count++] = child;
    return child;
}

static int compare_nodes(const void *a, const void *b)
{
    return strcmp((*(struct node *const *)a)->segment, (*(struct node *const *)b)->segment);
}

static void node_sort(struct node *node)
{
    if (node->children_count > 1)
        qsort(node->children, node->children_count, sizeof(struct node *), compare_nodes);
    for (size_t i = 0; i < node->children_count; i++)
        node_sort(node->children[i]);
    if (node->any)
        node_sort(node->any);
}

static bool rest_add(struct node *node, const struct http_route *route, const char *behind,
                     struct err *err)
{
    if (behind || node->rest)
        return err_set(err, ERR_CONFIG, "%s: there can be nothing beside or behind \"*\"",
                       route->path);
    node->rest = route;
    return true;
}

static bool router_add(struct router *router, const struct http_route *route, struct err *err)
{
    char path[PATH_BYTES_MAX], *rest = path, *segment;
    struct node *node = router->root;
    size_t count = 0;
    enum verb verb = verb_parse(route->method);

    bool is_rest = strcmp(route->method, "*") == 0;
    if ((verb >= VERB_ROUTED && !is_rest) || route->path[0] != '/' ||
        strlen(route->path) >= sizeof(path))
        return err_set(err, ERR_CONFIG, "bad route %s %s", route->method, route->path);
    assert(route->handler != NULL);
    assert(route->mode != HTTP_DEFERRED || route->finish != NULL);
    memcpy(path, route->path, strlen(route->path) + 1);
    while ((segment = strsep(&rest, "/"))) {
        if (*segment == '\0')
            continue;
        if (is_rest && strcmp(segment, "*") == 0)
            return rest_add(node, route, rest, err);
        node = ++count > SEGMENTS_MAX ? NULL : node_child(node, segment);
        if (!node)
            return err_set(err, ERR_CONFIG, "no room for route %s", route->path);
    }
    if (is_rest || node->routes[verb])
        return err_set(err, ERR_CONFIG, "two routes %s %s", route->method, route->path);
    node->routes[verb] = route;
    return true;
}

bool router_new(const struct http_route *routes, struct router **ret_router, struct err *err)
{
    struct router *router = calloc(1, sizeof(*router));
    if (router)
        router->root = node_new(NULL);
    bool made = router && router->root;
    if (!made)
        err_set(err, ERR_INTERNAL, "no memory for routes");
    for (const struct http_route *route = routes; made && route->method; route++)
        made = router_add(router, route, err);
    if (!made) {
        router_free(router);
        return false;
    }
    node_sort(router->root);
    *ret_router = router;
    return true;
}

void router_free(struct router *router)
{
    if (!router)
        return;
    node_free(router->root);
    free(router);
}

static const struct node *find_literal(const struct node *node, const char *segment)
{
    size_t low = 0, high = node->children_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(segment, node->children[middle]->segment);
        if (order == 0)
            return node->children[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct http_route *find(const struct node *node, enum verb verb,
                                     const char *const *segments, size_t count, unsigned *verbs)
{
    if (count == 0) {
        for (enum verb each = VERB_GET; each < VERB_ROUTED; each++)
            if (node->routes[each])
                *verbs |= 1U << each;
        return verb < VERB_ROUTED ? node->routes[verb] : NULL;
    }
    const struct http_route *route = NULL;
    const struct node *literal = find_literal(node, segments[0]);
    if (literal)
        route = find(literal, verb, segments + 1, count - 1, verbs);
    if (!route && node->any && segments[0][0] != '\0')
        route = find(node->any, verb, segments + 1, count - 1, verbs);
    return route ? route : node->rest;
}

struct route_match router_find(const struct router *router, enum verb verb,
                               const char *const *segments, size_t count)
{
    struct route_match match = {.route = NULL};
    if (count <= SEGMENTS_MAX)
        match.route =
            find(router->root, verb == VERB_HEAD ? VERB_GET : verb, segments, count, &match.verbs);
    return match;
}

int route_segment(const struct http_route *route, const char *name)
{
    size_t length = strlen(name);
    int number = 0;
    for (const char *at = route->path; (at = strchr(at, '/')); number++) {
        at++;
        if (at[0] == ':' && strncmp(at + 1, name, length) == 0 &&
            (at[1 + length] == '/' || at[1 + length] == '\0'))
            return number;
    }
    return -1;
}

int route_status(const struct http_route *route)
{
    if (route->status > 0)
        return route->status;
    return strcmp(route->method, "POST") == 0 ? 201 : 200;
}
