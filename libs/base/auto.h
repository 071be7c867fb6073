/*
 * auto.h: declare a thing together with its cleanup, and hand it over in plain sight.
 *
 *     AUTO(str_release) struct str text = STR_INIT(4096);       // released at the end of the scope
 *     AUTO_FREE(db_result_free) struct db_result *result = NULL; // destructor takes NULL
 *     return TAKE(result);                                       // the caller owns it now
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

/* `release` takes a pointer to the variable. */
#define AUTO(release) __attribute__((cleanup(release)))

/* Makes `NAMEp`, the cleanup of a pointer variable, from a destructor that takes the pointer. */
#define DEFINE_AUTO(type, destroy)                                                                 \
    static inline void destroy##p(type **pointer)                                                  \
    {                                                                                              \
        destroy(*pointer);                                                                         \
    }                                                                                              \
    struct auto_needs_a_semicolon
#define AUTO_FREE(destroy) __attribute__((cleanup(destroy##p)))

/* The value of a pointer variable, which is NULL afterwards: ownership moves. */
#define TAKE(pointer)                                                                              \
    ({                                                                                             \
        __typeof__(pointer) take_ = (pointer);                                                     \
        (pointer) = NULL;                                                                          \
        take_;                                                                                     \
    })

#endif
