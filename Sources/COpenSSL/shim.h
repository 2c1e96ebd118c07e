/* OpenSSL, the TLS library of libcurl4-openssl. */
#ifndef SPOA_MIRROR_COPENSSL_SHIM_H
#define SPOA_MIRROR_COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <time.h>

/* Whether a store that nobody else uses yet has a certificate; lists of revoked ones are in it, too. Stacks are macros. */
static inline int shim_store_has_certificate(X509_STORE *store) {
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    for (int index = 0; index < sk_X509_OBJECT_num(objects); index++)
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, index)) == X509_LU_X509) return 1;
    return 0;
}

/* Gives `context` the certificate, chain and key of `from`: 1, or 0. The chain is got with a macro. */
static inline int shim_share_identity(SSL_CTX *from, SSL_CTX *context) {
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(from, &chain);
    return SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(from), SSL_CTX_get0_privatekey(from), chain, 1);
}

/*
 * Of the certificate that the peer of `tls` has shown: until when it is valid, and its common name, which is empty where it has
 * none. 0 when there is no certificate.
 */
static inline int shim_peer_certificate(const SSL *tls, struct tm *until, char *name, int size) {
    X509 *certificate = SSL_get0_peer_certificate(tls);
    if (certificate == NULL || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), until) != 1) return 0;
    int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, size);
    if (length < 0) name[0] = 0;
    return 1;
}

#endif
