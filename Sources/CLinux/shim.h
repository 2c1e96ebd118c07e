/*
 * Linux calls that Swift's Glibc module leaves out, because <features.h> shows them only to _GNU_SOURCE and that
 * module is built without it. No header is included: it would become part of this module, and its names would be
 * missing from Glibc's. The prototypes are those of accept(2), pipe(2), pthread_setname_np(3) and malloc_trim(3),
 * whose header Glibc does not have either.
 */
#ifndef SPOA_MIRROR_CLINUX_SHIM_H
#define SPOA_MIRROR_CLINUX_SHIM_H

extern int accept4(int descriptor, void *address, unsigned int *length, int flags);
extern int pipe2(int descriptors[2], int flags);
extern int pthread_setname_np(unsigned long thread, const char *name);
extern int malloc_trim(unsigned long pad);

#endif
