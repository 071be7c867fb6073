/* mail_rules_read.c: the mailer's configuration into rows, with every mistake named by its line. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "auth/state/mail_rules_private.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "template/template.h"

enum { PEM_BYTES_MAX = 16 * 1024, VALUES_MAX = 32 };

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "mail: no memory for the configuration");
}

/* ---- keychain ---- */

static bool add_key(struct mail_rules *rules, size_t number, const char *algorithm,
                    const struct tree_node *value, const char *signer, struct err *err)
{
    AUTO(str_release) struct str pem = STR_INIT(PEM_BYTES_MAX);
    const char *text = tree_text(value);
    if (number == MAIL_KEYS_MAX)
        return tree_fail(value, err, "a signer has at most %d keys", MAIL_KEYS_MAX);
    if (!text || !base64_read_any(text, strlen(text), &pem))
        return tree_fail(value, err, "the key of %s is no base64 of a PEM", signer);
    if (!rules->keys[number])
        rules->keys[number] = token_keys_new();
    if (!rules->keys[number])
        return no_memory(err);
    struct err why;
    if (!token_keys_add(rules->keys[number], signer, algorithm, str_data(&pem), &why))
        return tree_fail(value, err, "the key of %s: %s", signer, why.what);
    return true;
}

static bool read_signer(struct mail_rules *rules, const struct tree_node *node, struct err *err)
{
    const char *signer = tree_key(node);
    const char *algorithm = tree_text(tree_member(node, "algorithm"));
    const struct tree_node *value = tree_member(node, "value");
    if (!algorithm || !value)
        return tree_fail(node, err, "a signer has an algorithm and a value");
    if (rules->signers_count == MAIL_SIGNERS_MAX)
        return tree_fail(node, err, "more than %d signers", MAIL_SIGNERS_MAX);
    rules->signers[rules->signers_count++] = signer;
    if (!add_key(rules, 0, algorithm, value, signer, err))
        return false;
    size_t number = 1;
    TREE_EACH(former, tree_member(node, "former"))
    if (!add_key(rules, number++, algorithm, former, signer, err))
        return false;
    return true;
}

/* ---- languages and exchanges ---- */

static bool read_language(struct mail_rules *rules, const struct tree_node *node, struct err *err)
{
    const char *code = tree_text(tree_member(node, "code"));
    if (!code ||
        strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") != strlen(code))
        return tree_fail(node, err, "a language has a code of letters");
    if (rules->languages_count == MAIL_LANGUAGES_MAX)
        return tree_fail(node, err, "more than %d languages", MAIL_LANGUAGES_MAX);
    char *lower = arena_strdup(rules->arena, code);
    if (!lower)
        return no_memory(err);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    rules->languages[rules->languages_count++] = lower;
    return true;
}

static bool is_signer(const struct mail_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->signers_count; i++)
        if (strcmp(rules->signers[i], name) == 0)
            return true;
    return false;
}

static bool read_exchange(struct mail_rules *rules, const struct tree_node *node, struct err *err)
{
    struct mail_exchange exchange = {.id = tree_key(node),
                                     .name = tree_text(tree_member(node, "name")),
                                     .signer = tree_text(tree_member(node, "signer"))};
    if (!exchange.name || !exchange.signer)
        return tree_fail(node, err, "an exchange has a name and a signer");
    if (!is_signer(rules, exchange.signer))
        return tree_fail(node, err, "the keychain has no %s", exchange.signer);
    if (rules->exchanges_count == MAIL_EXCHANGES_MAX)
        return tree_fail(node, err, "more than %d exchanges", MAIL_EXCHANGES_MAX);
    rules->exchanges[rules->exchanges_count++] = exchange;
    return true;
}

/* ---- expressions ---- */

static bool operator_of(const char *key, enum mail_condition_kind *ret_kind)
{
    static const struct {
        const char *key;
        enum mail_condition_kind kind;
    } operators[] = {{"and", MAIL_ALL}, {"or", MAIL_ANY}, {"not", MAIL_NOT_ALL}};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strcmp(operators[i].key, key) == 0) {
            *ret_kind = operators[i].kind;
            return true;
        }
    return false;
}

