internal import SPOP

/// What one NOTIFY asks for.
enum Notification {
    /// One of its messages, by its name.
    enum Message {
        case request(MirrorArguments)
        /// None of ours; where its name stands in the payload.
        case unknown(name: Range<Int>)
    }

    /// Names that HAProxy's configuration gives to messages, in UTF-8. Messages are routed by name here and nowhere else.
    struct Names {
        let request: [UInt8]
    }

    /// Decodes the whole list of messages, so that a payload that breaks off is refused before it is acknowledged.
    /// Calls `take` with each message; what that did has to be undone when it throws in the end. Returns what is past `mostMessages`.
    @discardableResult
    static func decode(
        _ payload: RawSpan, names: Names, take: (Message) -> Void
    ) throws(DecodeError) -> Excess {
        var reader = MessageReader(payload)
        var seen = 0
        var excess = Excess()
        while let name = try reader.nextMessage() {
            seen += 1
            let isRequest = payload.matches(name, names.request)
            if seen > mostMessages {
                if isRequest { excess.requests += 1 } else { excess.unknown += 1 }
            } else if isRequest {
                var arguments = MirrorArguments(at: name.upperBound)
                while let argument = try reader.nextArgument() { arguments.take(argument, in: payload) }
                take(.request(arguments))
            } else {
                take(.unknown(name: name))
            }
        }
        return excess
    }

    /// Messages of a NOTIFY that are looked at. HAProxy sends those of one event, a handful; a payload can hold more than a
    /// hundred thousand, on which every other connection of the worker would wait.
    static let mostMessages = 64

    /// Messages past that, counted by their names and not looked at.
    struct Excess: Equatable {
        var requests = 0
        var unknown = 0
    }
}
