#include "COpenSSL.h"

int cossl_context_basics(SSL_CTX *context, uint64_t options) {
    SSL_CTX_set_options(context, options);
    // NO_AUTO_CHAIN: else every full handshake searches the trust store for the chain again.
    SSL_CTX_set_mode(
        context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_default_passwd_cb(context, cossl_no_passphrase);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20")
        && SSL_CTX_set_ciphersuites(
            context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
}

int cossl_no_passphrase(char *buffer, int size, int writing, void *nothing) {
    (void)buffer, (void)size, (void)writing, (void)nothing;
    return -1;
}
