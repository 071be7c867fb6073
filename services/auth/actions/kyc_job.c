#include "auth/actions/kyc_job.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/label_set.h"
#include "auth/actions/profile_save.h"
#include "auth/state/config.h"
#include "auth/store/documents.h"
#include "auth/store/labels.h"
#include "auth/store/phones.h"
#include "auth/store/profiles.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"
#include "storage/storage.h"

enum { CALLBACK_MAX = 512, METADATA_MAX = 512 };

DEFINE_AUTO(cJSON, cJSON_Delete);

static const char verified[] = "verified", rejected[] = "rejected";

/* What is gone meanwhile needs no check any more. */
static bool is_gone(const struct err *err)
{
    return err->code == ERR_NOT_FOUND;
}

/* ---- verdicts ---- */

struct verdict {
    struct call *call;
    uint64_t user_id;
    const char *key, *value; /* of the private label */
    bool if_there;           /* only if there is such a label */
};

static bool verdict_unit(struct db *db, void *arg, struct err *err)
{
    struct verdict *verdict = arg;
    struct call *call = verdict->call;
    const struct label_change change = {
        .key = verdict->key, .value = verdict->value, .scope = LABEL_PRIVATE};
    struct user user;
    struct label label;
    if (!users_lock_by_id(db, call->arena, verdict->user_id, &user, err))
        return false;
    if (verdict->if_there &&
        !labels_find(db, call->arena, user.id, change.key, LABEL_PRIVATE, &label, err))
        return is_gone(err);
    return label_set(call, &user, &change, err);
}

static bool say(struct call *call, uint64_t user_id, const char *key, const char *value,
                bool if_there, struct err *err)
{
    struct verdict verdict = {call, user_id, key, value, if_there};
    return db_transaction(call->db, verdict_unit, &verdict, err);
}

/* A refusal for good rejects what was sent; anything else is tried again. */
static bool refused(struct call *call, uint64_t user_id, const char *key, struct err *err)
{
    if (err->code != ERR_INVALID && err->code != ERR_NOT_FOUND)
        return false;
    return say(call, user_id, key, rejected, false, err);
}

/* ---- applicants ---- */

struct applicant {
    struct call *call;
    uint64_t profile_id, user_id;
    const char *applicant_id; /* NULL: refused */
};

static bool applicant_unit(struct db *db, void *arg, struct err *err)
{
    struct applicant *applicant = arg;
    struct call *call = applicant->call;
    struct profile profile;
    struct user user;
    if (!users_lock_by_id(db, call->arena, applicant->user_id, &user, err) ||
        !profiles_by_id(db, call->app->secrets, call->arena, applicant->profile_id, &profile, err))
        return is_gone(err);
    if (profile.state != PROFILE_SUBMITTED)
        return true; /* an administrator was faster */
    if (applicant->applicant_id)
        profile.applicant_id = applicant->applicant_id;
    return profile_judge(call, &user, &profile,
                         applicant->applicant_id ? PROFILE_VERIFIED : PROFILE_REJECTED, err);
}

static const char *phone_of(struct call *call, uint64_t user_id)
{
    struct phone *phones;
    size_t count;
    struct err ignored;
    if (!phones_of_user(call->db, call->app->secrets, call->arena, user_id, &phones, &count,
                        &ignored))
        return NULL;
    for (size_t i = count; i-- > 0;)
        if (phones[i].validated_at)
            return phones[i].number;
    return NULL;
}

static bool send_applicant(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                           struct err *err)
{
    struct applicant applicant = {.call = call};
    char id[KYCAID_ID_SIZE];
    struct profile profile;
    struct user user;
    if (!str_to_u64(job->reference, &applicant.profile_id) ||
        !profiles_by_id(call->db, call->app->secrets, call->arena, applicant.profile_id, &profile,
                        err) ||
        !users_by_id(call->db, call->arena, profile.user_id, &user, err))
        return is_gone(err);
    const struct kycaid_member members[] = {
        {"type", "PERSON"},
        {"first_name", profile.first_name},
        {"last_name", profile.last_name},
        {"dob", profile.dob},
        {"residence_country", profile.country},
        {"email", user.email},
        {"phone", phone_of(call, user.id)},
        {NULL, NULL},
    };
    applicant.user_id = user.id;
    if (kycaid_create(kycaid, "/applicants", members, "applicant_id", id, err))
        applicant.applicant_id = id;
    else if (err->code != ERR_INVALID)
        return false;
    return db_transaction(call->db, applicant_unit, &applicant, err);
}

