/// What is known of a request without a copy.
struct UnsentCopy {
    /// In bytes.
    static let longestTarget = 512
    static let longestUniqueID = 128

    /// What the ACK called it; nil when it had no number yet.
    var id: Int64?
    /// HAProxy's number of its stream.
    let streamID: UInt64
    /// The one that HAProxy made, cut to `longestUniqueID`; empty when there is none, or nobody looked.
    var uniqueID: [UInt8] = []
    /// Empty when nobody looked.
    var method: [UInt8] = []
    /// As HAProxy sent it, cut to `longestTarget`; empty when nobody looked.
    var target: [UInt8] = []
    let url: MirrorURL

    var isCut: Bool { target.count == Self.longestTarget }
}

/// Where a request that came to nothing is reported.
struct Telling: OptionSet {
    let rawValue: Int

    /// In the log of events, summed up.
    static let event = Telling(rawValue: 1)
    /// In `show errors`.
    static let example = Telling(rawValue: 2)
    /// In the request log.
    static let line = Telling(rawValue: 4)
}
