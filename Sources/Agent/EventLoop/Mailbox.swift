internal import CLibev
internal import Synchronization

/// Messages from any thread to the thread of one loop, in order.
///
/// Made on the loop's thread and kept there; a `Sender` is what other threads get. Messages sent after the mailbox is
/// gone are dropped.
final class Mailbox<Message: Sendable> {
    /// The half that other threads hold.
    final class Sender: Sendable {
        fileprivate struct State: Sendable {
            var messages: [Message] = []
            var waker: Waker?
        }

        fileprivate let state = Mutex(State())

        /// Leaves `message` and wakes the loop.
        func send(_ message: Message) {
            state.withLock { state in
                state.messages.append(message)
                // Under the lock: the mailbox takes the waker away before it is freed.
                state.waker?.wake()
            }
        }
    }

    private let sender: Sender
    private let waker: Waker

    /// Messages that were sent to `sender` before are delivered in the loop's first pass.
    init(loop: EventLoop, sender: Sender, handler: @escaping (Message) -> Void) {
        let waker = Waker(loop: loop) {
            let messages = sender.state.withLock { state in
                defer { state.messages.removeAll() }
                return state.messages
            }
            messages.forEach(handler)
        }
        (self.sender, self.waker) = (sender, waker)
        sender.state.withLock { state in
            state.waker = waker
            if !state.messages.isEmpty { waker.wake() }
        }
    }

    deinit { sender.state.withLock { $0.waker = nil } }
}

/// Made and freed on the loop's thread.
@safe private final class Waker: @unchecked Sendable {
    private let loop: EventLoop
    private let watcher: UnsafeMutablePointer<ev_async>
    private let handler: () -> Void

    init(loop: EventLoop, handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        unsafe watcher = .allocate(capacity: 1)
        unsafe shim_ev_async_init(
            watcher,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: Waker) in owner.handler() }
            },
            Unmanaged.passUnretained(self).toOpaque())
        unsafe ev_async_start(loop.pointer, watcher)
    }

    deinit {
        unsafe ev_async_stop(loop.pointer, watcher)
        unsafe watcher.deallocate()
    }

    /// Any thread (ev(3), "ev_async").
    func wake() { unsafe ev_async_send(loop.pointer, watcher) }
}
