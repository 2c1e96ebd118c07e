/*
 * What Swift cannot import from <curl/curl.h>.
 *
 * curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, and libcurl reads the last argument as
 * the type that the option wants: one inline function per type keeps the compiler's eye on it. The type of each
 * option stands in its page, https://curl.se/libcurl/c/CURLOPT_URL.html and its neighbours.
 */
#ifndef SPOA_MIRROR_CLIBCURL_SHIM_H
#define SPOA_MIRROR_CLIBCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode shim_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_easy_set_resolve(CURL *easy, struct curl_slist *list) {
    return curl_easy_setopt(easy, CURLOPT_RESOLVE, list);
}

static inline CURLcode shim_easy_set_headers(CURL *easy, struct curl_slist *list) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

static inline CURLcode shim_easy_set_write_function(CURL *easy, curl_write_callback callback, void *data) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    return code ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, data);
}

static inline CURLcode shim_easy_set_header_function(CURL *easy, curl_write_callback callback, void *data) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
    return code ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, data);
}

static inline CURLcode shim_easy_set_prereq_function(CURL *easy, curl_prereq_callback callback, void *data) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, data);
}

static inline CURLcode shim_easy_set_open_socket_function(CURL *easy, curl_opensocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode shim_easy_set_close_socket_function(CURL *easy, curl_closesocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}

static inline CURLcode shim_easy_set_ssl_context_function(CURL *easy, curl_ssl_ctx_callback callback, void *data) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback);
    return code ? code : curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, data);
}

static inline CURLcode shim_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_easy_get_socket(CURL *easy, curl_socket_t *value) {
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLcode shim_easy_get_private(CURL *easy, void **value) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, value);
}

/* The SSL of a connection that is made, or is being made; NULL when there is none. */
static inline void *shim_easy_get_tls(CURL *easy) {
    struct curl_tlssessioninfo *info = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || info == NULL) return NULL;
    return info->backend == CURLSSLBACKEND_OPENSSL ? info->internals : NULL;
}

static inline CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode shim_multi_set_socket_function(CURLM *multi, curl_socket_callback callback, void *data) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, data);
}

static inline CURLMcode shim_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback callback, void *data) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, data);
}

/* CURLMsg keeps the result in a union, which Swift sees as overlapping memory. */
static inline CURLcode shim_message_result(const CURLMsg *message) {
    return message->data.result;
}

/* The libcurl in use; CURLVERSION_NOW is a macro. */
static inline const curl_version_info_data *shim_version(void) {
    return curl_version_info(CURLVERSION_NOW);
}

#endif
