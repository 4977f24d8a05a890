#include "COpenSSL.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

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

// Printable ASCII only: the peer wrote it, and it goes to logs and terminals.
static int copy_name(const unsigned char *bytes, int length, char *name, size_t size) {
    int used = 0;
    for (int place = 0; place < length && (size_t)used < size; place++)
        if (isgraph(bytes[place]) && bytes[place] < 0x7F) name[used++] = (char)bytes[place];
    return used;
}

static int copy_alternative(const GENERAL_NAME *alternative, char *name, size_t size) {
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(alternative, &type);
    const unsigned char *bytes = ASN1_STRING_get0_data(value);
    int length = ASN1_STRING_length(value);
    if (type == GEN_DNS) return copy_name(bytes, length, name, size);
    char text[INET6_ADDRSTRLEN];
    if (!inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text)) return 0;
    return copy_name((const unsigned char *)text, (int)strlen(text), name, size);
}

int cossl_refused_name(SSL *ssl, int place, char *name, size_t size) {
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    X509 *certificate = chain && sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : NULL;
    if (!certificate) return 0;
    int used = 0, seen = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; names && index < sk_GENERAL_NAME_num(names) && !used; index++) {
        const GENERAL_NAME *alternative = sk_GENERAL_NAME_value(names, index);
        int is_address = alternative->type == GEN_IPADD
            && (ASN1_STRING_length(alternative->d.iPAddress) == 4 || ASN1_STRING_length(alternative->d.iPAddress) == 16);
        if (alternative->type != GEN_DNS && !is_address) continue;
        if (seen++ == place) used = copy_alternative(alternative, name, size);
    }
    GENERAL_NAMES_free(names);
    if (seen > 0 || place > 0) return used;
    X509_NAME *subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return 0;
    const ASN1_STRING *common = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    return copy_name(ASN1_STRING_get0_data(common), ASN1_STRING_length(common), name, size);
}

int cossl_name_text(const X509_NAME *name, char *text, size_t size) {
    BIO *bio = name ? BIO_new(BIO_s_mem()) : NULL;
    if (!bio) return 0;
    int used = X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0 ? 0 : BIO_read(bio, text, (int)size);
    BIO_free(bio);
    return used > 0 ? used : 0;
}
