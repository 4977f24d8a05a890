#include "body_table.h"

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>

#define COUNT(array) (sizeof(array) / sizeof(array[0]))
#define SIZE(type, member) sizeof(((type *)0)->member)
#define FIELD(kind, accepts, ours, library, member)                                                                    \
    { #member, kind, accepts, offsetof(ours, member), SIZE(ours, member), offsetof(library, member),                   \
      SIZE(library, member) }
#define TEXT(ours, library, member) FIELD(CSMPP34_TEXT, ACCEPTS_ANY, ours, library, member)
#define SECRET(ours, library, member) FIELD(CSMPP34_SECRET, ACCEPTS_ANY, ours, library, member)
#define INTEGER(ours, library, member) FIELD(CSMPP34_INTEGER, ACCEPTS_ANY, ours, library, member)
#define TON(ours, library, member) FIELD(CSMPP34_INTEGER, ACCEPTS_TON, ours, library, member)
#define NPI(ours, library, member) FIELD(CSMPP34_INTEGER, ACCEPTS_NPI, ours, library, member)
#define VERSION(ours, library, member) FIELD(CSMPP34_INTEGER, ACCEPTS_VERSION, ours, library, member)
#define ADDRESS(ours, library, ton, npi, member)                                                                       \
    TON(ours, library, ton), NPI(ours, library, npi), FIELD(CSMPP34_ADDRESS, ACCEPTS_ANY, ours, library, member)
#define SOURCE(ours, library) ADDRESS(ours, library, source_addr_ton, source_addr_npi, source_addr)
#define DESTINATION(ours, library) ADDRESS(ours, library, dest_addr_ton, dest_addr_npi, destination_addr)

// Both structs keep the octets right behind their count, and the code relies on it.
_Static_assert(
    offsetof(csmpp34_short_message, short_message) == offsetof(csmpp34_short_message, sm_length) + 1, "adjacent");
_Static_assert(offsetof(submit_sm_t, short_message) == offsetof(submit_sm_t, sm_length) + 1, "adjacent");
_Static_assert(offsetof(deliver_sm_t, short_message) == offsetof(deliver_sm_t, sm_length) + 1, "adjacent");
#define MESSAGE(library)                                                                                               \
    { "short_message", CSMPP34_OCTETS, ACCEPTS_ANY, offsetof(csmpp34_short_message, sm_length),                        \
      SIZE(csmpp34_short_message, short_message), offsetof(library, sm_length), SIZE(library, short_message) }

#define BIND_FIELDS(library)                                                                                           \
    TEXT(csmpp34_bind, library, system_id), SECRET(csmpp34_bind, library, password),                                   \
        TEXT(csmpp34_bind, library, system_type), VERSION(csmpp34_bind, library, interface_version),                   \
        TON(csmpp34_bind, library, addr_ton), NPI(csmpp34_bind, library, addr_npi),                                    \
        FIELD(CSMPP34_ADDRESS, ACCEPTS_ANY, csmpp34_bind, library, address_range)
#define SHORT_MESSAGE_FIELDS(library)                                                                                  \
    TEXT(csmpp34_short_message, library, service_type), SOURCE(csmpp34_short_message, library),                        \
        DESTINATION(csmpp34_short_message, library), INTEGER(csmpp34_short_message, library, esm_class),               \
        INTEGER(csmpp34_short_message, library, protocol_id),                                                          \
        INTEGER(csmpp34_short_message, library, priority_flag),                                                        \
        TEXT(csmpp34_short_message, library, schedule_delivery_time),                                                  \
        TEXT(csmpp34_short_message, library, validity_period),                                                         \
        INTEGER(csmpp34_short_message, library, registered_delivery),                                                  \
        INTEGER(csmpp34_short_message, library, replace_if_present_flag),                                              \
        INTEGER(csmpp34_short_message, library, data_coding),                                                          \
        INTEGER(csmpp34_short_message, library, sm_default_msg_id), MESSAGE(library)