static bool read_values(struct mail_rules *rules, const struct tree_node *node,
                        struct mail_condition *condition, struct err *err)
{
    bool is_list = tree_kind(node) == TREE_LIST;
    size_t count = is_list ? tree_count(node) : 1;
    if (tree_kind(node) == TREE_MAP || count > VALUES_MAX)
        return tree_fail(node, err, "a member is compared with a text or a list of texts");
    const char **values = arena_alloc(rules->arena, (count + 1) * sizeof(*values));
    if (!values)
        return no_memory(err);
    size_t at = 0;
    if (!is_list)
        values[at++] = tree_text(node);
    TREE_EACH(item, is_list ? node : NULL)
    values[at++] = tree_text(item);
    condition->values = values;
    condition->values_count = count;
    return true;
}

static bool read_items(struct mail_rules *rules, const struct tree_node *map, size_t depth,
                       struct mail_condition *condition, struct err *err);

static bool read_item(struct mail_rules *rules, const struct tree_node *node, size_t depth,
                      struct mail_condition *item, struct err *err)
{
    if (operator_of(tree_key(node), &item->kind))
        return read_items(rules, node, depth + 1, item, err);
    item->kind = MAIL_EQUAL;
    item->path = tree_key(node);
    return read_values(rules, node, item, err);
}

static bool read_items(struct mail_rules *rules, const struct tree_node *map, size_t depth,
                       struct mail_condition *condition, struct err *err)
{
    if (tree_kind(map) != TREE_MAP)
        return tree_fail(map, err, "an expression is a map: {and: {record.state: accepted}}");
    if (depth > MAIL_CONDITION_DEPTH_MAX)
        return tree_fail(map, err, "an expression is deeper than %d", MAIL_CONDITION_DEPTH_MAX);
    struct mail_condition *items =
        arena_alloc(rules->arena, (tree_count(map) + 1) * sizeof(*items));
    if (!items)
        return no_memory(err);
    condition->items = items;
    TREE_EACH(node, map)
    if (!read_item(rules, node, depth, &items[condition->items_count++], err))
        return false;
    return true;
}

/* Of the outermost map every operator must hold; none at all holds always. */
static bool read_expression(struct mail_rules *rules, const struct tree_node *node,
                            const struct mail_condition **ret_condition, struct err *err)
{
    struct mail_condition *condition = arena_alloc(rules->arena, sizeof(*condition));
    enum mail_condition_kind kind;
    if (!condition)
        return no_memory(err);
    condition->kind = MAIL_ALL;
    *ret_condition = condition;
    if (tree_kind(node) == TREE_NULL)
        return true;
    TREE_EACH(item, node)
    if (!tree_key(item) || !operator_of(tree_key(item), &kind))
        return tree_fail(item, err, "an expression begins with and, or or not");
    return read_items(rules, node, 1, condition, err);
}

/* ---- templates of the operator's own ---- */

static bool template_of(const struct tree_node *node, const char *inline_name,
                        const char *path_name, struct template **ret_template, struct err *err)
{
    const char *text = tree_text(tree_member(node, inline_name));
    const char *path = path_name ? tree_text(tree_member(node, path_name)) : NULL;
    struct err why;
    if (!text && !path)
        return true;
    bool read = text ? template_parse(text, strlen(text), ret_template, &why)
                     : template_open(path, ret_template, &why);
    return read || tree_fail(node, err, "%s", why.what);
}

static bool read_own(struct mail_rules *rules, const struct mail_event *event,
                     const struct tree_node *node, struct err *err)
{
    size_t language = mail_rules_language(rules, tree_key(node));
    if (strcasecmp(rules->languages[language], tree_key(node)) != 0)
        return tree_fail(node, err, "%s is none of the languages", tree_key(node));
    if (rules->owns_count == MAIL_OWNS_MAX)
        return tree_fail(node, err, "more than %d templates", MAIL_OWNS_MAX);
    struct own_template *own = &rules->owns[rules->owns_count++];
    own->event = event;
    own->language = language;
    if (!template_of(node, "subject", NULL, &own->subject, err) ||
        !template_of(node, "template", "template_path", &own->html, err) ||
        !template_of(node, "text", "text_path", &own->text, err))
        return false;
    return (own->subject && own->html) ||
           tree_fail(node, err, "needs subject and template or template_path");
}

