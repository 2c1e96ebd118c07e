internal import CLibev

/// Calls back when a pass of the loop begins, before any other watcher, and when it ends, after all of them and before the
/// loop sleeps. Owned by the loop's thread.
@safe final class PassBounds {
    private let loop: EventLoop
    private let prepare: UnsafeMutablePointer<ev_prepare>
    private let check: UnsafeMutablePointer<ev_check>
    private let began: () -> Void
    private let ended: () -> Void

    init(loop: EventLoop, began: @escaping () -> Void, ended: @escaping () -> Void) {
        self.loop = loop
        self.began = began
        self.ended = ended
        unsafe prepare = .allocate(capacity: 1)
        unsafe check = .allocate(capacity: 1)
        unsafe shim_ev_pass_init(
            prepare,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: PassBounds) in owner.ended() }
            }, check,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: PassBounds) in owner.began() }
            },
            Unmanaged.passUnretained(self).toOpaque())
        unsafe ev_prepare_start(loop.pointer, prepare)
        unsafe ev_check_start(loop.pointer, check)
    }

    deinit {
        unsafe ev_prepare_stop(loop.pointer, prepare)
        unsafe ev_check_stop(loop.pointer, check)
        unsafe prepare.deallocate()
        unsafe check.deallocate()
    }
}
