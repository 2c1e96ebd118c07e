/// Why HAProxy closes the connection (SPOE.txt, section 3.2.8).
package struct PeerDisconnect: Hashable, Sendable {
    /// The peer's code; `unknownError` when it sent none.
    package let status: StatusCode
    /// The peer's text, at most 256 bytes of it. It is the peer's: print it escaped.
    package let message: String

    /// Decodes the payload of a HAPROXY-DISCONNECT. Keys that are missing or unknown are no error: the peer is leaving.
    init(payload: RawSpan) throws(DecodeError) {
        var status = StatusCode.unknownError
        var message = ""
        var cursor = ByteCursor(payload)
        while !cursor.isAtEnd {
            let key = payload.text(try cursor.readString())
            let value = try cursor.readTypedValue()
            switch (key, value) {
            case ("status-code", _):
                if let code = value.unsigned.flatMap(UInt32.init(exactly:)) {
                    status = StatusCode(rawValue: code)
                }
            case ("message", .string(let range)):
                message = payload.text(range.prefix(256))
            default: break
            }
        }
        self.status = status
        self.message = message
    }
}
