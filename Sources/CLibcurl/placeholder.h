/*
 * An authority that takes the place of the system's: libcurl reads one for each connection, also where another store takes over
 * afterwards, and from 8.17 on no option makes it read none. Nobody has its key, and it may not sign.
 */
#ifndef SPOA_MIRROR_CLIBCURL_PLACEHOLDER_H
#define SPOA_MIRROR_CLIBCURL_PLACEHOLDER_H

#include <curl/curl.h>

static const char shim_placeholder[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBgDCCASagAwIBAgIUMDr9F4A2HY3t2+FJEz7I6ALwEGswCgYIKoZIzj0EAwIw\n"
    "FjEUMBIGA1UEAwwLcGxhY2Vob2xkZXIwIBcNMjYxMTIyMjMyMzUzWhgPMjEyNjEw\n"
    "MjkyMzIzNTNaMBYxFDASBgNVBAMMC3BsYWNlaG9sZGVyMFkwEwYHKoZIzj0CAQYI\n"
    "KoZIzj0DAQcDQgAETcPymh8/KejmJGeAwVaJITdIiuubzroCY5hBGvNx5iA3V2Fi\n"
    "JbcivrbVwy9Wu8XO3Gc+8x5iNpj06Ir+RVvI3KNQME4wHQYDVR0OBBYEFEBkejg4\n"
    "XJ2uWV+AlpPcf/ye5rQTMB8GA1UdIwQYMBaAFEBkejg4XJ2uWV+AlpPcf/ye5rQT\n"
    "MAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0EAwIDSAAwRQIhAJuYqT3SQ+xfjWJciK7j\n"
    "RG4YBcUYGYopc1k68lFo87f7AiAm8iKoOFSeyzMyeS1dkrkOUFox+m6K1O2SrJ6p\n"
    "g/u2iQ==\n"
    "-----END CERTIFICATE-----\n";

/* CURLOPT_CAINFO_BLOB(3). */
static inline CURLcode shim_easy_set_placeholder_authority(CURL *easy) {
    struct curl_blob blob = {.data = (void *)shim_placeholder, .len = sizeof shim_placeholder - 1};
    return curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
}

#endif
