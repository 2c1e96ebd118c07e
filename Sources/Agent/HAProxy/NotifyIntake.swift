internal import SPOP
internal import Stats

/// What the NOTIFYs of one worker bring: `take` comes before their ACK, `mirror` behind it, in the same round of a connection.
final class NotifyIntake {
    private let names: Notification.Names
    private let fanout: Fanout
    private let counters: CounterBank
    private let errors: RepeatedErrors
    private let unknownMessages: UnknownMessages
    /// Used again by each round, so that a round allocates nothing.
    private var pending: [PendingCopy] = []
    /// Names of messages that were warned about already, as far as this worker knows.
    private var knownUnknowns: [[UInt8]] = []

    /// Copies that a read brings at most when HAProxy is busy: each has a few hundred bytes of fields.
    private static let usualPending = 1024

    init(
        names: Notification.Names, fanout: Fanout, counters: CounterBank, errors: RepeatedErrors,
        unknownMessages: UnknownMessages
    ) {
        self.names = names
        self.fanout = fanout
        self.counters = counters
        self.errors = errors
        self.unknownMessages = unknownMessages
    }

    /// Asks the gate about each request of a NOTIFY, and keeps those that are selected. Returns what the ACK says. Nothing of it is
    /// kept when it throws. It came on HAProxy's stream `streamID`, at `receivedAt` on the monotonic clock, in seconds.
    func take(
        _ payload: RawSpan, from source: PendingCopy.Source, of streamID: UInt64, receivedAt: Double
    ) throws(DecodeError) -> Action {
        let first = pending.count
        do throws(DecodeError) {
            let excess = try Notification.decode(payload, names: names) { message in
                switch message {
                case .request(let arguments):
                    pending.append(
                        PendingCopy(source: source, streamID: streamID, arguments: arguments))
                case .unknown(let name):
                    counters.add(to: .unknownMessages)
                    warn(of: name, in: payload)
                }
            }
            if excess.requests > 0 {
                fanout.drop(
                    .malformed(.excess), count: excess.requests, of: streamID, at: receivedAt,
                    "\(excess.requests) requests \(Malformation.pastTheLast)")
                errors.report("dropped_malformed (messages)", Malformation.pastTheLast)
            }
            counters.add(excess.unknown, to: .unknownMessages)
        } catch {
            pending.removeSubrange(first...)
            counters.add(to: .errors)
            throw error
        }
        return select(from: first, payload)
    }

    /// Asks the gate about the copies from `first` on. Keeps those that are selected, and those that get a line in the log.
    /// Returns what the ACK says: the number of the first that is selected, or why the first of them all is not.
    private func select(from first: Int, _ payload: RawSpan) -> Action {
        var action = Action.nothing
        var (kept, isNamed) = (first, false)
        for index in first..<pending.count {
            let decision = fanout.decide(pending[index].arguments, payload: payload)
            switch decision {
            case .selected(let id, _):
                if !isNamed { action = .setID(id) }
                isNamed = true
            case .skipped(let reason):
                if index == first { action = .setSkip(reason.name) }
                // Its line is made when the ACK is out. Without a log that has it, all ends here.
                guard fanout.tellsSkips else { continue }
            }
            pending[index].decision = decision
            if kept != index { pending.swapAt(kept, index) }
            kept += 1
        }
        if kept < pending.count { pending.removeSubrange(kept...) }
        return action
    }

    /// Nothing is kept.
    var isEmpty: Bool { pending.isEmpty }

    /// Mirrors what was kept and selected, and reports the rest. `reader` has the frames; they came at `receivedAt` on the monotonic
    /// clock, in seconds, from a HAProxy whose buffers have `bufferSize` bytes.
    func mirror(_ reader: borrowing FrameReader, receivedAt: Double, bufferSize: Int) {
        fanout.beginRound()
        for copy in pending {
            switch copy.source {
            case .frame(let location):
                reader.withBytes(at: location) { settle(copy, $0, receivedAt, bufferSize) }
            case .reassembled(let payload):
                unsafe settle(copy, payload.span.bytes, receivedAt, bufferSize)
            }
        }
        // What an unusual round took is given back.
        pending.removeAll(keepingCapacity: pending.count <= Self.usualPending)
    }

    private func settle(
        _ copy: PendingCopy, _ payload: RawSpan, _ receivedAt: Double, _ bufferSize: Int
    ) {
        switch copy.decision {
        case .selected(let id, let takers):
            let arrival = Arrival(
                id: id, receivedAt: receivedAt, bufferSize: bufferSize, streamID: copy.streamID)
            fanout.mirror(copy.arguments, payload: payload, arrival, for: takers)
        case .skipped(let reason):
            fanout.tell(reason, copy.arguments, payload, streamID: copy.streamID, receivedAt: receivedAt)
        }
    }

    /// Has the name of a message that is not mirrored warned about, once. Costs the next NOTIFYs with it a comparison.
    private func warn(of name: Range<Int>, in payload: RawSpan) {
        guard knownUnknowns.count < UnknownMessages.mostNames else { return }
        // Cut before anything is kept: a name may be as long as its payload.
        let range = name.prefix(UnknownMessages.longestName)
        guard !knownUnknowns.contains(where: { payload.matches(range, $0) }) else { return }
        let name = payload.bytes(range)
        knownUnknowns.append(name)
        unknownMessages.note(name)
    }
}

/// A request whose NOTIFY is answered. Later in the same round it is mirrored, or reported.
struct PendingCopy {
    /// Where the bytes of its payload stand until then.
    enum Source {
        /// Where the frame was read to.
        case frame(FrameReader.Location)
        /// Put together from fragments.
        case reassembled([UInt8])
    }

    let source: Source
    /// Of HAProxy.
    let streamID: UInt64
    let arguments: MirrorArguments
    /// What the gates say, once they are asked.
    var decision = Fanout.Decision.selected(0, DestinationSet())
}