/* ---- files ---- */

struct sending {
    struct call *call;
    struct kycaid *kycaid;
    uint64_t user_id;
    struct document *documents;
    size_t count;
    const char *applicant_id;
};

static bool sending_begin(struct sending *sending, const struct kyc_job *job, struct err *err)
{
    struct call *call = sending->call;
    struct profile profile;
    sending->user_id = job->user_id;
    if (!documents_of_user(call->db, call->app->secrets, call->arena, job->user_id, job->reference,
                           &sending->documents, &sending->count, err) ||
        !profiles_last(call->db, call->app->secrets, call->arena, job->user_id, &profile, err))
        return false;
    sending->applicant_id = profile.applicant_id;
    if (!profile.applicant_id && profile.state == PROFILE_SUBMITTED)
        return err_set(err, ERR_PEER_UNAVAILABLE, "kyc: the applicant is not made yet");
    /* Without an applicant nothing can be checked. */
    return (profile.applicant_id && sending->count > 0) ||
           err_set(err, ERR_INVALID, "kyc: no applicant, or no documents");
}

static bool send_file(struct sending *sending, const struct document *document,
                      char ret_id[static KYCAID_ID_SIZE], struct err *err)
{
    AUTO(str_release) struct str bytes = STR_INIT(STORAGE_FILE_BYTES_MAX);
    enum upload_kind kind = UPLOAD_JPEG;
    const char *slash = strrchr(document->upload, '/');
    if (!upload_kind_of_key(document->upload, &kind))
        return err_set(err, ERR_INVALID, "kyc: a file of no kind");
    return storage_get(sending->call->app->storage, document->upload, &bytes, err) &&
           kycaid_send_file(sending->kycaid, slash ? slash + 1 : document->upload,
                            upload_media_type(kind), str_data(&bytes), bytes.length, ret_id, err);
}

static const struct document *side_of(const struct sending *sending, const char *category)
{
    for (size_t i = 0; i < sending->count; i++)
        if (sending->documents[i].doc_category &&
            strcmp(sending->documents[i].doc_category, category) == 0)
            return &sending->documents[i];
    return NULL;
}

static const char *type_of(const char *doc_type)
{
    if (strcmp(doc_type, "Passport") == 0)
        return "PASSPORT";
    return strcmp(doc_type, "Driver license") == 0 ? "DRIVERS_LICENSE" : "GOVERNMENT_ID";
}

/* The id at the provider of a document that was sent before; NULL: it was not. In the arena. */
static const char *sent_id(struct call *call, const struct document *document, const char *name)
{
    AUTO_FREE(cJSON_Delete) cJSON *metadata = NULL;
    struct err ignored;
    if (!document->metadata ||
        !json_read(document->metadata, strlen(document->metadata), &metadata, &ignored))
        return NULL;
    const char *id = json_member_text(metadata, name);
    return id ? arena_strdup(call->arena, id) : NULL;
}

/* Metadata of the user's own would be lost: then the id is not kept, and a second job sends anew. */
static bool keep_id(struct call *call, const struct document *document, const char *name,
                    const char *id, struct err *err)
{
    AUTO(str_release) struct str metadata = STR_INIT(METADATA_MAX);
    if (document->metadata)
        return true;
    str_add_format(&metadata, "{\"%s\":", name);
    json_write_string(&metadata, id);
    str_add_char(&metadata, '}');
    return !str_ok(&metadata) ||
           documents_set_metadata(call->db, document->id, metadata.data, call->now_us, err);
}

static bool send_sides(struct sending *sending, const struct document *front,
                       const struct document *back, const char *type, struct err *err)
{
    char front_id[KYCAID_ID_SIZE], back_id[KYCAID_ID_SIZE] = "", id[KYCAID_ID_SIZE];
    if (!send_file(sending, front, front_id, err) ||
        (back && !send_file(sending, back, back_id, err)))
        return false;
    const struct kycaid_member members[] = {
        {"applicant_id", sending->applicant_id},
        {"type", type},
        {"document_number", front->doc_number},
        {"expiry_date", front->doc_expire[0] ? front->doc_expire : NULL},
        {"issue_date", front->doc_issue[0] ? front->doc_issue : NULL},
        {"front_side_id", front_id},
        {"back_side_id", back ? back_id : NULL},
        {NULL, NULL},
    };
    const char *former = sent_id(sending->call, front, "document_id");
    if (former)
        return kycaid_change(sending->kycaid, "/documents", former, members, err);
    return kycaid_create(sending->kycaid, "/documents", members, "document_id", id, err) &&
           keep_id(sending->call, front, "document_id", id, err);
}

