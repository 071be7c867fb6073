/*
 * check.h: assertions that stay on, and the attributes that make a contract visible.
 *
 * A bug crashes (assert), a failure returns (struct err, see err.h). Assertions are compiled into
 * every build: a ledger that is wrong must stop, not continue. Never assert on input from outside.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* A place that can't be reached; the sentence says why. */
#define UNREACHABLE(why) assert((why) == NULL)

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(format_at, first) __attribute__((format(printf, format_at, first)))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Objects that travel through a `void *` (callbacks of libraries) start with a magic number:
 *
 *     struct session { uint32_t magic; ... };
 *     struct session *session = CAST_OBJ(struct session, user, SESSION_MAGIC);
 */
#define CHECK_OBJ(pointer, value) assert((pointer) != NULL && (pointer)->magic == (value))
#define CAST_OBJ(type, pointer, value)                                                             \
    ({                                                                                             \
        type *cast_obj_ = (pointer);                                                               \
        CHECK_OBJ(cast_obj_, (value));                                                             \
        cast_obj_;                                                                                 \
    })

#endif
