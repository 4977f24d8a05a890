#include "body_table.h"
#include "library.h"

#include <string.h>

// The library's pack refuses a count that equals its array's size.
static bool library_expresses(const csmpp34_field *field, size_t length) {
    return length < field->library_room || field->kind == CSMPP34_INTEGER;
}

// How many octets the field has on the wire besides a text's NUL or the octets' count.
static size_t value_length(const csmpp34_field *field, const uint8_t *ours) {
    if (csmpp34_is_text(field->kind)) {
        const uint8_t *text = ours + field->offset;
        const uint8_t *nul = memchr(text, 0, field->room);
        return nul ? (size_t)(nul - text) : field->room;
    }
    if (field->kind == CSMPP34_OCTETS) return ours[field->offset];
    return 1;
}

static size_t wire_length(const csmpp34_field *field, size_t length) {
    return field->kind == CSMPP34_INTEGER ? 1 : length + 1;
}

// A secret stays out of the library's log: it packs as many other octets.
static bool is_hidden(const csmpp34_field *field, const uint8_t *ours) {
    if (field->kind == CSMPP34_SECRET) return true;
    return field->kind == CSMPP34_INTEGER && !csmpp34_library_accepts(field->accepts, ours[field->offset]);
}

static void write_field(const csmpp34_field *field, const uint8_t *ours, size_t length, uint8_t *wire) {
    // A text's NUL and the octets' count stand in our struct as on the wire.
    memcpy(wire, ours + field->offset, wire_length(field, length));
}

static void fill_library(
    const csmpp34_body *body, const uint8_t *ours, const size_t *lengths, csmpp34_library_body *library) {
    library->header.command_id = body->command_id;
    library->header.sequence_number = 1;
    for (size_t i = 0; i < body->field_count; i++) {
        const csmpp34_field *field = &body->fields[i];
        uint8_t *theirs = library->octets + field->library_offset;
        if (!is_hidden(field, ours)) {
            memcpy(theirs, ours + field->offset, wire_length(field, lengths[i]));
        } else if (field->kind == CSMPP34_SECRET) {
            memset(theirs, '*', lengths[i]);
        } else {
            *theirs = csmpp34_neutral(field->accepts);
        }
    }
}

// The one place that chooses: true after the library has packed the whole, hidden fields patched.
static bool pack_by_library(
    const csmpp34_body *body, const uint8_t *ours, const size_t *lengths, size_t total, uint8_t *pdu, size_t room) {
    for (size_t i = 0; i < body->field_count; i++) {
        if (!library_expresses(&body->fields[i], lengths[i])) return false;
    }
    csmpp34_library_body library;
    memset(&library, 0, sizeof library);
    fill_library(body, ours, lengths, &library);
    size_t written = 0;
    if (!csmpp34_library_pack(&library, pdu, room, &written) || written != total) return false;
    size_t offset = CSMPP34_HEADER_LENGTH;
    for (size_t i = 0; i < body->field_count; i++) {
        const csmpp34_field *field = &body->fields[i];
        if (is_hidden(field, ours)) write_field(field, ours, lengths[i], pdu + offset);
        offset += wire_length(field, lengths[i]);
    }
    return true;
}

static void pack_by_shim(
    const csmpp34_body *body, const uint8_t *ours, const size_t *lengths, size_t total, uint8_t *pdu) {
    const uint32_t words[4] = {(uint32_t)total, body->command_id, 0, 1};
    for (size_t i = 0; i < CSMPP34_HEADER_LENGTH; i++) pdu[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
    size_t offset = CSMPP34_HEADER_LENGTH;
    for (size_t i = 0; i < body->field_count; i++) {
        write_field(&body->fields[i], ours, lengths[i], pdu + offset);
        offset += wire_length(&body->fields[i], lengths[i]);
    }
}

csmpp34_report csmpp34_pack(uint32_t command_id, const void *body, size_t body_size, uint8_t *pdu, size_t room) {
    csmpp34_report report = {.outcome = CSMPP34_OK, .end = CSMPP34_HEADER_LENGTH};
    const csmpp34_body *description = csmpp34_find_body(command_id);
    if (!description || description->body_size != body_size) {
        report.outcome = CSMPP34_NO_SUCH_BODY;
        return report;
    }
    const uint8_t *ours = body;
    size_t lengths[CSMPP34_MAXIMUM_FIELDS];
    for (size_t i = 0; i < description->field_count; i++) {
        const csmpp34_field *field = &description->fields[i];
        lengths[i] = value_length(field, ours);
        report.field_offset = report.end;
        report.field = field->name;
        if (csmpp34_is_text(field->kind) && lengths[i] >= field->room) report.outcome = CSMPP34_TOO_LONG;
        if (field->kind == CSMPP34_OCTETS && lengths[i] > field->room) report.outcome = CSMPP34_BAD_LENGTH;
        if (report.outcome != CSMPP34_OK) return report;
        report.end += wire_length(field, lengths[i]);
    }
    report.field = NULL;
    report.field_offset = 0;
    if (room <= report.end || room > INT32_MAX) {
        report.outcome = CSMPP34_NO_ROOM;
        return report;
    }
    report.by_library = pack_by_library(description, ours, lengths, report.end, pdu, room);
    if (!report.by_library) pack_by_shim(description, ours, lengths, report.end, pdu);
    return report;
}
