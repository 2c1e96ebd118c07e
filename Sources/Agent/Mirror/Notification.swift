internal import SPOP

/// What one NOTIFY asks for. Messages are routed by name here and nowhere else.
enum Notification {
    /// Decodes the whole list of messages, so that a payload that breaks off is refused before it is acknowledged.
    /// Calls `copy` for each message to mirror, and `unknown` with the name, a range of the payload, of each other one;
    /// what they did has to be undone when it throws in the end.
    static func decode(
        _ payload: RawSpan, messageName: [UInt8], copy: (MirrorArguments) -> Void,
        unknown: (Range<Int>) -> Void
    ) throws(DecodeError) {
        var reader = MessageReader(payload)
        while let message = try reader.nextMessage() {
            guard payload.matches(message.name, messageName) else {
                unknown(message.name)
                continue
            }
            var arguments = MirrorArguments()
            while let argument = try reader.nextArgument() { arguments.take(argument, in: payload) }
            copy(arguments)
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
