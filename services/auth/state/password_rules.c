#include "auth/state/password_rules.h"

#include <stdlib.h>
#include <string.h>

#include "auth/domain/password_entropy.h"
#include "auth/domain/word_set.h"
#include "base/auto.h"
#include "base/file.h"
#include "base/utf8.h"
#include "crypto/strength.h"
#include "pattern/pattern.h"

enum { WORDS_BYTES_MAX = 4 << 20 };

struct password_rules {
    struct pattern *pattern;
    struct word_set *words; /* NULL: no dictionary */
    int64_t min_entropy;
    uint32_t min_strength;
};

static bool read_words(const char *path, struct word_set **ret_words, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(WORDS_BYTES_MAX);
    if (!file_read(path, &text, err))
        return err_wrap(err, "COMMON_PASSWORDS_FILE");
    struct word_set *words = word_set_new(str_data(&text), text.length);
    if (!words)
        return err_set(err, ERR_CONFIG, "COMMON_PASSWORDS_FILE: %s can't be used", path);
    *ret_words = words;
    return true;
}

bool password_rules_open(const struct auth_config *config, struct password_rules **ret_rules,
                         struct err *err)
{
    struct password_rules *rules = calloc(1, sizeof(*rules));
    if (!rules)
        return err_set(err, ERR_INTERNAL, "no memory");
    rules->min_entropy = config->password_min_entropy * ENTROPY_BIT;
    rules->min_strength = config->password_min_strength;
    bool ok = pattern_new(config->password_regexp, &rules->pattern, err) ||
              err_wrap(err, "PASSWORD_REGEXP");
    if (ok && config->password_use_dictionary)
        ok = read_words(config->common_passwords_file, &rules->words, err);
    if (!ok) {
        password_rules_free(rules);
        return false;
    }
    *ret_rules = rules;
    return true;
}

void password_rules_free(struct password_rules *rules)
{
    if (!rules)
        return;
    pattern_free(rules->pattern);
    word_set_free(rules->words);
    free(rules);
}

int64_t password_rules_entropy(const struct password_rules *rules, const char *password)
{
    return password_entropy(password, rules->min_entropy, rules->words);
}

const char *password_rules_mistake(const struct password_rules *rules, const char *password)
{
    size_t length = strlen(password);
    if (length > PASSWORD_LONGEST)
        return "password.too_long";
    if (!utf8_is_valid(password, length) || !pattern_matches(rules->pattern, password))
        return "password.requirements";
    if (password_rules_entropy(rules, password) < rules->min_entropy ||
        password_strength(password) < rules->min_strength)
        return "password.weak";
    return NULL;
}
