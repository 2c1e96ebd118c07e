/*
 * libFuzzer as a library (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library): clang ships no header for it.
 */
#ifndef SPOA_MIRROR_CFUZZER_H
#define SPOA_MIRROR_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/* Runs `callback` on inputs until a bound of the command line is reached; returns the exit code. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
