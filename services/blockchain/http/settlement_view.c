#include "blockchain/http/settlement_view.h"

#define AT(member) offsetof(struct settlement_shown, member)
const struct json_field settlement_fields[] = {
    {"payout_id", JSON_TEXT, AT(payout_id), .doc = "The payout."},
    {"outcome", JSON_TEXT, AT(outcome), .doc = "paid, unpaid."},
    {"evidence", JSON_TEXT, AT(evidence), .doc = "As the operator gave it."},
    {"note", JSON_TEXT, AT(note), .doc = "As the operator gave it."},
    {"state", JSON_TEXT, AT(state),
     .doc = "open: a second operator has to say the same; done; replaced by a later word."},
    {"found", JSON_TEXT, AT(found), .doc = "What the chain, or the custodian, says to it."},
    {"proposed_by", JSON_TEXT, AT(proposed_by), .doc = "Who said it first."},
    {"confirmed_by", JSON_TEXT, AT(confirmed_by),
     .doc = "Who said the same; null: nobody yet, or the chain proves it."},
    {"proposed_at", JSON_TIME_ISO, AT(proposed_at), .doc = "When it was said."},
    {"done_at", JSON_TIME_ISO, AT(done_at), .flags = JSON_NULL_IF_ZERO,
     .doc = "When the payout ended by it."},
    {NULL},
};
#undef AT

struct settlement_shown settlement_show(const struct settlement_row *row)
{
    return (struct settlement_shown){.payout_id = row->payout_id,
                                     .outcome = row->outcome,
                                     .evidence = row->evidence,
                                     .note = row->note,
                                     .state = row->state,
                                     .found = row->found,
                                     .proposed_by = row->proposed_by,
                                     .confirmed_by =
                                         row->confirmed_by[0] ? row->confirmed_by : NULL,
                                     .proposed_at = row->proposed_at,
                                     .done_at = row->done_at};
}
