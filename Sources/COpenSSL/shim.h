/* OpenSSL, the TLS library of libcurl4-openssl. */
#ifndef SPOA_MIRROR_COPENSSL_SHIM_H
#define SPOA_MIRROR_COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>

#endif
