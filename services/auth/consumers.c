#include "auth/consumers.h"

#include "auth/bus/keeper.h"
#include "base/check.h"

const struct consumer auth_consumers[] = {
    {"keeper", keeper_run}, /* looks after the database; forgets what is over */
};
const size_t auth_consumers_count = ARRAY_LEN(auth_consumers);
