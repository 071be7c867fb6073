#include "auth/domain/user.h"

#include <string.h>

bool user_may_enter(const struct user *user)
{
    return strcmp(user->state, "active") == 0 || strcmp(user->state, "pending") == 0;
}
