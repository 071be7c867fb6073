/* config.h: the table over struct matching_config (state/config.h). */
#ifndef MATCHING_CONFIG_H
#define MATCHING_CONFIG_H

#include "service/service.h"

extern const struct config_row matching_config_rows[];

#endif
