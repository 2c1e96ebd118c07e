/// Why a connection ends, as it travels in a DISCONNECT frame (SPOE.txt, section 3.5).
package struct StatusCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire. A peer may send one that the specification does not list.
    package let rawValue: UInt32

    /// Wraps any number a peer may send.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The connection ends because one side wants it to, not because something failed.
    package static let normal = StatusCode(rawValue: 0)
    /// Reading from or writing to the socket failed.
    package static let ioError = StatusCode(rawValue: 1)
    /// The peer took too long.
    package static let timeout = StatusCode(rawValue: 2)
    /// A frame is longer than the negotiated max-frame-size.
    package static let frameTooBig = StatusCode(rawValue: 3)
    /// A frame cannot be decoded, or its type is wrong at this point.
    package static let invalidFrame = StatusCode(rawValue: 4)
    /// HELLO without `supported-versions`.
    package static let versionNotFound = StatusCode(rawValue: 5)
    /// HELLO without `max-frame-size`.
    package static let maxFrameSizeNotFound = StatusCode(rawValue: 6)
    /// HELLO without `capabilities`.
    package static let capabilitiesNotFound = StatusCode(rawValue: 7)
    /// No protocol version in common.
    package static let unsupportedVersion = StatusCode(rawValue: 8)
    /// `max-frame-size` below 256 bytes, or above what was offered.
    package static let badFrameSize = StatusCode(rawValue: 9)
    /// A fragmented payload where fragmentation was not announced or is not allowed.
    package static let fragmentationNotSupported = StatusCode(rawValue: 10)
    /// Another frame between the fragments of one payload.
    package static let interlacedFrames = StatusCode(rawValue: 11)
    /// A continuation of a payload that was never started.
    package static let frameIDNotFound = StatusCode(rawValue: 12)
    /// No memory, no descriptor, or a limit of the agent is reached.
    package static let resourceAllocationError = StatusCode(rawValue: 13)
    /// Anything else.
    package static let unknownError = StatusCode(rawValue: 99)

    /// The text sent beside the number, in the wording of SPOE.txt's own table.
    package var message: String {
        switch self {
        case .normal: "normal"
        case .ioError: "I/O error"
        case .timeout: "a timeout occurred"
        case .frameTooBig: "frame is too big"
        case .invalidFrame: "invalid frame received"
        case .versionNotFound: "version value not found"
        case .maxFrameSizeNotFound: "max-frame-size value not found"
        case .capabilitiesNotFound: "capabilities value not found"
        case .unsupportedVersion: "unsupported version"
        case .badFrameSize: "max-frame-size too big or too small"
        case .fragmentationNotSupported: "payload fragmentation is not supported"
        case .interlacedFrames: "invalid interlaced frames"
        case .frameIDNotFound: "frame-id not found"
        case .resourceAllocationError: "resource allocation error"
        default: "an unknown error occurred"
        }
    }
}
