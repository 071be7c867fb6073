#include "auth/actions/label_set.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/user_save.h"
#include "auth/domain/text.h"
#include "auth/state/rules.h"
#include "auth/store/labels.h"

/* "key.too_short" of "key" and "too_short": constants, for an error lives longer than we do. */
static const char *mistake_key(bool is_key, const char *mistake)
{
    if (strcmp(mistake, "too_short") == 0)
        return is_key ? "key.too_short" : "value.too_short";
    if (strcmp(mistake, "too_long") == 0)
        return is_key ? "key.too_long" : "value.too_long";
    return is_key ? "key.invalid" : "value.invalid";
}

static void take_text(const char *text, bool is_key, char ret_text[static LABEL_TEXT_SIZE],
                      struct mistakes *mistakes)
{
    const char *words[LABEL_MISTAKES_MAX] = {"too_long"};
    size_t count = label_normalise(text, ret_text) ? label_mistakes(ret_text, words) : 1;
    for (size_t i = 0; i < count; i++)
        mistake_add(mistakes, mistake_key(is_key, words[i]));
}

static bool told(const struct label_change *change, const struct mistakes *mistakes,
                 struct err *err)
{
    if (mistakes->count == 0)
        return true;
    for (size_t i = 0; change->mistakes && i < mistakes->count; i++)
        mistake_add(change->mistakes, mistakes->codes[i]);
    return err_set_key(err, ERR_INVALID, mistakes->codes[0], "label: %s", mistakes->codes[0]);
}

/* A key that is there already is a mistake of a new label like any other. */
static bool look_for_key(struct call *call, const struct label *label, struct mistakes *mistakes,
                         struct err *err)
{
    struct label there;
    if (mistakes->count > 0)
        return true;
    if (!labels_find(call->db, call->arena, label->user_id, label->key, label->scope, &there, err))
        return err->code == ERR_NOT_FOUND;
    mistake_add(mistakes, "key.taken");
    return true;
}

static bool draft(struct call *call, const struct user *user, const struct label_change *change,
                  bool is_new, struct label *ret_label, struct err *err)
{
    struct mistakes mistakes = {.count = 0};
    struct label label = {
        .user_id = user->id, .scope = change->scope, .description = change->description};
    take_text(change->key, true, label.key, &mistakes);
    if (is_new && !look_for_key(call, &label, &mistakes, err))
        return false;
    take_text(change->value, false, label.value, &mistakes);
    if (label.description && text_length(label.description) > LABEL_CHARS_MAX)
        mistake_add(&mistakes, "description.too_long");
    if (!told(change, &mistakes, err))
        return false;
    *ret_label = label;
    return true;
}

bool label_apply(struct call *call, struct user *user, struct err *err)
{
    struct label *labels;
    struct level *levels;
    size_t labels_count, levels_count;
    if (!labels_of_user(call->db, call->arena, user->id, &labels, &labels_count, err) ||
        !levels_list(call->db, call->arena, &levels, &levels_count, err))
        return false;
    struct user changed = *user;
    changed.level = label_level(levels, levels_count, labels, labels_count);
    snprintf(changed.state, sizeof(changed.state), "%s",
             label_state(rules_of_labels(call->app->rules), labels, labels_count));
    return user_save(call, user, &changed, err);
}

static bool apply_if(struct call *call, struct user *user, enum label_scope scope, struct err *err)
{
    return scope != LABEL_PRIVATE || label_apply(call, user, err);
}

static bool insert(struct call *call, struct user *user, struct label *label,
                   struct mistakes *mistakes, struct err *err)
{
    if (!labels_insert(call->db, label, call->now_us, err)) {
        if (err->code == ERR_CONFLICT) /* made since we looked */
            err->key = "key.taken";
        if (err->code == ERR_CONFLICT && mistakes)
            mistake_add(mistakes, "key.taken");
        return false;
    }
    return event_label_created(call->db, label, user, err) &&
           apply_if(call, user, label->scope, err);
}

static bool replace(struct call *call, struct user *user, const struct label *before,
                    struct label *label, struct err *err)
{
    label->id = before->id;
    label->created_at = before->created_at;
    label->updated_at = call->now_us;
    return labels_update(call->db, label, call->now_us, err) &&
           event_label_updated(call->db, before, label, user, err) &&
           apply_if(call, user, label->scope, err);
}

bool label_set(struct call *call, struct user *user, const struct label_change *change,
               struct err *err)
{
    struct label label, before;
    if (!draft(call, user, change, false, &label, err))
        return false;
    if (!labels_find(call->db, call->arena, user->id, label.key, label.scope, &before, err))
        return err->code == ERR_NOT_FOUND && insert(call, user, &label, NULL, err);
    if (!label.description)
        label.description = before.description;
    if (strcmp(before.value, label.value) == 0 && label.description == before.description)
        return true;
    return replace(call, user, &before, &label, err);
}

bool label_add(struct call *call, struct user *user, const struct label_change *change,
               struct label *ret_label, struct err *err)
{
    struct label label;
    if (!draft(call, user, change, true, &label, err) ||
        !insert(call, user, &label, change->mistakes, err))
        return false;
    *ret_label = label;
    return true;
}

bool label_change(struct call *call, struct user *user, const struct label_change *change,
                  struct label *ret_label, struct err *err)
{
    struct label label, before;
    if (!draft(call, user, change, false, &label, err) ||
        !labels_find(call->db, call->arena, user->id, label.key, label.scope, &before, err) ||
        !replace(call, user, &before, &label, err))
        return false;
    *ret_label = label;
    return true;
}

bool label_remove(struct call *call, struct user *user, const char *key, enum label_scope scope,
                  struct err *err)
{
    char normal[LABEL_TEXT_SIZE];
    struct label label;
    if (!label_normalise(key, normal))
        return err_set(err, ERR_NOT_FOUND, "no such label");
    return labels_find(call->db, call->arena, user->id, normal, scope, &label, err) &&
           labels_delete(call->db, label.id, err) && apply_if(call, user, scope, err);
}
