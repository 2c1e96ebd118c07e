#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int count;
static char **arguments;

int linux_argument_count(void) { return count; }

const char *linux_argument(int index) { return index >= 0 && index < count ? arguments[index] : NULL; }

int linux_open_nothing(int access) {
    int descriptor = open("/dev/null", access | O_NOCTTY);
    return descriptor >= 0 ? descriptor : open("/", O_PATH);
}

/* The wrong way round: whoever reads or writes there is told that it does not go, as if the number were free. */
static void take_standard_descriptors(void) {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
        if (linux_open_nothing(number == STDIN_FILENO ? O_WRONLY : O_RDONLY) == number) continue;
        dprintf(STDERR_FILENO, "cannot open descriptor %d, which is closed: %m\n", number);
        _exit(71);
    }
}

__attribute__((constructor)) static void started(int argc, char **argv) {
    count = argc;
    arguments = argv;
    take_standard_descriptors();
}
