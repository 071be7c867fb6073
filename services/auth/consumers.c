#include "auth/consumers.h"

#include "auth/bus/keeper.h"
#include "auth/bus/secrets.h"
#include "base/check.h"

const struct consumer auth_consumers[] = {
    {"keeper", keeper_run},   /* looks after the database; forgets what is over */
    {"secrets", secrets_run}, /* looks after the store of secrets */
};
const size_t auth_consumers_count = ARRAY_LEN(auth_consumers);
