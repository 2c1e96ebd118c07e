internal import SPOP

/// What one NOTIFY asks for. Messages are routed by name here and nowhere else.
enum Notification {
    /// Decodes the whole list of messages, so that a payload that breaks off is refused before it is acknowledged.
    /// Calls `copy` for each message to mirror, and `unknown` with the name, a range of the payload, of each other one;
    /// what they did has to be undone when it throws in the end. Returns what is past `mostMessages`.
    @discardableResult
    static func decode(
        _ payload: RawSpan, messageName: [UInt8], copy: (MirrorArguments) -> Void,
        unknown: (Range<Int>) -> Void
    ) throws(DecodeError) -> Excess {
        var reader = MessageReader(payload)
        var seen = 0
        var excess = Excess()
        while let message = try reader.nextMessage() {
            let isKnown = payload.matches(message.name, messageName)
            seen += 1
            guard seen <= mostMessages else {
                if isKnown { excess.copies += 1 } else { excess.unknown += 1 }
                continue
            }
            guard isKnown else {
                unknown(message.name)
                continue
            }
            var arguments = MirrorArguments(at: message.name.upperBound)
            while let argument = try reader.nextArgument() { arguments.take(argument, in: payload) }
            copy(arguments)
        }
        return excess
    }

    /// Messages of a NOTIFY that are looked at. HAProxy sends those of one event, a handful; a payload can hold more than a
    /// hundred thousand, on which every other connection of the worker would wait.
    static let mostMessages = 64

    /// Messages past that, counted by their names and not looked at.
    struct Excess: Equatable {
        var copies = 0
        var unknown = 0
    }
}
