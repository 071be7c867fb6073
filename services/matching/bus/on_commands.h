/* on_commands.h: a message of accounting: one batch of commands. */
#ifndef MATCHING_BUS_ON_COMMANDS_H
#define MATCHING_BUS_ON_COMMANDS_H

#include "matching/bus/consumer.h"

bool on_commands(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
                 struct err *err) MUST_CHECK;

#endif
