internal import SPOP
internal import Stats

/// What the NOTIFYs of one worker bring: `take` comes before their ACK, `mirror` behind it, in the same round of a connection.
final class NotifyIntake {
    private let names: Notification.Names
    private let pipeline: Pipeline
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
        names: Notification.Names, pipeline: Pipeline, counters: CounterBank, errors: RepeatedErrors,
        unknownMessages: UnknownMessages
    ) {
        self.names = names
        self.pipeline = pipeline
        self.counters = counters
        self.errors = errors
        self.unknownMessages = unknownMessages
    }

    /// Asks the gate about each request of a NOTIFY, and keeps those that are selected. Returns what the ACK says. Nothing of it is
    /// kept when it throws.
    func take(_ payload: RawSpan, from source: PendingCopy.Source) throws(DecodeError) -> Action {
        let first = pending.count
        do throws(DecodeError) {
            let excess = try Notification.decode(payload, names: names) { message in
                switch message {
                case .request(let arguments):
                    pending.append(PendingCopy(source: source, arguments: arguments))
                case .unknown(let name):
                    counters.add(to: .unknownMessages)
                    warn(of: name, in: payload)
                }
            }
            if excess.requests > 0 {
                pipeline.drop(.malformed(.excess), count: excess.requests)
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

    /// Asks the gate about the copies from `first` on and keeps those that are selected. Returns what the ACK says: the number of
    /// the first that is, or why the first of them all is not.
    private func select(from first: Int, _ payload: RawSpan) -> Action {
        var action = Action.nothing
        var kept = first
        for index in first..<pending.count {
            switch pipeline.decide(pending[index].arguments, payload: payload) {
            case .selected(let id):
                if kept == first { action = .setID(id) }
                pending[index].id = id
                if kept != index { pending.swapAt(kept, index) }
                kept += 1
            case .skipped(let reason):
                if index == first { action = .setSkip(reason.name) }
            }
        }
        if kept < pending.count { pending.removeSubrange(kept...) }
        return action
    }

    /// Nothing is kept.
    var isEmpty: Bool { pending.isEmpty }

    /// Mirrors what was kept. `reader` has the frames; they came at `receivedAt` on the monotonic clock, in seconds, of a HAProxy
    /// whose buffers have `bufferSize` bytes.
    func mirror(_ reader: borrowing FrameReader, receivedAt: Double, bufferSize: Int) {
        pipeline.beginRound()
        for copy in pending {
            let arrival = Arrival(id: copy.id, receivedAt: receivedAt, bufferSize: bufferSize)
            switch copy.source {
            case .frame(let location):
                reader.withBytes(at: location) { pipeline.mirror(copy.arguments, payload: $0, arrival) }
            case .reassembled(let payload):
                unsafe pipeline.mirror(copy.arguments, payload: payload.span.bytes, arrival)
            }
        }
        // What an unusual round took is given back.
        pending.removeAll(keepingCapacity: pending.count <= Self.usualPending)
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

/// A request whose NOTIFY is answered and that is still to be mirrored, in the same round.
struct PendingCopy {
    /// Where the bytes of its payload stand until then.
    enum Source {
        /// Where the frame was read to.
        case frame(FrameReader.Location)
        /// Put together from fragments.
        case reassembled([UInt8])
    }

    let source: Source
    let arguments: MirrorArguments
    /// The request's number, once it is selected.
    var id: Int64 = 0
}
