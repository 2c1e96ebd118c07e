/*
 * What Swift cannot import from <ev.h>.
 *
 * libev initialises its watchers with macros that expand to statements (ev_io_init, ev_timer_init ...), and keeps
 * the descriptor's "changed" mark in a private bit (EV__IOFDSET) that only those macros know. Each one used by the
 * agent gets an inline function here and nothing more: see "THE GORY DETAILS" and "WATCHER TYPES" in ev(3).
 */
#ifndef SPOA_MIRROR_CLIBEV_SHIM_H
#define SPOA_MIRROR_CLIBEV_SHIM_H

#include <ev.h>

typedef void (*shim_ev_io_callback)(struct ev_loop *, struct ev_io *, int);
typedef void (*shim_ev_timer_callback)(struct ev_loop *, struct ev_timer *, int);
typedef void (*shim_ev_signal_callback)(struct ev_loop *, struct ev_signal *, int);
typedef void (*shim_ev_async_callback)(struct ev_loop *, struct ev_async *, int);
typedef void (*shim_ev_prepare_callback)(struct ev_loop *, struct ev_prepare *, int);
typedef void (*shim_ev_check_callback)(struct ev_loop *, struct ev_check *, int);
typedef void (*shim_ev_idle_callback)(struct ev_loop *, struct ev_idle *, int);

static inline void shim_ev_io_init(struct ev_io *w, shim_ev_io_callback callback, int priority, void *data) {
    ev_io_init(w, callback, -1, 0);
    ev_set_priority(w, priority);
    w->data = data;
}

/* Only while the watcher is stopped. */
static inline void shim_ev_io_set(struct ev_io *w, int descriptor, int events) {
    ev_io_set(w, descriptor, events);
}

static inline void shim_ev_timer_init(struct ev_timer *w, shim_ev_timer_callback callback, int priority, void *data) {
    ev_timer_init(w, callback, 0., 0.);
    ev_set_priority(w, priority);
    w->data = data;
}

/* Only while the watcher is stopped. */
static inline void shim_ev_timer_set(struct ev_timer *w, double after, double repeat) {
    ev_timer_set(w, after, repeat);
}

static inline void shim_ev_signal_init(struct ev_signal *w, shim_ev_signal_callback callback, int number, void *data) {
    ev_signal_init(w, callback, number);
    w->data = data;
}

static inline void shim_ev_async_init(struct ev_async *w, shim_ev_async_callback callback, void *data) {
    ev_async_init(w, callback);
    w->data = data;
}

static inline void shim_ev_prepare_init(struct ev_prepare *w, shim_ev_prepare_callback callback, void *data) {
    ev_prepare_init(w, callback);
    w->data = data;
}

/* The last prepare watcher before the loop sleeps, and the first of all watchers after it. */
static inline void shim_ev_pass_init(struct ev_prepare *end, shim_ev_prepare_callback ended, struct ev_check *begin,
                                     shim_ev_check_callback began, void *data) {
    ev_prepare_init(end, ended);
    ev_set_priority(end, EV_MINPRI);
    end->data = data;
    ev_check_init(begin, began);
    ev_set_priority(begin, EV_MAXPRI);
    begin->data = data;
}

static inline void shim_ev_idle_init(struct ev_idle *w, shim_ev_idle_callback callback, void *data) {
    ev_idle_init(w, callback);
    ev_set_priority(w, EV_MINPRI);
    w->data = data;
}

#endif
