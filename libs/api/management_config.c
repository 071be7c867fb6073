#include "api/management_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"

enum { KEY_BYTES_MAX = 16 * 1024 };

DEFINE_AUTO(struct management, management_close);

/* ---- keychain ---- */

static bool read_key(struct management *management, const struct tree_node *signer, struct err *err)
{
    AUTO(str_release) struct str pem = STR_INIT(KEY_BYTES_MAX);
    const char *algorithm = tree_text(tree_member(signer, "algorithm"));
    const char *value = tree_text(tree_member(signer, "value"));
    struct err reason;
    if (!algorithm || !value)
        return tree_fail(signer, err, "signer %s needs algorithm and value", tree_key(signer));
    if (!base64_read_any(value, strlen(value), &pem))
        return tree_fail(signer, err, "the value of %s is no base64", tree_key(signer));
    if (!token_keys_add(management->keys, tree_key(signer), algorithm, str_data(&pem), &reason))
        return tree_fail(signer, err, "signer %s: %s", tree_key(signer), reason.what);
    return true;
}

/* ---- jwt: the names are ruby-jwt's ---- */

static bool read_seconds(const struct tree_node *value, int64_t *ret_seconds, struct err *err)
{
    int64_t seconds;
    if (!tree_i64(value, &seconds) || seconds < 0 || seconds > 3600)
        return tree_fail(value, err, "%s must be 0 to 3600 seconds", tree_key(value));
    if (seconds > *ret_seconds)
        *ret_seconds = seconds;
    return true;
}

static bool read_audience(struct management *management, const struct tree_node *value,
                          struct err *err)
{
    size_t count = 0;
    if (tree_text(value)) {
        management->audience[count++] = tree_text(value);
    } else {
        TREE_EACH(item, value)
        {
            if (!tree_text(item) || count == MANAGEMENT_SIGNERS_MAX)
                return tree_fail(item, err, "aud must be a few texts");
            management->audience[count++] = tree_text(item);
        }
    }
    if (count == 0)
        return tree_fail(value, err, "aud must be a text or a list of texts");
    management->rules.audience = management->audience;
    return true;
}

/* verify_x: false drops what x asks for. */
static bool is_wanted(const struct tree_node *options, const char *key)
{
    bool wanted = true;
    return !tree_bool(tree_member(options, key), &wanted) || wanted;
}

static bool read_option(struct management *management, const struct tree_node *option,
                        struct err *err)
{
    static const char *const flags[] = {"verify_expiration", "verify_not_before", "verify_iat",
                                        "verify_jti",        "verify_iss",        "verify_aud",
                                        "verify_sub"};
    const char *key = tree_key(option);
    bool flag;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (strcmp(key, flags[i]) == 0)
            return tree_bool(option, &flag) || tree_fail(option, err, "%s: true or false", key);
    if (strcmp(key, "leeway") == 0 || strcmp(key, "exp_leeway") == 0 ||
        strcmp(key, "nbf_leeway") == 0)
        return read_seconds(option, &management->rules.leeway_s, err);
    if (strcmp(key, "iat_leeway") == 0)
        return read_seconds(option, &management->rules.issued_at_leeway_s, err);
    if (strcmp(key, "aud") == 0)
        return read_audience(management, option, err);
    if (strcmp(key, "iss") != 0 && strcmp(key, "sub") != 0)
        return tree_fail(option, err, "no such option: %s", key);
    if (!tree_text(option))
        return tree_fail(option, err, "%s must be a text", key);
    if (key[0] == 'i')
        management->rules.issuer = tree_text(option);
    else
        management->rules.subject = tree_text(option);
    return true;
}

static bool read_rules(struct management *management, const struct tree_node *options,
                       struct err *err)
{
    struct token_rules *rules = &management->rules;
    TREE_EACH(option, options)
    {
        if (!read_option(management, option, err))
            return false;
    }
    if (rules->issued_at_leeway_s < rules->leeway_s)
        rules->issued_at_leeway_s = rules->leeway_s;
    if (!is_wanted(options, "verify_iss"))
        rules->issuer = NULL;
    if (!is_wanted(options, "verify_sub"))
        rules->subject = NULL;
    if (!is_wanted(options, "verify_aud"))
        rules->audience = NULL;
    rules->expiry_required = is_wanted(options, "verify_expiration");
    rules->jti_required = true; /* a document without it could be sent twice */
    return true;
}

