/* internal_transfer_view.h: an internal transfer as its parties and administrators see it. */
#ifndef ACCOUNTING_HTTP_INTERNAL_TRANSFER_VIEW_H
#define ACCOUNTING_HTTP_INTERNAL_TRANSFER_VIEW_H

#include "accounting/http/entities_admin.h"
#include "accounting/store/transfers.h"

/* member_id: who looks; what others sent is "in". */
static inline struct internal_transfer_view internal_transfer_view_of(
    const struct internal_transfer *row, uint64_t member_id)
{
    return (struct internal_transfer_view){
        .id = row->id,
        .currency = row->currency_id,
        .sender_username = row->sender_username,
        .receiver_username = row->receiver_username,
        .sender_uid = row->sender_uid,
        .receiver_uid = row->receiver_uid,
        .direction = member_id != 0 && row->sender_id == member_id ? "out" : "in",
        .amount = row->amount,
        .status = "completed",
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
}

#endif
