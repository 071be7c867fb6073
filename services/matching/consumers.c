#include "matching/consumers.h"

#include "matching/bus/on_commands.h"
#include "matching/bus/on_reload.h"

const struct consumer matching_consumers[] = {
    {"", on_commands, "A command batch (contract/protocol.h) of one market."},
    {"reload", on_reload, "JSON: throw the book of a market away and repeat what is not settled."},
};
const size_t matching_consumers_count = ARRAY_LEN(matching_consumers);
