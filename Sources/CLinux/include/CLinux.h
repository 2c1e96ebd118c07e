/*
 * Linux calls that Swift code cannot make, or not reliably:
 *
 * - accept4, pipe2, pthread_setname_np, setgroups, setresuid and malloc_trim, and struct ucred, are left out of Swift's Glibc module,
 *   because <features.h> shows them only to _GNU_SOURCE, and the headers of some are missing altogether;
 * - prctl takes arguments as printf does, and capset has no function in the C library;
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

/*
 * What the program was started with. Swift's CommandLine reads /proc/self/cmdline, and without /proc it has no arguments: an agent
 * would follow none of its options. glibc calls the constructors of a program with main's arguments, ahead of main; other C
 * libraries need not, and then there are none here either.
 */
int linux_argument_count(void);
/* One of them, the program's name first; NULL past the end. */
const char *linux_argument(int index);

/*
 * The same constructor opens what is closed of the descriptors 0 to 2: the next socket would get the number, and lines for standard
 * output would be written into it. Reading and writing there go on to fail with EBADF. When nothing can be opened, or
 * there is not even the memory to read options, the program ends with 71 (EX_OSERR).
 */

/* A descriptor with nothing behind it: /dev/null, open for `access`, or where that is missing the root directory as a place
 * (O_PATH), which cannot be read or written. */
int linux_open_nothing(int access);

/* prctl(2), PR_SET_DUMPABLE. */
int linux_set_dumpable(int is_dumpable);

/* setgroups(2), to none. */
int linux_clear_groups(void);

/* setgroups(2). */
int linux_set_groups(const unsigned int *groups, unsigned long count);

/* Becomes somebody else, from root and with no way back: user and group ids, and unless `uid` is 0, all capabilities (capabilities(7)) and
 * the ways to get any. To be called before the first thread starts: capabilities are the calling thread's. 0, or -1. */
int linux_become(unsigned int uid, unsigned int gid);

/*
 * A bound on the processor time that one call into a library may take on this thread, for calls that read a peer's bytes for
 * as long as there are any. Past it, all sockets that calls on this thread may be reading are shut down (shutdown(2)): which one
 * it is only the library knows.
 *
 * Between enter and leave a call may last `LINUX_GUARD_MILLISECONDS` of the thread's own time, or up to twice that, and then
 * what it takes to read what had come before.
 * The clock stands still while the process is stopped or waits for a processor.
 */
#define LINUX_GUARD_MILLISECONDS 100

/* To be called on each thread that makes such calls, once or more often; it holds for as long as the thread lives. 0, or -1 when
 * there is no bound (timer_create(2)). */
int linux_guard_start(void);

/* A socket that calls on this thread may read, until it is removed, which it has to be before it is closed. Descriptors above
 * 65535 are not known. */
void linux_guard_add(int descriptor);
void linux_guard_remove(int descriptor);

/* A call begins. */
void linux_guard_enter(void);

/* It is over: 1 when it lasted too long. */
int linux_guard_leave(void);

#endif
