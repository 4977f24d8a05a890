#include "body_table.h"

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>

#define COUNT(array) (sizeof(array) / sizeof(array[0]))
#define SIZE(type, member) sizeof(((type *)0)->member)
// How much of a text is taken: what the standard allows, or what our struct holds.
#define STRICT(ours, member, limit) ((limit) + 1)
#define LENIENT(ours, member, limit) SIZE(ours, member)
#define STRING(kind, ours, library, member, limit, taken)                                                              \
    { #member, kind, ACCEPTS_ANY, offsetof(ours, member), taken(ours, member, limit), limit, offsetof(library, member), \
      SIZE(library, member) }
#define TEXT(ours, library, member, limit, taken) STRING(CSMPP34_TEXT, ours, library, member, limit, taken)
// Longer than the standard's 8 octets: some carriers give out such passwords.
#define PASSWORD(ours, library) STRING(CSMPP34_SECRET, ours, library, password, 8, LENIENT)
#define OCTET(accepts, ours, library, member)                                                                          \
    { #member, CSMPP34_INTEGER, accepts, offsetof(ours, member), 1, 1, offsetof(library, member), 1 }
#define INTEGER(ours, library, member) OCTET(ACCEPTS_ANY, ours, library, member)
#define VERSION(ours, library, member) OCTET(ACCEPTS_VERSION, ours, library, member)
#define NUMBERING(ours, library, ton, npi)                                                                             \
    OCTET(ACCEPTS_TON, ours, library, ton), OCTET(ACCEPTS_NPI, ours, library, npi)
#define ADDRESS(ours, library, ton, npi, member, limit, taken)                                                         \
    NUMBERING(ours, library, ton, npi), STRING(CSMPP34_ADDRESS, ours, library, member, limit, taken)
#define SOURCE(ours, library, limit, taken)                                                                            \
    ADDRESS(ours, library, source_addr_ton, source_addr_npi, source_addr, limit, taken)
#define DESTINATION(ours, library, limit, taken)                                                                       \
    ADDRESS(ours, library, dest_addr_ton, dest_addr_npi, destination_addr, limit, taken)

// Both structs keep the octets right behind their count, and the code relies on it.
_Static_assert(
    offsetof(csmpp34_short_message, short_message) == offsetof(csmpp34_short_message, sm_length) + 1, "adjacent");
_Static_assert(offsetof(submit_sm_t, short_message) == offsetof(submit_sm_t, sm_length) + 1, "adjacent");
_Static_assert(offsetof(deliver_sm_t, short_message) == offsetof(deliver_sm_t, sm_length) + 1, "adjacent");
#define MESSAGE(library, room)                                                                                         \
    { "short_message", CSMPP34_OCTETS, ACCEPTS_ANY, offsetof(csmpp34_short_message, sm_length), room, 254,             \
      offsetof(library, sm_length), SIZE(library, short_message) }

#define BIND_FIELDS(library)                                                                                           \
    TEXT(csmpp34_bind, library, system_id, 15, STRICT), PASSWORD(csmpp34_bind, library),                               \
        TEXT(csmpp34_bind, library, system_type, 12, STRICT), VERSION(csmpp34_bind, library, interface_version),       \
        ADDRESS(csmpp34_bind, library, addr_ton, addr_npi, address_range, 40, STRICT)
// An SMSC may be as strict as the standard; what it brings is taken.
#define SHORT_MESSAGE_FIELDS(library, taken, room)                                                                           \
    TEXT(csmpp34_short_message, library, service_type, 5, taken), SOURCE(csmpp34_short_message, library, 20, taken),   \
        DESTINATION(csmpp34_short_message, library, 20, taken), INTEGER(csmpp34_short_message, library, esm_class),    \
        INTEGER(csmpp34_short_message, library, protocol_id),                                                          \
        INTEGER(csmpp34_short_message, library, priority_flag),                                                        \
        TEXT(csmpp34_short_message, library, schedule_delivery_time, 16, taken),                                       \
        TEXT(csmpp34_short_message, library, validity_period, 16, taken),                                              \
        INTEGER(csmpp34_short_message, library, registered_delivery),                                                  \
        INTEGER(csmpp34_short_message, library, replace_if_present_flag),                                              \
        INTEGER(csmpp34_short_message, library, data_coding),                                                          \
        INTEGER(csmpp34_short_message, library, sm_default_msg_id), MESSAGE(library, room)

static const csmpp34_field receiver[] = {BIND_FIELDS(bind_receiver_t)};
static const csmpp34_field transmitter[] = {BIND_FIELDS(bind_transmitter_t)};
static const csmpp34_field transceiver[] = {BIND_FIELDS(bind_transceiver_t)};
static const csmpp34_field receiver_resp[] = {TEXT(csmpp34_bind_resp, bind_receiver_resp_t, system_id, 15, LENIENT)};
static const csmpp34_field transmitter_resp[] = {
    TEXT(csmpp34_bind_resp, bind_transmitter_resp_t, system_id, 15, LENIENT)};
static const csmpp34_field transceiver_resp[] = {
    TEXT(csmpp34_bind_resp, bind_transceiver_resp_t, system_id, 15, LENIENT)};
static const csmpp34_field outbind[] = {
    TEXT(csmpp34_outbind, outbind_t, system_id, 15, STRICT),
    PASSWORD(csmpp34_outbind, outbind_t),
};
static const csmpp34_field submit[] = {SHORT_MESSAGE_FIELDS(submit_sm_t, STRICT, 254)};
static const csmpp34_field deliver[] = {SHORT_MESSAGE_FIELDS(deliver_sm_t, LENIENT, SIZE(csmpp34_short_message, short_message))};
static const csmpp34_field submit_resp[] = {TEXT(csmpp34_message_resp, submit_sm_resp_t, message_id, 64, LENIENT)};
static const csmpp34_field deliver_resp[] = {TEXT(csmpp34_message_resp, deliver_sm_resp_t, message_id, 64, LENIENT)};
static const csmpp34_field data_resp[] = {TEXT(csmpp34_message_resp, data_sm_resp_t, message_id, 64, LENIENT)};
static const csmpp34_field data[] = {
    TEXT(csmpp34_data, data_sm_t, service_type, 5, LENIENT),
    SOURCE(csmpp34_data, data_sm_t, 64, STRICT),
    DESTINATION(csmpp34_data, data_sm_t, 64, STRICT),
    INTEGER(csmpp34_data, data_sm_t, esm_class),
    INTEGER(csmpp34_data, data_sm_t, registered_delivery),
    INTEGER(csmpp34_data, data_sm_t, data_coding),
};
static const csmpp34_field query[] = {
    TEXT(csmpp34_query, query_sm_t, message_id, 64, STRICT),
    SOURCE(csmpp34_query, query_sm_t, 20, STRICT),
};
static const csmpp34_field query_resp[] = {
    TEXT(csmpp34_query_resp, query_sm_resp_t, message_id, 64, LENIENT),
    TEXT(csmpp34_query_resp, query_sm_resp_t, final_date, 16, STRICT),
    INTEGER(csmpp34_query_resp, query_sm_resp_t, message_state),
    INTEGER(csmpp34_query_resp, query_sm_resp_t, error_code),
};
static const csmpp34_field cancel[] = {
    TEXT(csmpp34_cancel, cancel_sm_t, service_type, 5, STRICT),
    TEXT(csmpp34_cancel, cancel_sm_t, message_id, 64, STRICT),
    SOURCE(csmpp34_cancel, cancel_sm_t, 20, STRICT),
    DESTINATION(csmpp34_cancel, cancel_sm_t, 20, STRICT),
};
static const csmpp34_field alert[] = {
    SOURCE(csmpp34_alert, alert_notification_t, 64, STRICT),
    ADDRESS(csmpp34_alert, alert_notification_t, esme_addr_ton, esme_addr_npi, esme_addr, 64, STRICT),
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