static bool read_owns(struct mail_rules *rules, struct mail_event *event, struct err *err)
{
    TREE_EACH(node, event->templates)
    if (!tree_key(node) || !read_own(rules, event, node, err))
        return tree_key(node) ? false : tree_fail(node, err, "templates is a map by language");
    if (event->letter)
        return true;
    for (size_t i = 0; i < rules->owns_count; i++)
        if (rules->owns[i].event == event && rules->owns[i].language == 0)
            return true;
    return err_set(err, ERR_CONFIG, "mail: %s needs a letter, or a template in %s", event->name,
                   rules->languages[0]);
}

/* ---- events ---- */

static const struct mail_exchange *exchange_find(const struct mail_rules *rules, const char *id)
{
    for (size_t i = 0; i < rules->exchanges_count; i++)
        if (strcmp(rules->exchanges[i].id, id) == 0)
            return &rules->exchanges[i];
    return NULL;
}

static bool read_number(const struct tree_node *node, const char *name, int64_t fallback,
                        int64_t *ret_number, struct err *err)
{
    const struct tree_node *value = tree_member(node, name);
    *ret_number = fallback;
    if (!value)
        return true;
    if (!tree_i64(value, ret_number) || *ret_number < 1)
        return tree_fail(value, err, "%s is a number above 0", name);
    return true;
}

static bool read_event(struct mail_rules *rules, const struct tree_node *node, struct err *err)
{
    const char *exchange_id = tree_text(tree_member(node, "exchange"));
    const struct mail_exchange *exchange = exchange_id ? exchange_find(rules, exchange_id) : NULL;
    if (rules->events_count == MAIL_EVENTS_MAX)
        return tree_fail(node, err, "more than %d events", MAIL_EVENTS_MAX);
    struct mail_event *event = &rules->events[rules->events_count++];
    event->name = tree_text(tree_member(node, "name"));
    event->key = tree_text(tree_member(node, "key"));
    event->letter = tree_text(tree_member(node, "letter"));
    event->templates = tree_member(node, "templates");
    if (!event->name || !event->key || !exchange)
        return tree_fail(node, err, "an event has a name, a key, and one of the exchanges");
    event->exchange = exchange->name;
    event->signer = exchange->signer;
    if (event->letter && !mail_texts_has(rules->texts, event->letter))
        return tree_fail(node, err, "there is no letter %s", event->letter);
    return read_number(node, "stale_after", MAIL_STALE_AFTER_S, &event->stale_after_s, err) &&
           read_number(node, "per_hour", MAIL_PER_HOUR, &event->per_hour, err) &&
           read_expression(rules, tree_member(node, "expression"), &event->condition, err) &&
           read_owns(rules, event, err);
}

/* ---- the file ---- */

static bool read_each(struct mail_rules *rules, const char *name,
                      bool (*read)(struct mail_rules *, const struct tree_node *, struct err *),
                      struct err *err)
{
    const struct tree_node *list = tree_member(rules->tree, name);
    if (tree_count(list) == 0)
        return err_set(err, ERR_CONFIG, "mail: the configuration has no %s", name);
    TREE_EACH(node, list)
    if (!read(rules, node, err))
        return false;
    return true;
}

static bool read_all(struct mail_rules *rules, const char *folder, struct err *err)
{
    return read_each(rules, "keychain", read_signer, err) &&
           read_each(rules, "languages", read_language, err) &&
           mail_texts_open(folder, rules->languages, rules->languages_count, &rules->texts, err) &&
           read_each(rules, "exchanges", read_exchange, err) &&
           read_each(rules, "events", read_event, err);
}

bool mail_rules_open(const char *path, const char *folder, struct mail_rules **ret_rules,
                     struct err *err)
{
    struct mail_rules *rules = calloc(1, sizeof(*rules));
    if (!rules)
        return no_memory(err);
    rules->arena = arena_new(MAIL_RULES_BYTES_MAX);
    if (!rules->arena || !tree_read_file(path, &rules->tree, err) ||
        !read_all(rules, folder, err)) {
        bool had_memory = rules->arena != NULL;
        mail_rules_free(rules);
        return had_memory ? false : no_memory(err);
    }
    *ret_rules = rules;
    return true;
}
