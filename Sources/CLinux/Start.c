#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int count;
static char **arguments;

int linux_argument_count(void) { return count; }

const char *linux_argument(int index) { return index >= 0 && index < count ? arguments[index] : NULL; }

int linux_open_nothing(int access) {
    int descriptor = open("/dev/null", access | O_NOCTTY);
    return descriptor >= 0 ? descriptor : open("/", O_PATH);
}

/* libc does not know it yet. */
static const char *name(void) {
    const char *path = count > 0 ? arguments[0] : "spoa-mirror";
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Opened the wrong way round: reading and writing there fail, as if the number were free. */
static void take_standard_descriptors(void) {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
        if (linux_open_nothing(number == STDIN_FILENO ? O_WRONLY : O_RDONLY) == number) continue;
        dprintf(STDERR_FILENO, "%s: cannot open descriptor %d, which is closed: %m\n", name(),
                number);
        _exit(71);
    }
}

/* What reading the options takes, and more. Swift has no word for an allocation that fails. */
static void require_memory(void) {
    size_t bytes = 8 << 20;
    void *mapping = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) {
        dprintf(STDERR_FILENO, "%s: cannot have the memory to start with: %m (RLIMIT_AS, RLIMIT_DATA)\n",
                name());
        _exit(71);
    }
    munmap(mapping, bytes);
}

static void started(int argc, char **argv, char **environment) {
    (void)environment;
    count = argc;
    arguments = argv;
    take_standard_descriptors();
    require_memory();
}

/* Before the constructors of the libraries (System V ABI, "Initialization and Termination Functions"): Swift's read the types of
 * every image, and have no word either. */
__attribute__((section(".preinit_array"), used)) static void (*const start)(int, char **, char **) = started;
