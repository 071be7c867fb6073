#include "auth/domain/profile.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "auth/domain/calendar.h"
#include "auth/domain/text.h"
#include "json/read.h"

enum { TEXT_CHARS_MAX = 255, POSTCODE_CHARS_MIN = 2, METADATA_BYTES_MAX = 16384 };

static const char *const state_names[] = {"drafted", "submitted", "verified", "rejected"};

const char *profile_state_name(enum profile_state state)
{
    assert((unsigned)state < ARRAY_LEN(state_names));
    return state_names[state];
}

bool profile_state_parse(const char *name, enum profile_state *ret_state)
{
    for (size_t i = 0; i < ARRAY_LEN(state_names); i++) {
        if (strcmp(name, state_names[i]) != 0)
            continue;
        *ret_state = (enum profile_state)i;
        return true;
    }
    return false;
}

bool country_is_known(const char *code)
{
    static const char *const countries[][2] = {
#define COUNTRY(two, three) {two, three},
#include "auth/domain/countries.def"
#undef COUNTRY
    };
    for (size_t i = 0; i < ARRAY_LEN(countries); i++)
        if (strcasecmp(code, countries[i][0]) == 0 || strcasecmp(code, countries[i][1]) == 0)
            return true;
    return false;
}

/* ---- texts: word characters, blanks, and some signs ---- */

struct text_rule {
    size_t draft_offset, profile_offset;
    const char *signs; /* UTF-8; beside word characters and blanks */
    size_t chars_min;
    bool squish;
    const char *invalid, *too_short, *too_long; /* too_short NULL: there is no such rule */
};

/* "\xe2\x80\x93" is the en dash. */
#define RULE(member, signs, chars_min, squish, too_short)                                          \
    {                                                                                              \
        offsetof(struct profile_draft, member), offsetof(struct profile, member), (signs),         \
            (chars_min), (squish), #member ".invalid", (too_short), #member ".too_long"            \
    }
static const struct text_rule name_rules[] = {
    RULE(first_name, "-'", 0, true, NULL),
    RULE(last_name, "-'", 0, true, NULL),
};
static const struct text_rule place_rules[] = {
    RULE(address, "-\xe2\x80\x93,.~;/:#\"\\&')(", 0, false, NULL),
    RULE(postcode, "-", POSTCODE_CHARS_MIN, true, "postcode.too_short"),
    RULE(city, "-'\xe2\x80\x93.~", 0, true, NULL),
};

static const char **member_of(void *object, size_t offset)
{
    return (const char **)((char *)object + offset);
}

static void apply_text(struct profile *profile, const struct profile_draft *draft,
                       const struct text_rule *rule, struct arena *arena, struct mistakes *mistakes)
{
    const char *given = *(const char *const *)((const char *)draft + rule->draft_offset);
    if (!given)
        return;
    char *text = rule->squish ? text_squish(given, arena) : arena_strdup(arena, given);
    if (!text || !text_is_of_words(text, rule->signs)) {
        mistake_add(mistakes, rule->invalid);
        return;
    }
    size_t count = text_length(text);
    if (rule->too_short && count < rule->chars_min)
        mistake_add(mistakes, rule->too_short);
    if (count > TEXT_CHARS_MAX)
        mistake_add(mistakes, rule->too_long);
    *member_of(profile, rule->profile_offset) = text;
}

static void apply_dob(struct profile *profile, const struct profile_draft *draft, int64_t now_us,
                      struct arena *arena, struct mistakes *mistakes)
{
    char date[DATE_SIZE], today[DATE_SIZE];
    if (!draft->dob)
        return;
    if (!date_parse(draft->dob, date)) {
        mistake_add(mistakes, "dob.invalid_format");
        return;
    }
    date_of(now_us, today);
    if (strcmp(date, today) > 0)
        mistake_add(mistakes, "dob.invalid");
    profile->dob = arena_strdup(arena, date);
}

static void apply_country(struct profile *profile, const struct profile_draft *draft,
                          struct arena *arena, struct mistakes *mistakes)
{
    if (!draft->country)
        return;
    char *code = arena_strdup(arena, draft->country);
    if (!code || !country_is_known(code)) {
        mistake_add(mistakes, "country.must have alpha2 or alpha3 format");
        return;
    }
    for (char *at = code; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    profile->country = code;
}

static void apply_metadata(struct profile *profile, const struct profile_draft *draft,
                           struct mistakes *mistakes)
{
    struct err ignored;
    if (!draft->metadata)
        return;
    size_t length = strlen(draft->metadata);
    if (length > METADATA_BYTES_MAX)
        mistake_add(mistakes, "metadata.too_long");
    else if (length > 0 && !json_check(draft->metadata, length, &ignored))
        mistake_add(mistakes, "metadata.invalid_format");
    profile->metadata = draft->metadata;
}

void profile_apply(struct profile *profile, const struct profile_draft *draft, int64_t now_us,
                   struct arena *arena, struct mistakes *mistakes)
{
    for (size_t i = 0; i < ARRAY_LEN(name_rules); i++)
        apply_text(profile, draft, &name_rules[i], arena, mistakes);
    for (size_t i = ARRAY_LEN(place_rules); i-- > 0;)
        apply_text(profile, draft, &place_rules[i], arena, mistakes);
    apply_country(profile, draft, arena, mistakes);
    apply_dob(profile, draft, now_us, arena, mistakes);
    apply_metadata(profile, draft, mistakes);
}
