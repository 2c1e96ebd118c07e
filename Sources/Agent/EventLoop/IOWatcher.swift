internal import CLibev

/// Which readiness a descriptor is watched for.
struct IOEvents: OptionSet, Sendable {
    let rawValue: Int32
    static let read = IOEvents(rawValue: Int32(EV_READ))
    static let write = IOEvents(rawValue: Int32(EV_WRITE))
}

/// Who goes first when several watchers are due in one pass of a loop.
enum WatcherPriority: Int32 {
    /// HAProxy waits for these.
    case haproxy = 1
    case normal = 0
    /// The mirror may wait.
    case mirror = -1
}

/// Watches one descriptor, which must stay open while it is watched. Owned by the loop's thread.
@safe final class IOWatcher {
    private let loop: EventLoop
    private let watcher: UnsafeMutablePointer<ev_io>
    private let handler: (IOEvents) -> Void
    private(set) var events: IOEvents = []

    init(loop: EventLoop, priority: WatcherPriority = .normal, handler: @escaping (IOEvents) -> Void) {
        self.loop = loop
        self.handler = handler
        unsafe watcher = .allocate(capacity: 1)
        unsafe shim_ev_io_init(
            watcher,
            { _, watcher, revents in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: IOWatcher) in
                    owner.handler(IOEvents(rawValue: revents).intersection([.read, .write]))
                }
            }, priority.rawValue, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        // ev_io_stop also clears an event that is pending for this watcher in the current pass.
        unsafe ev_io_stop(loop.pointer, watcher)
        unsafe watcher.deallocate()
    }

    /// Watches `descriptor` for `events` from now on; an empty set stops watching.
    func watch(_ descriptor: Int32, for events: IOEvents) {
        if events == self.events, unsafe watcher.pointee.fd == descriptor { return }
        unsafe ev_io_stop(loop.pointer, watcher)
        self.events = events
        guard !events.isEmpty else { return }
        unsafe shim_ev_io_set(watcher, descriptor, events.rawValue)
        unsafe ev_io_start(loop.pointer, watcher)
    }

    /// Goes on with another descriptor that has the number of the one it watched: the kernel does not know that one any more.
    func renew() {
        let events = events
        stop()
        watch(unsafe watcher.pointee.fd, for: events)
    }

    /// Stops watching. Needed before the descriptor is closed.
    func stop() {
        unsafe ev_io_stop(loop.pointer, watcher)
        events = []
    }
}
