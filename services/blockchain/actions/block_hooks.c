#include "blockchain/actions/block_hooks.h"

const struct block_hook block_hooks[] = {
    {.name = NULL},
};
