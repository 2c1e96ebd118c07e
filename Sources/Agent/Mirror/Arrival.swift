/// What is known of a selected request beside its message.
struct Arrival {
    /// What the ACK called it.
    let id: Int64
    /// When its bytes were read, on the monotonic clock, in seconds.
    let receivedAt: Double
    /// Of the buffers of the HAProxy that sent it, in bytes.
    let bufferSize: Int
    /// What HAProxy calls the stream of the NOTIFY.
    var streamID: UInt64 = 0
    /// In the totals, the request comes to what this copy comes to: of those for several destinations, one.
    var leads = true
}
