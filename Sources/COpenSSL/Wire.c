#include "COpenSSL.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>

/// A handshake's flight is the largest thing that may spill; a certificate chain of this size is a mistake.
#define SPILL_LIMIT (256 * 1024)

static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static int wire_read(BIO *bio, char *bytes, size_t size, size_t *used) {
    cossl_wire *wire = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (wire->input_left == 0) {
        BIO_set_retry_read(bio);
        *used = 0;
        return 0;
    }
    size_t count = size < wire->input_left ? size : wire->input_left;
    memcpy(bytes, wire->input, count);
    wire->input += count;
    wire->input_left -= count;
    *used = count;
    return 1;
}

static int spill(cossl_wire *wire, const char *bytes, size_t size) {
    if (size > SPILL_LIMIT - wire->spill_used) {
        return 0;
    }
    size_t needed = wire->spill_used + size;
    if (needed > wire->spill_size) {
        size_t larger = needed < 1024 ? 1024 : needed * 2;
        unsigned char *moved = OPENSSL_realloc(wire->spill, larger);
        if (moved == NULL) {
            return 0;
        }
        wire->spill = moved;
        wire->spill_size = larger;
    }
    memcpy(wire->spill + wire->spill_used, bytes, size);
    wire->spill_used = needed;
    return 1;
}

static int wire_write(BIO *bio, const char *bytes, size_t size, size_t *used) {
    cossl_wire *wire = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    // Once something has spilled, all that follows must: the order of the bytes is the order of the stream.
    size_t fits = wire->spill_used > 0 ? 0 : (size < wire->output_left ? size : wire->output_left);
    if (fits > 0) {
        memcpy(wire->output, bytes, fits);
        wire->output += fits;
        wire->output_left -= fits;
        wire->output_used += fits;
    }
    if (fits < size && !spill(wire, bytes + fits, size - fits)) {
        *used = 0;
        return 0;
    }
    *used = size;
    return 1;
}

static long wire_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int wire_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static void make_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "caller's buffers");
    if (made != NULL && BIO_meth_set_read_ex(made, wire_read) && BIO_meth_set_write_ex(made, wire_write)
        && BIO_meth_set_ctrl(made, wire_control) && BIO_meth_set_create(made, wire_create)) {
        method = made;
    }
}

SSL *cossl_new(SSL_CTX *context, cossl_wire *wire) {
    pthread_once(&method_once, make_method);
    if (method == NULL) {
        return NULL;
    }
    SSL *ssl = SSL_new(context);
    if (ssl == NULL) {
        return NULL;
    }
    BIO *bio = BIO_new(method);
    if (bio == NULL) {
        SSL_free(ssl);
        return NULL;
    }
    BIO_set_data(bio, wire);
    SSL_set_bio(ssl, bio, bio);
    return ssl;
}

static cossl_status status_of(SSL *ssl, int result) {
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_NONE: return COSSL_DONE;
    case SSL_ERROR_WANT_READ: return COSSL_WANT_INPUT;
    case SSL_ERROR_ZERO_RETURN: return COSSL_CLOSED;
    default: return COSSL_FAILED;
    }
}

/// OpenSSL wants an empty error queue before each operation. Emptying it costs 850 instructions, to see that it is empty 60.
static inline void clear_errors(void) {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

cossl_status cossl_handshake(SSL *ssl) {
    clear_errors();
    int result = SSL_do_handshake(ssl);
    return result == 1 ? COSSL_DONE : status_of(ssl, result);
}

cossl_status cossl_read(SSL *ssl, cossl_wire *wire, unsigned char *bytes, size_t size, size_t *used) {
    *used = 0;
    while (*used < size) {
        size_t count = 0;
        clear_errors();
        int result = SSL_read_ex(ssl, bytes + *used, size - *used, &count);
        if (result != 1) {
            return status_of(ssl, result);
        }
        *used += count;
        // Without read-ahead OpenSSL takes whole records: nothing left here and nothing pending there is the end.
        if (wire->input_left == 0 && !SSL_has_pending(ssl)) {
            return COSSL_WANT_INPUT;
        }
    }
    return COSSL_FULL;
}

cossl_status cossl_write(SSL *ssl, const unsigned char *bytes, size_t size) {
    while (size > 0) {
        size_t part = size < COSSL_RECORD_SIZE ? size : COSSL_RECORD_SIZE;
        size_t count = 0;
        clear_errors();
        // The wire takes everything, so a partial or a waiting write is a failure like any other.
        if (SSL_write_ex(ssl, bytes, part, &count) != 1 || count != part) {
            return COSSL_FAILED;
        }
        bytes += part;
        size -= part;
    }
    return COSSL_DONE;
}

cossl_status cossl_close(SSL *ssl) {
    clear_errors();
    return SSL_shutdown(ssl) < 0 ? COSSL_FAILED : COSSL_DONE;
}

void cossl_wire_drop_spill(cossl_wire *wire) {
    OPENSSL_free(wire->spill);
    wire->spill = NULL;
    wire->spill_used = 0;
    wire->spill_size = 0;
}
