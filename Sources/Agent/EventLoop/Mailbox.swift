internal import CLibev
internal import Synchronization

/// Messages from any thread to the thread of one loop, in order.
///
/// Made on the loop's thread and kept there; `sender` is what other threads get. Messages sent after the mailbox is
/// gone are dropped.
@safe final class Mailbox<Message: Sendable> {
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
                // Under the lock: the mailbox takes the waker away before it frees the watcher.
                state.waker?.wake()
            }
        }
    }

    let sender: Sender
    private let loop: EventLoop
    private let watcher: UnsafeMutablePointer<ev_async>
    private let handler: (Message) -> Void

    /// Messages that were sent to `sender` before are delivered in the loop's first pass.
    init(loop: EventLoop, sender: Sender, handler: @escaping (Message) -> Void) {
        self.loop = loop
        self.sender = sender
        self.handler = handler
        unsafe watcher = .allocate(capacity: 1)
        unsafe shim_ev_async_init(
            watcher,
            { _, watcher, _ in
                guard let data = unsafe watcher?.pointee.data else { return }
                let owner = unsafe Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue()
                (owner as? any MessageDeliverer)?.deliver()
            },
            Unmanaged.passUnretained(self as AnyObject).toOpaque())
        unsafe ev_async_start(loop.pointer, watcher)
        let waker = unsafe Waker(loop: loop.pointer, watcher: watcher)
        sender.state.withLock { state in
            state.waker = waker
            if !state.messages.isEmpty { waker.wake() }
        }
    }

    deinit {
        sender.state.withLock { $0.waker = nil }
        unsafe ev_async_stop(loop.pointer, watcher)
        unsafe watcher.deallocate()
    }
}

extension Mailbox: MessageDeliverer {
    fileprivate func deliver() {
        let messages = sender.state.withLock { state in
            defer { state.messages.removeAll() }
            return state.messages
        }
        messages.forEach(handler)
    }
}

/// Lets one C callback serve every kind of Mailbox: a generic type cannot give a C function pointer.
private protocol MessageDeliverer: AnyObject {
    func deliver()
}

/// `ev_async_send` may be called from any thread (ev(3), "ev_async").
@safe private struct Waker: @unchecked Sendable {
    let loop: OpaquePointer
    let watcher: UnsafeMutablePointer<ev_async>

    func wake() { unsafe ev_async_send(loop, watcher) }
}
