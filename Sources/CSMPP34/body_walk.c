#include "body_walk.h"

#include <string.h>

// Finds one field that begins at `extent->offset`; `*next` is where the following one begins.
static csmpp34_outcome walk_text(
    const csmpp34_field *field, const uint8_t *pdu, size_t length, bool is_last, csmpp34_extent *extent, size_t *next) {
    size_t left = length - extent->offset;
    const uint8_t *start = pdu + extent->offset;
    const uint8_t *nul = left > 0 ? memchr(start, 0, left) : NULL;
    extent->length = nul ? (size_t)(nul - start) : left;
    if (extent->length >= field->room) return CSMPP34_TOO_LONG;
    if (!nul && !is_last) return CSMPP34_TRUNCATED;
    *next = extent->offset + extent->length + (nul ? 1 : 0);
    return CSMPP34_OK;
}

static csmpp34_outcome walk_octets(
    const csmpp34_field *field, const uint8_t *pdu, size_t length, csmpp34_extent *extent, size_t *next) {
    if (extent->offset >= length) return CSMPP34_TRUNCATED;
    extent->length = pdu[extent->offset];
    if (extent->length > field->room) return CSMPP34_BAD_LENGTH;
    extent->offset += 1;
    if (extent->length > length - extent->offset) return CSMPP34_BAD_LENGTH;
    *next = extent->offset + extent->length;
    return CSMPP34_OK;
}

static csmpp34_outcome walk_integer(size_t length, csmpp34_extent *extent, size_t *next) {
    if (extent->offset >= length) return CSMPP34_TRUNCATED;
    extent->length = 1;
    *next = extent->offset + 1;
    return CSMPP34_OK;
}

csmpp34_report csmpp34_walk_body(
    const csmpp34_body *body, const uint8_t *pdu, size_t length, csmpp34_extent *extents, size_t *count) {
    csmpp34_report report = {.outcome = CSMPP34_OK, .end = CSMPP34_HEADER_LENGTH};
    *count = 0;
    if (length < CSMPP34_HEADER_LENGTH) {
        report.outcome = CSMPP34_TRUNCATED;
        return report;
    }
    for (size_t i = 0; i < body->field_count; i++) {
        const csmpp34_field *field = &body->fields[i];
        csmpp34_extent extent = {
            .name = field->name, .kind = field->kind, .offset = report.end, .limit = field->limit};
        size_t next = report.end;
        if (csmpp34_is_text(field->kind)) {
            report.outcome = walk_text(field, pdu, length, i + 1 == body->field_count, &extent, &next);
        } else if (field->kind == CSMPP34_OCTETS) {
            report.outcome = walk_octets(field, pdu, length, &extent, &next);
        } else {
            report.outcome = walk_integer(length, &extent, &next);
        }
        if (report.outcome != CSMPP34_OK) {
            report.field = report.outcome == CSMPP34_BAD_LENGTH ? "sm_length" : field->name;
            report.field_offset = report.end;
            return report;
        }
        if (!report.overlong && extent.length > field->limit) {
            report.overlong = field->name;
            report.overlong_offset = extent.offset;
        }
        extents[(*count)++] = extent;
        report.end = next;
    }
    return report;
}

csmpp34_report csmpp34_walk(
    uint32_t command_id, const uint8_t *pdu, size_t length, csmpp34_extent *extents, size_t *count) {
    const csmpp34_body *body = csmpp34_find_body(command_id);
    *count = 0;
    if (!body) return (csmpp34_report){.outcome = CSMPP34_NO_SUCH_BODY};
    return csmpp34_walk_body(body, pdu, length, extents, count);
}
