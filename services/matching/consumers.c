#include "matching/consumers.h"

#include "base/check.h"
#include "matching/bus/on_commands.h"

const struct consumer matching_consumers[] = {
    {"matching", on_commands_run}, /* bourse.commands.SHARD, every market of the worker */
};
const size_t matching_consumers_count = ARRAY_LEN(matching_consumers);
