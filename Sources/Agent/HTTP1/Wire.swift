/// A connection to a mirror as `HTTP1Connection` needs it: bytes go out and come in.
protocol Wire: AnyObject {
    /// To be watched by its owner from the moment when it is connected; negative before, and when it is closed.
    var socket: Int32 { get }
    /// Bytes that no event announces may wait in it.
    var isEncrypted: Bool { get }
    /// The mirror has sent something before anything was read: right after connecting, before it was asked.
    var hasSpoken: Bool { get }

    func send(_ bytes: UnsafeRawBufferPointer) -> MirrorConnection.Sent
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> MirrorConnection.Received

    /// Closes it, also in the middle of connecting, without a call to its owner.
    func close()
}

extension MirrorConnection: Wire {}

/// What makes connections to mirrors.
protocol WireMaker: AnyObject {
    func apply(_ settings: DestinationSettings)

    /// Begins to connect to `url`, which moves at the next `kick`. `connection` gets the result, never from inside of this call:
    /// `connected` or `failed`. Nil, without such a call, when there is no memory.
    func makeWire(to url: MirrorURL, addresses: [String]?, for connection: HTTP1Connection) -> (any Wire)?

    /// Lets it do what is due. It may call connections.
    func kick()
}

extension Connector: WireMaker {
    func makeWire(to url: MirrorURL, addresses: [String]?, for connection: HTTP1Connection) -> (any Wire)? {
        connect(to: url, addresses: addresses, for: connection)
    }
}

extension HTTP1Connection: ConnectionOwner {
    func connected(_: MirrorConnection) { connected() }

    func failed(_: MirrorConnection, as reason: FailureReason, _ detail: String) { failed(reason, detail) }
}
