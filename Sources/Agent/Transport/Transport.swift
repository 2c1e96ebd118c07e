/// Brings copies to mirrors, over connections of its own: one worker's, on that worker's thread.
///
/// The copy that it is given is its own until the end: it may change the bytes in place.
protocol Transport: AnyObject {
    /// Gets what concerns no single transfer. Set it before the first one.
    var client: (any TransportClient)? { get set }

    /// To be called before all else, on the thread that calls from then on.
    func begin()

    /// Uses `settings` for every copy that starts from now on.
    func apply(_ settings: DestinationSettings)

    /// A pass of the loop begins. Call it before you start copies in it. It may call owners, and so may
    /// `kick`.
    func beginPass()

    /// Takes a copy, which moves at the next `kick`. `owner` gets its end, never from inside of this call. Nil, without a call to
    /// `owner`, when there is no memory to send it. `now` is on the monotonic clock, in seconds.
    func start(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) -> Transfer?

    /// Moves what was started.
    func kick()

    /// Ends a transfer in the middle: its owner learns that before this returns, with `cause` in place of other details. A time-out
    /// counts for the phase that it struck.
    func giveUp(_ transfer: Transfer, as reason: FailureReason, because cause: String)

    /// Ends a transfer in the middle and tells nobody; returns its copy.
    func takeBack(_ transfer: Transfer) -> MirrorRequest?
}

/// Gets what concerns a transport as a whole.
protocol TransportClient: AnyObject {
    /// The mirror kept one call for so long that all connections of this worker were shut down: give up what is under
    /// way. `cause` is for the log.
    func mirrorWasCutOff(_ cause: String)

    /// The transport goes on without something that it should have; both are for the log: what does not work now, and why.
    func transportLacks(_ what: String, _ cause: String)

    /// A connection was ended because the mirror spoke on it while no copy was under way.
    func mirrorSpokeUnasked()
}

/// Gets the end of one transfer.
protocol TransferOwner: AnyObject {
    /// Bytes of it had been written, and it is sent again: the mirror may get it twice.
    func wasResent(_ transfer: Transfer)

    /// It is over. It still has its copy, until this returns.
    func ended(_ transfer: Transfer, _ end: TransferEnd)
}

/// A copy that is under way. A transport adds what it needs to bring it there, and may use the object again for a later copy.
class Transfer {
    /// Nil while the object waits to be used again.
    private(set) final var copy: MirrorRequest?
    private(set) final var owner: (any TransferOwner)?
    /// On the monotonic clock, in seconds.
    private(set) final var startedAt = 0.0
    /// For the owner: where it stands in a list of its own.
    final var slot = 0
    /// The same: what it has as a try, if it is one. It is gone with the copy.
    final var permit: Breaker.Permit?

    /// The transport begins with `copy`.
    final func begin(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) {
        (self.copy, self.owner, startedAt) = (copy, owner, now)
    }

    /// From now on, `owner` gets its end.
    final func handOver(to owner: any TransferOwner) { self.owner = owner }

    /// The transport is done with the copy.
    final func letGo() -> MirrorRequest? {
        owner = nil
        permit = nil
        return copy.take()
    }
}

/// What became of a transfer.
struct TransferEnd {
    let outcome: Outcome
    /// Bytes of request line, headers and body that were sent, by all tries.
    let bytesSent: Int
    /// Bytes of the answer that came.
    let bytesReceived: Int
    /// Connections that were opened for it.
    let connectionsOpened: Int
    /// What the mirror answered in; `-` when it did not.
    let httpVersion: String
    /// The mirror may have got it twice.
    let wasResent: Bool
    /// The connection was ended with this answer, as nobody can say what comes behind it.
    let wasAmbiguous: Bool
    /// Why there is no answer: one sentence in printable ASCII, with no bytes of the request. Nil when there is one.
    let detail: String?

    /// Of a copy that no transport took.
    static func neverBegan(_ cause: String) -> TransferEnd {
        TransferEnd(
            outcome: .failed(.other), bytesSent: 0, bytesReceived: 0, connectionsOpened: 0, httpVersion: "-",
            wasResent: false, wasAmbiguous: false, detail: cause)
    }
}