static const csmpp34_field receiver[] = {BIND_FIELDS(bind_receiver_t)};
static const csmpp34_field transmitter[] = {BIND_FIELDS(bind_transmitter_t)};
static const csmpp34_field transceiver[] = {BIND_FIELDS(bind_transceiver_t)};
static const csmpp34_field receiver_resp[] = {TEXT(csmpp34_bind_resp, bind_receiver_resp_t, system_id)};
static const csmpp34_field transmitter_resp[] = {TEXT(csmpp34_bind_resp, bind_transmitter_resp_t, system_id)};
static const csmpp34_field transceiver_resp[] = {TEXT(csmpp34_bind_resp, bind_transceiver_resp_t, system_id)};
static const csmpp34_field outbind[] = {
    TEXT(csmpp34_outbind, outbind_t, system_id),
    SECRET(csmpp34_outbind, outbind_t, password),
};
static const csmpp34_field submit[] = {SHORT_MESSAGE_FIELDS(submit_sm_t)};
static const csmpp34_field deliver[] = {SHORT_MESSAGE_FIELDS(deliver_sm_t)};
static const csmpp34_field submit_resp[] = {TEXT(csmpp34_message_resp, submit_sm_resp_t, message_id)};
static const csmpp34_field deliver_resp[] = {TEXT(csmpp34_message_resp, deliver_sm_resp_t, message_id)};
static const csmpp34_field data_resp[] = {TEXT(csmpp34_message_resp, data_sm_resp_t, message_id)};
static const csmpp34_field data[] = {
    TEXT(csmpp34_data, data_sm_t, service_type),       SOURCE(csmpp34_data, data_sm_t),
    DESTINATION(csmpp34_data, data_sm_t),              INTEGER(csmpp34_data, data_sm_t, esm_class),
    INTEGER(csmpp34_data, data_sm_t, registered_delivery), INTEGER(csmpp34_data, data_sm_t, data_coding),
};
static const csmpp34_field query[] = {
    TEXT(csmpp34_query, query_sm_t, message_id),
    SOURCE(csmpp34_query, query_sm_t),
};
static const csmpp34_field query_resp[] = {
    TEXT(csmpp34_query_resp, query_sm_resp_t, message_id),
    TEXT(csmpp34_query_resp, query_sm_resp_t, final_date),
    INTEGER(csmpp34_query_resp, query_sm_resp_t, message_state),
    INTEGER(csmpp34_query_resp, query_sm_resp_t, error_code),
};
static const csmpp34_field cancel[] = {
    TEXT(csmpp34_cancel, cancel_sm_t, service_type),
    TEXT(csmpp34_cancel, cancel_sm_t, message_id),
    SOURCE(csmpp34_cancel, cancel_sm_t),
    DESTINATION(csmpp34_cancel, cancel_sm_t),
};
static const csmpp34_field alert[] = {
    SOURCE(csmpp34_alert, alert_notification_t),
    ADDRESS(csmpp34_alert, alert_notification_t, esme_addr_ton, esme_addr_npi, esme_addr),
};

#define BODY(id, ours, fields)                                                                                         \
    { id, sizeof(ours), COUNT(fields), fields }
_Static_assert(COUNT(submit) <= CSMPP34_MAXIMUM_FIELDS, "the longest body");

static const csmpp34_body bodies[] = {
    BODY(SUBMIT_SM_RESP, csmpp34_message_resp, submit_resp),
    BODY(SUBMIT_SM, csmpp34_short_message, submit),
    BODY(DELIVER_SM, csmpp34_short_message, deliver),
    BODY(DELIVER_SM_RESP, csmpp34_message_resp, deliver_resp),
    BODY(DATA_SM, csmpp34_data, data),
    BODY(DATA_SM_RESP, csmpp34_message_resp, data_resp),
    BODY(BIND_RECEIVER, csmpp34_bind, receiver),
    BODY(BIND_TRANSMITTER, csmpp34_bind, transmitter),
    BODY(BIND_TRANSCEIVER, csmpp34_bind, transceiver),
    BODY(BIND_RECEIVER_RESP, csmpp34_bind_resp, receiver_resp),
    BODY(BIND_TRANSMITTER_RESP, csmpp34_bind_resp, transmitter_resp),
    BODY(BIND_TRANSCEIVER_RESP, csmpp34_bind_resp, transceiver_resp),
    BODY(OUTBIND, csmpp34_outbind, outbind),
    BODY(QUERY_SM, csmpp34_query, query),
    BODY(QUERY_SM_RESP, csmpp34_query_resp, query_resp),
    BODY(CANCEL_SM, csmpp34_cancel, cancel),
    BODY(ALERT_NOTIFICATION, csmpp34_alert, alert),
};

const csmpp34_body *csmpp34_find_body(uint32_t command_id) {
    for (size_t i = 0; i < COUNT(bodies); i++) {
        if (bodies[i].command_id == command_id) return &bodies[i];
    }
    return NULL;
}

bool csmpp34_library_accepts(csmpp34_acceptance accepts, uint8_t value) {
    switch (accepts) {
    case ACCEPTS_ANY: return true;
    case ACCEPTS_TON: return value <= TON_Abbreviated;
    case ACCEPTS_NPI:
        switch (value) {
        case NPI_Unknown:
        case NPI_ISDN_E163_E164:
        case NPI_Data_X121:
        case NPI_Telex_F69:
        case NPI_Land_Mobile_E212:
        case NPI_National:
        case NPI_Private:
        case NPI_ERMES:
        case NPI_Internet_IP:
        case NPI_WAP_Client_Id: return true;
        default: return false;
        }
    case ACCEPTS_VERSION: return value == SMPP_VERSION;
    }
    return false;
}
