// libsmpp34 itself: one call at a time in the whole process, on structs that it cannot outgrow.
#ifndef CSMPP34_LIBRARY_H
#define CSMPP34_LIBRARY_H

#include "body_table.h"

#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>

// What every struct of the library begins with.
typedef struct {
    uint32_t command_length, command_id, command_status, sequence_number;
} csmpp34_library_header;

// Room for any body that the library may see here. submit_multi and replace_sm are not among them.
typedef union {
    csmpp34_library_header header;
    uint8_t octets[sizeof(submit_sm_t)];
    submit_sm_t submit;
    deliver_sm_t deliver;
    submit_sm_resp_t submit_resp;
    data_sm_t data;
    data_sm_resp_t data_resp;
    bind_receiver_t receiver;
    bind_transmitter_t transmitter;
    bind_transceiver_t transceiver;
    bind_receiver_resp_t receiver_resp;
    bind_transmitter_resp_t transmitter_resp;
    bind_transceiver_resp_t transceiver_resp;
    outbind_t outbind;
    query_sm_t query;
    query_sm_resp_t query_resp;
    cancel_sm_t cancel;
    alert_notification_t alert;
} csmpp34_library_body;

// Packs `body`, whose TLV list must be empty. False where the library refuses.
bool csmpp34_library_pack(csmpp34_library_body *body, uint8_t *pdu, size_t room, size_t *written);

// Unpacks a walked, TLV-free PDU into `body`, which must be zeroed. False where the library refuses.
bool csmpp34_library_unpack(uint32_t command_id, const uint8_t *pdu, size_t length, csmpp34_library_body *body);

#endif
