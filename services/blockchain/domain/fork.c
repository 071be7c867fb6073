#include "blockchain/domain/fork.h"

#include <string.h>

#include "base/check.h"

enum fork_move fork_decide(const struct fork_view *view)
{
    if (!view->has_height)
        return view->node_tip >= view->start ? FORK_TAKE : FORK_IDLE;
    assert(view->node_hash != NULL);
    if (!view->our_hash)
        return FORK_BEHIND;
    if (strcmp(view->our_hash, view->node_hash) != 0)
        return FORK_REVERT;
    if (view->node_tip < view->height)
        return FORK_BEHIND;
    return view->node_tip > view->height ? FORK_TAKE : FORK_IDLE;
}
