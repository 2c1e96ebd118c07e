/// A copy on a connection of our own, or one that waits for one.
final class HTTP1Transfer: Transfer {
    /// Of the mirror that it is for; nil while the object waits to be used again.
    private(set) var pool: ConnectionPool?
    /// Nil while it waits for one.
    var connection: HTTP1Connection?
    /// When it began to wait for one, on the monotonic clock.
    private(set) var waitsSince = 0.0
    /// It waits for the second time: its first connection has ended without an answer.
    private(set) var isReturned = false
    /// Something of it may be on its way from then.
    private var isRepeat = false
    /// Bytes of it that were written then.
    private(set) var writtenBefore = 0
    private(set) var wasResent = false
    /// Connections that were made, and have it as their first copy.
    var connectionsOpened = 0

    fileprivate(set) var isQueued = false
    fileprivate var next: HTTP1Transfer?
    fileprivate unowned var previous: HTTP1Transfer?

    func begin(_ copy: MirrorRequest, for owner: any TransferOwner, in pool: ConnectionPool, now: Double) {
        begin(copy, for: owner, now: now)
        (self.pool, waitsSince, writtenBefore, connectionsOpened) = (pool, now, 0, 0)
        (isReturned, isRepeat, wasResent) = (false, false, false)
    }

    /// It has to wait once more. `isRepeat` says that something of it may be on its way already: `written` bytes at least.
    func waitOnceMore(written: Int, isRepeat: Bool, now: Double) {
        (connection, waitsSince, isReturned) = (nil, now, true)
        (writtenBefore, self.isRepeat) = (written, isRepeat)
    }

    /// It goes out, on the connection that it has now.
    func isSent() {
        guard isRepeat else { return }
        wasResent = true
        owner?.wasResent(self)
    }

    /// Lets the copy go; the object can be used again.
    func finish() -> MirrorRequest? {
        (pool, connection) = (nil, nil)
        return letGo()
    }
}

/// Transfers that wait, those first that have begun first. It needs no memory of its own, and any of them can leave it.
struct TransferQueue: ~Copyable {
    private(set) var first: HTTP1Transfer?
    private var last: HTTP1Transfer?
    private(set) var count = 0

    deinit {
        // Links that are let go all at once would be let go inside of each other.
        var next = first
        while let transfer = next { next = transfer.next.take() }
    }

    mutating func insert(_ transfer: HTTP1Transfer) {
        var previous = last
        while let other = previous, other.startedAt > transfer.startedAt { previous = other.previous }
        let next = previous == nil ? first : previous?.next
        (transfer.previous, transfer.next) = (previous, next)
        if let previous { previous.next = transfer } else { first = transfer }
        if let next { next.previous = transfer } else { last = transfer }
        count += 1
        transfer.isQueued = true
    }

    /// Takes out `transfer`, which is in it.
    mutating func remove(_ transfer: HTTP1Transfer) {
        let (previous, next) = (transfer.previous, transfer.next)
        (transfer.previous, transfer.next) = (nil, nil)
        if let previous { previous.next = next } else { first = next }
        if let next { next.previous = previous } else { last = previous }
        count -= 1
        transfer.isQueued = false
    }

    mutating func popFirst() -> HTTP1Transfer? {
        guard let transfer = first else { return nil }
        remove(transfer)
        return transfer
    }
}
