#include "auth/domain/word_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing over offsets into one text; half of the places stay empty. */
struct word_set {
    char *text;
    struct place {
        uint32_t at, length; /* length 0: empty */
    } * places;
    size_t places_count, count;
};

static size_t hash_of(const char *word, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)word[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

static struct place *place_of(const struct word_set *words, const char *word, size_t length)
{
    size_t mask = words->places_count - 1, at = hash_of(word, length) & mask;
    for (;; at = (at + 1) & mask) {
        struct place *place = &words->places[at];
        if (place->length == 0 ||
            (place->length == length && memcmp(words->text + place->at, word, length) == 0))
            return place;
    }
}

static void add(struct word_set *words, size_t at, size_t length)
{
    if (length < WORD_CHARS_MIN || length > WORD_CHARS_MAX || words->text[at] == '#')
        return;
    struct place *place = place_of(words, words->text + at, length);
    if (place->length != 0)
        return;
    *place = (struct place){(uint32_t)at, (uint32_t)length};
    words->count++;
}

struct word_set *word_set_new(const char *text, size_t length)
{
    size_t lines = 1, places = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    while (places < 2 * lines)
        places *= 2;
    struct word_set *words = calloc(1, sizeof(*words));
    if (!words)
        return NULL;
    words->text = malloc(length + 1);
    words->places = calloc(places, sizeof(*words->places));
    words->places_count = places;
    if (!words->text || !words->places || length >= UINT32_MAX) {
        word_set_free(words);
        return NULL;
    }
    memcpy(words->text, text, length);
    words->text[length] = '\0';
    for (size_t at = 0; at < length;) {
        size_t line = strcspn(words->text + at, "\r\n");
        add(words, at, line);
        at += line + 1;
    }
    return words;
}

void word_set_free(struct word_set *words)
{
    if (!words)
        return;
    free(words->text);
    free(words->places);
    free(words);
}

size_t word_set_count(const struct word_set *words)
{
    return words->count;
}

bool word_set_has(const struct word_set *words, const char *word, size_t length)
{
    return length > 0 && place_of(words, word, length)->length != 0;
}

bool word_set_find(const struct word_set *words, const char *text, size_t *ret_at,
                   size_t *ret_length)
{
    size_t length = strlen(text);
    for (size_t at = 0; at + WORD_CHARS_MIN <= length; at++) {
        size_t most = length - at < WORD_CHARS_MAX ? length - at : WORD_CHARS_MAX;
        for (size_t word = most; word >= WORD_CHARS_MIN; word--)
            if (word_set_has(words, text + at, word)) {
                *ret_at = at;
                *ret_length = word;
                return true;
            }
    }
    return false;
}
