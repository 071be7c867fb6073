/* consumers.h: the messages that matching takes, as a table: all that can start work. */
#ifndef MATCHING_CONSUMERS_H
#define MATCHING_CONSUMERS_H

#include "matching/bus/consumer.h"

extern const struct consumer matching_consumers[];
extern const size_t matching_consumers_count;

#endif
