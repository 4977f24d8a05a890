// What Swift cannot import from OpenSSL by itself: its macros and variadic functions, and the BIO between an SSL and
// the caller's buffers. Everything named `cossl_` is ours; the rest is OpenSSL's own API.
#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// MARK: The BIO (Wire.c)

/// Where an SSL reads and writes: regions lent by the caller for the length of one call. Output that does not fit
/// goes to `spill`, which the caller empties after the call; so OpenSSL never has to wait to write, and an alert is
/// never lost.
typedef struct cossl_wire {
    const unsigned char *input;
    size_t input_left;
    unsigned char *output;
    size_t output_left;
    size_t output_used;
    unsigned char *spill;
    size_t spill_used;
    size_t spill_size;
} cossl_wire;

/// How a call on an SSL ended.
typedef enum cossl_status {
    COSSL_DONE = 0,        // it did all it was asked to
    COSSL_WANT_INPUT = 1,  // the input is used up
    COSSL_FULL = 2,        // the destination is full and there is more
    COSSL_CLOSED = 3,      // the peer's close_notify was read
    COSSL_FAILED = 4       // see the error queue
} cossl_status;

/// A new SSL whose only BIO is `wire`, which must outlive it. NULL when there is no memory.
SSL *cossl_new(SSL_CTX *context, cossl_wire *wire);
/// Runs the handshake: DONE, WANT_INPUT or FAILED.
cossl_status cossl_handshake(SSL *ssl);
/// Decrypts the wire's input into `bytes` until it is used up or `bytes` is full; `used` counts the bytes written.
cossl_status cossl_read(SSL *ssl, cossl_wire *wire, unsigned char *bytes, size_t size, size_t *used);
/// Encrypts all of `bytes`, in records of at most 16 KiB: DONE or FAILED.
cossl_status cossl_write(SSL *ssl, const unsigned char *bytes, size_t size);
/// Sends close_notify: DONE, or FAILED.
cossl_status cossl_close(SSL *ssl);
/// Frees what did not fit into the caller's region.
void cossl_wire_drop_spill(cossl_wire *wire);

// MARK: Constants that Swift does not see

static const uint64_t COSSL_OP_SERVER =
    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
static const uint64_t COSSL_OP_CLIENT = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
static const size_t COSSL_RECORD_SIZE = SSL3_RT_MAX_PLAIN_LENGTH;

// MARK: Macros

/// The modes, options, versions, groups and ciphers every context of ours has. 1, or 0 with the error queue filled.
int cossl_context_basics(SSL_CTX *context, uint64_t options);
/// Never asks anybody for the passphrase of an encrypted key: such a key fails to load.
int cossl_no_passphrase(char *buffer, int size, int writing, void *nothing);

/// A name or an address (SAN; without any, the common name at place 0) of the certificate that the handshake refused.
/// Returns its length without an end, or 0 where there is none at that place.
int cossl_refused_name(SSL *ssl, int place, char *name, size_t size);
/// A distinguished name in printable ASCII (RFC 4514, other octets escaped), cut at `size`. Returns its length without an end.
int cossl_name_text(const X509_NAME *name, char *text, size_t size);

static inline void cossl_use_tickets_of_client(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline void cossl_session_cache_off(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

typedef int (*cossl_ticket_callback)(
    SSL *, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypting);

static inline void cossl_set_ticket_callback(SSL_CTX *context, cossl_ticket_callback callback) {
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, callback);
}

static inline int cossl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline EVP_PKEY *cossl_generate_p256(void) {
    return EVP_EC_gen("P-256");
}

static inline int cossl_mac_init_hmac_sha256(EVP_MAC_CTX *context, const unsigned char *key, size_t size) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_init(context, key, size, parameters);
}

/// What a ticket callback's MAC context needs: the digest and the key, without starting it.
static inline int cossl_mac_set_hmac_sha256(EVP_MAC_CTX *context, unsigned char *key, size_t size) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, size),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(context, parameters);
}

#endif
