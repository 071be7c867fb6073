#include "accounting/actions/accounting.h"

#include "base/queue.h"

void accounting_outbox_wake(struct accounting *app)
{
    static char token; /* what is pushed does not matter, that something is does */
    bool pushed = queue_push(app->outbox_signal, &token);
    (void)pushed;
}
