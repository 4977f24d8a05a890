// The strict walk that comes before the library.
#ifndef CSMPP34_BODY_WALK_H
#define CSMPP34_BODY_WALK_H

#include "body_table.h"

// Finds every field of `body` in a PDU. On failure `*count` fields were found before the one at fault.
csmpp34_report csmpp34_walk_body(
    const csmpp34_body *body, const uint8_t *pdu, size_t length, csmpp34_extent *extents, size_t *count);

#endif
