#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { MOST_SOCKETS = 65536, WORD = 8 * sizeof(unsigned long) };

/*
 * One timer a thread, which ticks with the processor time it uses and needs no setting: a call that sees two ticks has
 * lasted for a whole interval. A thread at rest, or one of many short calls, pays for some ticks a second and nothing else.
 */
static __thread struct {
    int is_started;
    volatile sig_atomic_t is_inside, ticks, was_long;
    volatile unsigned long sockets[MOST_SOCKETS / WORD];
} guard;

static void end_call(void) {
    guard.was_long = 1;
    for (int index = 0; index < MOST_SOCKETS / (int)WORD; index++) {
        unsigned long word = guard.sockets[index];
        for (; word != 0; word &= word - 1) shutdown(index * (int)WORD + __builtin_ctzl(word), SHUT_RDWR);
    }
}

static void ticked(int signal) {
    (void)signal;
    int code = errno;
    if (guard.is_inside && ++guard.ticks >= 2) end_call();
    errno = code;
}

int linux_guard_start(void) {
    if (guard.is_started) return 0;
    struct sigaction action = {.sa_handler = ticked, .sa_flags = SA_RESTART};
    sigaction(SIGVTALRM, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM};
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    timer_t timer;
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) return -1;
    struct timespec interval = {.tv_nsec = LINUX_GUARD_MILLISECONDS * 1000000L};
    struct itimerspec both = {.it_interval = interval, .it_value = interval};
    timer_settime(timer, 0, &both, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGVTALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    guard.is_started = 1;
    return 0;
}

void linux_guard_add(int descriptor) {
    if (descriptor < 0 || descriptor >= MOST_SOCKETS) return;
    guard.sockets[descriptor / (int)WORD] |= 1UL << descriptor % (int)WORD;
}

void linux_guard_remove(int descriptor) {
    if (descriptor < 0 || descriptor >= MOST_SOCKETS) return;
    guard.sockets[descriptor / (int)WORD] &= ~(1UL << descriptor % (int)WORD);
}

void linux_guard_enter(void) {
    guard.ticks = 0;
    guard.was_long = 0;
    guard.is_inside = 1;
}

int linux_guard_leave(void) {
    guard.is_inside = 0;
    return guard.was_long;
}
