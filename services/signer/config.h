/* config.h: the settings of the signer, in the order of --print-config. */
#ifndef SIGNER_CONFIG_H
#define SIGNER_CONFIG_H

#include "service/service.h"

extern const struct config_row signer_config_rows[];

#endif
