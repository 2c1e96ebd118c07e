/*
 * Linux calls that Swift code cannot make, or not reliably:
 *
 * - accept4, pipe2, pthread_setname_np and malloc_trim, and struct ucred, are left out of Swift's Glibc module, because <features.h> shows
 *   them only to _GNU_SOURCE, and malloc_trim's header is missing altogether;
 * - SOCK_STREAM and its neighbours are enumerators in a header that libcurl's includes too: which of the two modules Swift
 *   finds them in depends on which was compiled first.
 *
 * This header includes none, for the same reason. Each function sets errno as the call behind it does.
 */
#ifndef SPOA_MIRROR_CLINUX_H
#define SPOA_MIRROR_CLINUX_H

/* SOCK_STREAM, for getaddrinfo's hints and SO_TYPE. */
int linux_stream_type(void);

/* socket(2): a stream socket, non-blocking and close-on-exec. */
int linux_stream_socket(int family);

/* socket(2): a datagram socket, non-blocking and close-on-exec. */
int linux_datagram_socket(int family);

/* socket(2), close-on-exec. */
int linux_socket(int family, int type, int protocol);

/* accept4(2): the next connection, non-blocking and close-on-exec. */
int linux_accept(int listener);

/* pipe2(2): both ends close-on-exec. */
int linux_pipe(int descriptors[2]);

/* SO_PEERCRED of a UNIX socket (unix(7)): 0, or -1. */
int linux_peer_credentials(int descriptor, unsigned int *uid, int *pid);

/* pthread_setname_np(3). */
int linux_name_thread(unsigned long thread, const char *name);

/* malloc_trim(3): gives free memory back to the system. */
void linux_trim_memory(void);

#endif
