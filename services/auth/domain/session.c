#include "auth/domain/session.h"

#include <string.h>

#include "base/check.h"

bool session_methods_have(const char *methods, const char *method)
{
    size_t length = strlen(method);
    for (const char *at = methods; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, method, length) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

void session_methods_add(const char *methods, const char *method,
                         char ret_methods[static SESSION_METHODS_SIZE])
{
    size_t length = strlen(methods), more = strlen(method);
    assert(length < SESSION_METHODS_SIZE);
    memcpy(ret_methods, methods, length + 1);
    if (session_methods_have(methods, method) || length + 1 + more >= SESSION_METHODS_SIZE)
        return;
    if (length > 0)
        ret_methods[length++] = ' ';
    memcpy(ret_methods + length, method, more + 1);
}
