internal import SPOP

/// What one NOTIFY asks for. Messages are routed by name here and nowhere else.
struct Notification {
    /// The message to mirror; nil when the NOTIFY holds none.
    private(set) var copy: MirrorArguments?
    /// The name of a message that nobody here knows, as a range of the payload.
    private(set) var unknownMessage: Range<Int>?

    /// Decodes the whole list of messages, so that a payload that breaks off is refused before it is acknowledged.
    init(payload: RawSpan, messageName: [UInt8]) throws(DecodeError) {
        var reader = MessageReader(payload)
        while let message = try reader.nextMessage() {
            guard payload.matches(message.name, messageName) else {
                unknownMessage = message.name
                continue
            }
            var arguments = MirrorArguments()
            while let argument = try reader.nextArgument() { arguments.take(argument, in: payload) }
            copy = arguments
        }
    }
}

extension RawSpan {
    /// True when the bytes of `range` are those of `other`.
    func matches(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        return unsafe extracting(range).withUnsafeBytes { unsafe $0.elementsEqual(other) }
    }
}