/* ---- scopes ---- */

static bool read_signers(const struct management *management, const struct tree_node *list,
                         struct management_scope *scope, struct err *err)
{
    size_t count = 0;
    TREE_EACH(item, list)
    {
        const char *name = tree_text(item);
        if (!name || count == MANAGEMENT_SIGNERS_MAX)
            return tree_fail(item, err, "permitted_signers must be at most %d names",
                             MANAGEMENT_SIGNERS_MAX);
        if (!tree_member(tree_member(management->tree, "keychain"), name))
            return tree_fail(item, err, "signer %s is not in the keychain", name);
        scope->permitted[count++] = name;
    }
    return true;
}

static bool read_mandatory(const struct tree_node *list, struct management_scope *scope,
                           struct err *err)
{
    TREE_EACH(item, list)
    {
        const char *name = tree_text(item);
        unsigned i = 0;
        while (name && scope->permitted[i] && strcmp(scope->permitted[i], name) != 0)
            i++;
        if (!name || !scope->permitted[i])
            return tree_fail(item, err, "a mandatory signer must be a permitted one");
        scope->mandatory |= (uint32_t)1 << i;
    }
    return true;
}

static bool read_scope(struct management *management, const struct tree_node *node, struct err *err)
{
    if (management->scopes_count == MANAGEMENT_SCOPES_MAX)
        return tree_fail(node, err, "more than %d scopes", MANAGEMENT_SCOPES_MAX);
    struct management_scope *scope = &management->scopes[management->scopes_count++];
    scope->name = tree_key(node);
    if (!read_signers(management, tree_member(node, "permitted_signers"), scope, err) ||
        !read_mandatory(tree_member(node, "mandatory_signers"), scope, err))
        return false;
    return scope->mandatory != 0 ||
           tree_fail(node, err, "scope %s needs a mandatory signer", scope->name);
}

/* ---- all of it ---- */

static bool read_tree(struct management *management, struct err *err)
{
    const struct tree_node *root = management->tree;
    if (tree_kind(root) != TREE_MAP)
        return tree_fail(root, err, "must be a map of keychain, jwt and scopes");
    TREE_EACH(signer, tree_member(root, "keychain"))
    {
        if (!read_key(management, signer, err))
            return false;
    }
    if (!read_rules(management, tree_member(root, "jwt"), err))
        return false;
    TREE_EACH(scope, tree_member(root, "scopes"))
    {
        if (!read_scope(management, scope, err))
            return false;
    }
    return true;
}

/* Takes the tree, whatever happens. */
static bool open_tree(struct tree_node *tree, struct management **ret_management, struct err *err)
{
    AUTO_FREE(management_close) struct management *management = calloc(1, sizeof(*management));
    if (!management) {
        tree_free(tree);
        return err_set(err, ERR_INTERNAL, "no memory for the management API");
    }
    management->tree = tree;
    management->keys = token_keys_new();
    management->seen = token_seen_new(MANAGEMENT_JTI_MAX);
    if (!management->keys || !management->seen)
        return err_set(err, ERR_INTERNAL, "no memory for the management API");
    if (!read_tree(management, err))
        return false;
    *ret_management = TAKE(management);
    return true;
}

bool management_open(const char *path, struct management **ret_management, struct err *err)
{
    struct tree_node *tree;
    return tree_read_file(path, &tree, err) && open_tree(tree, ret_management, err);
}

bool management_read_text(const char *text, size_t length, struct management **ret_management,
                          struct err *err)
{
    struct tree_node *tree;
    return tree_read_text("management_api.yml", text, length, &tree, err) &&
           open_tree(tree, ret_management, err);
}

void management_close(struct management *management)
{
    if (!management)
        return;
    tree_free(management->tree);
    token_keys_free(management->keys);
    token_seen_free(management->seen);
    free(management);
}
