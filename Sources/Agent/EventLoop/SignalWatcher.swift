internal import CLibev

/// Calls back on a signal, on the loop's thread. A signal number may be watched by one loop of the process only.
@safe final class SignalWatcher {
    private let loop: EventLoop
    private let watcher: UnsafeMutablePointer<ev_signal>
    private let handler: () -> Void

    init(loop: EventLoop, signal: Int32, handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        unsafe watcher = .allocate(capacity: 1)
        unsafe shim_ev_signal_init(
            watcher,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: SignalWatcher) in owner.handler() }
            }, signal,
            Unmanaged.passUnretained(self).toOpaque())
        unsafe ev_signal_start(loop.pointer, watcher)
    }

    deinit {
        unsafe ev_signal_stop(loop.pointer, watcher)
        unsafe watcher.deallocate()
    }
}
