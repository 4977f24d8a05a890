/// Mandatory bodies of SMPP 3.4 PDUs, packed and unpacked by libsmpp34 where it can and by this shim where it cannot.
///
/// Nothing of libsmpp34 shows here. The shim walks every body before the library sees it, holds the library's one
/// lock, and never hands it a header, a TLV or a password: status, sequence number and secrets are patched around it.
#ifndef CSMPP34_H
#define CSMPP34_H

#include <stddef.h>
#include <stdint.h>

/// Octets of the header of every PDU (SMPP 3.4 §3.2).
enum { CSMPP34_HEADER_LENGTH = 16 };
/// No header and mandatory body packed by `csmpp34_pack` is longer; one octet is the library's spare.
enum { CSMPP34_MAXIMUM_PACKED = 640 };
/// No command has more mandatory fields.
enum { CSMPP34_MAXIMUM_FIELDS = 20 };

// The bodies. Texts are C strings. Their rooms are the standard's limits, NUL included, or more where a peer's overlong text is
// taken: an id is the only name of an accepted message, and a receipt must not be lost for its service_type.

/// `bind_receiver`, `bind_transmitter`, `bind_transceiver` (§4.1).
typedef struct {
    uint8_t system_id[16], password[65], system_type[13];
    uint8_t interface_version, addr_ton, addr_npi;
    uint8_t address_range[41];
} csmpp34_bind;

/// Their responses (§4.1.2).
typedef struct {
    uint8_t system_id[256];
} csmpp34_bind_resp;

/// `outbind` (§4.1.7).
typedef struct {
    uint8_t system_id[16], password[65];
} csmpp34_outbind;

/// `submit_sm` and `deliver_sm` (§4.4.1, §4.6.1). `short_message` holds `sm_length` octets: 254 at most by the
/// standard, and 255 in the `deliver_sm` of some carriers.
typedef struct {
    uint8_t service_type[65];
    uint8_t source_addr_ton, source_addr_npi, source_addr[65];
    uint8_t dest_addr_ton, dest_addr_npi, destination_addr[65];
    uint8_t esm_class, protocol_id, priority_flag;
    uint8_t schedule_delivery_time[65], validity_period[65];
    uint8_t registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id;
    uint8_t sm_length, short_message[255];
} csmpp34_short_message;

/// `submit_sm_resp`, `deliver_sm_resp`, `data_sm_resp` (§4.4.2, §4.6.2, §4.7.2).
typedef struct {
    uint8_t message_id[256];
} csmpp34_message_resp;

/// `data_sm` (§4.7.1).
typedef struct {
    uint8_t service_type[65];
    uint8_t source_addr_ton, source_addr_npi, source_addr[65];
    uint8_t dest_addr_ton, dest_addr_npi, destination_addr[65];
    uint8_t esm_class, registered_delivery, data_coding;
} csmpp34_data;

/// `query_sm` (§4.8.1).
typedef struct {
    uint8_t message_id[65];
    uint8_t source_addr_ton, source_addr_npi, source_addr[21];
} csmpp34_query;

/// `query_sm_resp` (§4.8.2).
typedef struct {
    uint8_t message_id[256], final_date[17];
    uint8_t message_state, error_code;
} csmpp34_query_resp;

/// `cancel_sm` (§4.9.1).
typedef struct {
    uint8_t service_type[6], message_id[65];
    uint8_t source_addr_ton, source_addr_npi, source_addr[21];
    uint8_t dest_addr_ton, dest_addr_npi, destination_addr[21];
} csmpp34_cancel;

/// `alert_notification` (§4.12.1).
typedef struct {
    uint8_t source_addr_ton, source_addr_npi, source_addr[65];
    uint8_t esme_addr_ton, esme_addr_npi, esme_addr[65];
} csmpp34_alert;

#define CSMPP34_SWIFT(name) __attribute__((swift_name(#name)))

/// How a call ended.
typedef enum __attribute__((enum_extensibility(closed))) {
    CSMPP34_OK CSMPP34_SWIFT(ok),
    /// The command has no mandatory body here, or the body is not of the command's type.
    CSMPP34_NO_SUCH_BODY CSMPP34_SWIFT(noSuchBody),
    /// The destination has less room than the PDU and one spare octet need.
    CSMPP34_NO_ROOM CSMPP34_SWIFT(noRoom),
    /// The body ends inside or before `field`.
    CSMPP34_TRUNCATED CSMPP34_SWIFT(truncated),
    /// The text in `field` is longer than the standard lets it be.
    CSMPP34_TOO_LONG CSMPP34_SWIFT(tooLong),
    /// `sm_length` is more than the octets that follow, or 255 where that is not taken.
    CSMPP34_BAD_LENGTH CSMPP34_SWIFT(badLength),
} csmpp34_outcome;

/// What a call found.
typedef struct {
    csmpp34_outcome outcome;
    /// Whether libsmpp34 did the work; otherwise the shim did, because the library refuses such bodies.
    uint8_t by_library;
    /// The field at fault, a static string; NULL where none is.
    const char *field;
    /// Where that field begins, from the start of the PDU.
    size_t field_offset;
    /// Where the mandatory body ends, from the start of the PDU: the length of what was packed, the offset of the TLVs.
    size_t end;
    /// The first text that is longer than the standard lets it be and was taken, and where it begins; NULL where none is.
    const char *overlong;
    size_t overlong_offset;
} csmpp34_report;

/// What kind of field it is, and with that how its octets are to be read.
typedef enum __attribute__((enum_extensibility(closed))) {
    CSMPP34_TEXT CSMPP34_SWIFT(text),
    CSMPP34_SECRET CSMPP34_SWIFT(secret),
    CSMPP34_ADDRESS CSMPP34_SWIFT(address),
    CSMPP34_INTEGER CSMPP34_SWIFT(integer),
    CSMPP34_OCTETS CSMPP34_SWIFT(octets),
} csmpp34_kind;

/// Where a mandatory field stands in a PDU. `length` counts neither a text's NUL nor `sm_length`'s own octet.
typedef struct {
    const char *name;
    csmpp34_kind kind;
    size_t offset;
    size_t length;
    /// The most octets that the standard allows.
    size_t limit;
} csmpp34_extent;

/// Packs a header and `body` into `pdu`. Only `command_length` and `command_id` of that header mean anything.
/// `body` must be the command's struct above, which `body_size` is checked against.
csmpp34_report csmpp34_pack(uint32_t command_id, const void *body, size_t body_size, uint8_t *pdu, size_t room);

/// Unpacks the mandatory body of a whole PDU of `length` octets; its header is not looked at. `body` as above.
/// A NUL that is missing at the very end of the body is supplied.
csmpp34_report csmpp34_unpack(
    uint32_t command_id, const uint8_t *pdu, size_t length, void *body, size_t body_size);

/// Finds the mandatory fields of a whole PDU, up to the first one at fault. `extents` has CSMPP34_MAXIMUM_FIELDS.
csmpp34_report csmpp34_walk(
    uint32_t command_id, const uint8_t *pdu, size_t length, csmpp34_extent *extents, size_t *count);

#endif