static bool order(struct sending *sending, const char *types, struct err *err)
{
    const struct auth_config *config = sending->call->app->config;
    char callback[CALLBACK_MAX];
    snprintf(callback, sizeof(callback), "%s/api/v2/barong/public/kyc", config->domain);
    return kycaid_verify(sending->kycaid,
                         &(struct kycaid_order){.applicant_id = sending->applicant_id,
                                                .form_id = config->kycaid_form_id,
                                                .callback_url = callback,
                                                .types = types},
                         err);
}

static bool send_documents(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                           struct err *err)
{
    struct sending sending = {.call = call, .kycaid = kycaid};
    if (!sending_begin(&sending, job, err))
        return refused(call, job->user_id, "document", err);
    const struct document *selfie = side_of(&sending, "selfie");
    const struct document *back = side_of(&sending, "back_side");
    const struct document *front = side_of(&sending, "front_side");
    if (!front)
        front = &sending.documents[0];
    bool sent =
        send_sides(&sending, front, back, type_of(front->doc_type), err) &&
        (!selfie || selfie == front || send_sides(&sending, selfie, NULL, "SELFIE_IMAGE", err)) &&
        order(&sending, "DOCUMENT FACIAL", err);
    return sent || refused(call, job->user_id, "document", err);
}

static const char *address_member(struct call *call, const cJSON *metadata, const char *name)
{
    const char *text = json_member_text(metadata, name);
    return text && text[0] ? arena_strdup(call->arena, text) : NULL;
}

static bool send_address_of(struct sending *sending, const struct document *document,
                            struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *metadata = NULL;
    char file_id[KYCAID_ID_SIZE], id[KYCAID_ID_SIZE];
    struct call *call = sending->call;
    if (!document->metadata ||
        !json_read(document->metadata, strlen(document->metadata), &metadata, err))
        return err_set(err, ERR_INVALID, "kyc: an address without its text");
    if (!send_file(sending, document, file_id, err))
        return false;
    const struct kycaid_member members[] = {
        {"applicant_id", sending->applicant_id},
        {"type", "REGISTERED"},
        {"country", address_member(call, metadata, "country")},
        {"city", address_member(call, metadata, "city")},
        {"postal_code", address_member(call, metadata, "postcode")},
        {"full_address", address_member(call, metadata, "address")},
        {"front_side_id", file_id},
        {NULL, NULL},
    };
    return kycaid_create(sending->kycaid, "/addresses", members, "address_id", id, err);
}

static bool send_address(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                         struct err *err)
{
    struct sending sending = {.call = call, .kycaid = kycaid};
    bool sent = sending_begin(&sending, job, err) &&
                send_address_of(&sending, &sending.documents[0], err) &&
                order(&sending, "ADDRESS", err);
    return sent || refused(call, job->user_id, "address", err);
}

/* ---- answers ---- */

static const char *value_of(enum kycaid_answer answer)
{
    return answer == KYCAID_VERIFIED ? verified : rejected;
}

static bool read_answer(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                        struct err *err)
{
    struct kycaid_verdict verdict;
    uint64_t user_id;
    if (!kycaid_read(kycaid, job->reference, &verdict, err))
        return is_gone(err) || err->code == ERR_INVALID;
    if (!verdict.is_completed)
        return true; /* it calls back again */
    if (!profiles_by_applicant(call->db, verdict.applicant_id, &user_id, err))
        return is_gone(err);
    if (verdict.document != KYCAID_NOT_ASKED) {
        bool is_good = verdict.document == KYCAID_VERIFIED && verdict.facial == KYCAID_VERIFIED;
        if (!say(call, user_id, "document", is_good ? verified : rejected, true, err))
            return false;
    }
    return verdict.address == KYCAID_NOT_ASKED ||
           say(call, user_id, "address", value_of(verdict.address), true, err);
}

bool kyc_job_run(struct call *call, struct kycaid *kycaid, const struct kyc_job *job,
                 struct err *err)
{
    switch (job->kind) {
    case KYC_APPLICANT:
        return send_applicant(call, kycaid, job, err);
    case KYC_DOCUMENT:
        return send_documents(call, kycaid, job, err);
    case KYC_ADDRESS:
        return send_address(call, kycaid, job, err);
    case KYC_VERIFICATION:
        return read_answer(call, kycaid, job, err);
    }
    UNREACHABLE("every kind has its case");
    return false;
}
