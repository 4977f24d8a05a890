#include "library.h"

#include <pthread.h>

// pack and unpack log into one global buffer through one global pointer: two calls at once corrupt memory even on valid
// PDUs. The log is short as long as no TLVs are parsed, and is never read.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool csmpp34_library_pack(csmpp34_library_body *body, uint8_t *pdu, size_t room, size_t *written) {
    int length = 0;
    pthread_mutex_lock(&lock);
    int result = smpp34_pack(body->header.command_id, pdu, (int)room, &length, body);
    pthread_mutex_unlock(&lock);
    *written = length > 0 ? (size_t)length : 0;
    return result == 0;
}

bool csmpp34_library_unpack(uint32_t command_id, const uint8_t *pdu, size_t length, csmpp34_library_body *body) {
    pthread_mutex_lock(&lock);
    int result = smpp34_unpack(command_id, body, pdu, (int)length);
    pthread_mutex_unlock(&lock);
    return result == 0;
}
