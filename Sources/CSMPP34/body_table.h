// The fields of every mandatory body: where they are in our structs and in libsmpp34's, and what the library takes.
#ifndef CSMPP34_BODY_TABLE_H
#define CSMPP34_BODY_TABLE_H

#include "CSMPP34.h"

#include <stdbool.h>

// What libsmpp34 accepts in a field; anything else is hidden from it.
typedef enum { ACCEPTS_ANY, ACCEPTS_TON, ACCEPTS_NPI, ACCEPTS_VERSION } csmpp34_acceptance;

typedef struct {
    const char *name;
    csmpp34_kind kind;
    csmpp34_acceptance accepts;
    // Offset in our struct; of CSMPP34_OCTETS of the length octet, which the octets follow.
    uint16_t offset;
    // A text is taken that is shorter than this; so many octets are.
    uint16_t room;
    // The most octets that the standard allows.
    uint16_t limit;
    // The same in the library's struct.
    uint16_t library_offset, library_room;
} csmpp34_field;

typedef struct {
    uint32_t command_id;
    uint16_t body_size;
    uint8_t field_count;
    const csmpp34_field *fields;
} csmpp34_body;

// The body of a command; NULL where it has none here.
const csmpp34_body *csmpp34_find_body(uint32_t command_id);

static inline bool csmpp34_is_text(csmpp34_kind kind) {
    return kind == CSMPP34_TEXT || kind == CSMPP34_SECRET || kind == CSMPP34_ADDRESS;
}

// Whether the library accepts the value of a one-octet field (libsmpp34's def_list).
bool csmpp34_library_accepts(csmpp34_acceptance accepts, uint8_t value);

// A value that it does accept.
static inline uint8_t csmpp34_neutral(csmpp34_acceptance accepts) { return accepts == ACCEPTS_VERSION ? 0x34 : 0; }

#endif
