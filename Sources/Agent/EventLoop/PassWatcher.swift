internal import CLibev

/// Calls back once at the start of each pass of the loop, before it looks for events.
///
/// While `isBusy`, the loop does not sleep: work that is left for the next pass gets it at once, but behind the
/// events that came in meanwhile. Owned by the loop's thread.
@safe final class PassWatcher {
    private let loop: EventLoop
    private let prepare: UnsafeMutablePointer<ev_prepare>
    private let idle: UnsafeMutablePointer<ev_idle>
    private let handler: () -> Void

    init(loop: EventLoop, handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        unsafe prepare = .allocate(capacity: 1)
        unsafe idle = .allocate(capacity: 1)
        unsafe shim_ev_prepare_init(
            prepare,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: PassWatcher) in owner.handler() }
            },
            Unmanaged.passUnretained(self).toOpaque())
        // An active idle watcher makes libev poll without waiting; its callback does nothing.
        unsafe shim_ev_idle_init(idle, { _, _, _ in }, nil)
        unsafe ev_prepare_start(loop.pointer, prepare)
    }

    deinit {
        unsafe ev_prepare_stop(loop.pointer, prepare)
        unsafe ev_idle_stop(loop.pointer, idle)
        unsafe prepare.deallocate()
        unsafe idle.deallocate()
    }

    var isBusy = false {
        didSet {
            guard isBusy != oldValue else { return }
            if isBusy {
                unsafe ev_idle_start(loop.pointer, idle)
            } else {
                unsafe ev_idle_stop(loop.pointer, idle)
            }
        }
    }
}
