#include "body_walk.h"
#include "library.h"

#include <string.h>

// Header, and every body with each text at the library's limit.
enum { MAXIMUM_FRAME = CSMPP34_HEADER_LENGTH + sizeof(csmpp34_library_body) };

// What the library would refuse, or may not log, is taken from the walk instead.
static bool is_hidden(const csmpp34_field *field, const uint8_t *pdu, const csmpp34_extent *extent) {
    if (field->kind == CSMPP34_SECRET) return true;
    if (field->kind == CSMPP34_INTEGER) return !csmpp34_library_accepts(field->accepts, pdu[extent->offset]);
    if (field->kind == CSMPP34_OCTETS) return extent->length > field->library_room;
    return extent->length >= field->library_room;
}

static void copy_from_walk(const csmpp34_field *field, const uint8_t *pdu, const csmpp34_extent *extent, uint8_t *ours) {
    uint8_t *target = ours + field->offset;
    if (field->kind == CSMPP34_OCTETS) *target++ = (uint8_t)extent->length;
    memcpy(target, pdu + extent->offset, extent->length);
}

// A PDU of the same command that the library takes: status 0, sequence 1, hidden fields empty or neutral, no TLVs.
static size_t write_frame(
    const csmpp34_body *body, const uint8_t *pdu, const csmpp34_extent *extents, uint8_t frame[MAXIMUM_FRAME]) {
    size_t end = CSMPP34_HEADER_LENGTH;
    for (size_t i = 0; i < body->field_count; i++) {
        const csmpp34_field *field = &body->fields[i];
        bool hidden = is_hidden(field, pdu, &extents[i]);
        if (field->kind == CSMPP34_INTEGER) {
            frame[end++] = hidden ? csmpp34_neutral(field->accepts) : pdu[extents[i].offset];
            continue;
        }
        size_t length = hidden ? 0 : extents[i].length;
        if (field->kind == CSMPP34_OCTETS) frame[end++] = (uint8_t)length;
        memcpy(frame + end, pdu + extents[i].offset, length);
        end += length;
        if (csmpp34_is_text(field->kind)) frame[end++] = 0;
    }
    const uint32_t words[4] = {(uint32_t)end, body->command_id, 0, 1};
    for (size_t i = 0; i < CSMPP34_HEADER_LENGTH; i++) frame[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
    return end;
}

// The one place that chooses: fields that the library unpacked replace those of the walk.
static bool unpack_by_library(
    const csmpp34_body *body, const uint8_t *pdu, const csmpp34_extent *extents, uint8_t *ours) {
    uint8_t frame[MAXIMUM_FRAME];
    size_t length = write_frame(body, pdu, extents, frame);
    csmpp34_library_body library;
    memset(&library, 0, sizeof library);
    if (!csmpp34_library_unpack(body->command_id, frame, length, &library)) return false;
    for (size_t i = 0; i < body->field_count; i++) {
        const csmpp34_field *field = &body->fields[i];
        if (is_hidden(field, pdu, &extents[i])) continue;
        size_t size = field->kind == CSMPP34_INTEGER ? 1 : extents[i].length + 1;
        memcpy(ours + field->offset, library.octets + field->library_offset, size);
    }
    return true;
}

csmpp34_report csmpp34_unpack(
    uint32_t command_id, const uint8_t *pdu, size_t length, void *body, size_t body_size) {
    const csmpp34_body *description = csmpp34_find_body(command_id);
    if (!description || description->body_size != body_size) {
        return (csmpp34_report){.outcome = CSMPP34_NO_SUCH_BODY};
    }
    csmpp34_extent extents[CSMPP34_MAXIMUM_FIELDS];
    size_t count = 0;
    csmpp34_report report = csmpp34_walk_body(description, pdu, length, extents, &count);
    memset(body, 0, body_size);
    if (report.outcome != CSMPP34_OK) return report;
    for (size_t i = 0; i < count; i++) copy_from_walk(&description->fields[i], pdu, &extents[i], body);
    report.by_library = unpack_by_library(description, pdu, extents, body);
    return report;
}
