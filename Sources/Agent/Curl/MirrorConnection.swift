internal import CLibcurl
internal import Glibc
internal import System

/// A connection to a mirror, made by a `Connector`: in the clear a socket, over TLS what libcurl has built on one.
///
/// Belongs to its connector's thread. Letting it go closes it.
@safe final class MirrorConnection: HandleUser {
    /// What became of bytes that were to be sent.
    enum Sent {
        /// The first so many of them are on their way, at least one.
        case bytes(Int)
        /// None: the socket has to become writable. Over TLS all of them have to be offered then, at the same address.
        case again
        case failed(FailureReason, String)
        /// The call took so long that all connections of the worker were shut down: inform the transport's client.
        case cutOff
    }

    /// What came of an attempt to read.
    enum Received {
        /// So many, at least one. Over TLS there may be more that no event of the socket announces: to be read until `again`.
        case bytes(Int)
        /// Nothing: the socket has to become readable.
        case again
        /// The mirror has ended it.
        case ended
        case failed(FailureReason, String)
        /// As of `Sent`.
        case cutOff
    }

    let url: MirrorURL
    /// From when it is connected until it is closed, for its owner alone to watch; else negative.
    private(set) var socket = CURL_SOCKET_BAD
    private let connector: Connector
    /// It has this connection, and lets it go before it ends itself.
    private unowned let owner: any ConnectionOwner
    /// Nil when it is closed.
    private var handle: ConnectingHandle?
    /// A byte that came before it was asked for.
    private var early: UInt8?
    private var hasReceived = false

    /// To be called by `connector`, with a handle that has all options but those that are this connection's.
    init(
        _ handle: ConnectingHandle, to url: MirrorURL, of connector: Connector, for owner: any ConnectionOwner
    ) {
        (self.handle, self.url, self.connector, self.owner) = (handle, url, connector, owner)
        handle.user = self
        handle.begin()
        handle.easy.set(CURLOPT_URL, url.origin)
    }

    deinit { close() }

    /// It can be written and read.
    var isConnected: Bool { socket >= 0 }

    /// Something came with the connection, and is still to be read.
    var hasSpoken: Bool { early != nil }

    /// Closes it, also in the middle of connecting, without a call to its owner. Nobody may watch the socket any more.
    func close() {
        guard let handle = handle.take() else { return }
        socket = CURL_SOCKET_BAD
        // libcurl may ask for its user until it is done with the handle.
        handle.user = nil
        connector.takeBack(handle)
    }

    // MARK: connecting

    /// To be called by the connector: libcurl is done with making it.
    func made(_ result: CURLcode) {
        guard let handle else { return }
        var socket = CURL_SOCKET_BAD
        if result == CURLE_OK { unsafe shim_easy_get_socket(handle.easy.pointer, &socket) }
        guard result == CURLE_OK, socket >= 0 else {
            return fail(handle.failure(result == CURLE_OK ? CURLE_COULDNT_CONNECT : result))
        }
        self.socket = socket
        connector.handOver(socket)
        // Before 8.7 that is the most that it reads at once. It has no memory of that size any more.
        handle.easy.set(CURLOPT_BUFFERSIZE, 16 << 10)
        switch attach() {
        case .failed(let reason, let text): fail((reason, text))
        case .cutOff:
            connector.attachWasLong()
            fail(handle.failure(CURLE_RECV_ERROR))
        case .bytes, .again, .ended: owner.connected(self)
        }
    }

    private func fail(_ failure: (reason: FailureReason, text: String)) {
        close()
        owner.failed(self, as: failure.reason, failure.text)
    }

    /// Has libcurl read a byte, and thereby attach the handle to the connection once more. When it makes another connection, it
    /// closes those which no handle is attached to and which there is something to read from.
    private func attach() -> Received {
        var byte: UInt8 = 0
        let received = unsafe withUnsafeMutableBytes(of: &byte) { unsafe receiveThroughLibcurl(into: $0) }
        if case .bytes = received { early = byte }
        return received
    }

    // MARK: what a probe tells

    /// Has it offer `protocols`, each behind its length, over TLS (ALPN). To be called before it moves.
    func offer(_ protocols: [UInt8]) { handle?.offer(protocols) }

    /// From its beginning until an address of the mirror was connected to, in seconds; 0 before it is connected.
    var connectSeconds: Double { Double(handle?.easy.value(of: CURLINFO_CONNECT_TIME_T) ?? 0) / 1e6 }

    /// The mirror has taken the connection, and TLS has begun.
    var hasBegunTLS: Bool { unsafe tls != nil }

    private var tls: OpaquePointer? {
        unsafe handle.flatMap { unsafe shim_easy_get_tls($0.easy.pointer) }.map { OpaquePointer($0) }
    }

    /// What was agreed on and shown; nil in the clear, and until it is connected.
    var handshake: Handshake? {
        guard isConnected, let tls = unsafe tls else { return nil }
        return unsafe Handshake(tls)
    }

    // MARK: bytes

    /// Sends as many of `bytes`, which are some, as can be sent at once. Only while it is connected.
    func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
        guard isEncrypted else {
            let count = unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            let code = errno
            return Self.isTransient(code)
                ? .again : .failed(.reset, "Send failure: \(SystemError.text(of: code))")
        }
        var count = 0
        let result = unsafe guarded { unsafe curl_easy_send($0, bytes.baseAddress, bytes.count, &count) }
        switch result {
        case nil: return .cutOff
        case CURLE_OK?: return .bytes(count)
        case CURLE_AGAIN?: return .again
        case let result?:
            let failure = failure(result)
            return .failed(failure.reason, failure.text)
        }
    }

    /// Reads as much as there is and has room in `buffer`, which has some. Only while it is connected.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        if let byte = early.take() {
            unsafe buffer[0] = byte
            hasReceived = true
            return .bytes(1)
        }
        guard isEncrypted else {
            let count = unsafe recv(socket, buffer.baseAddress, buffer.count, 0)
            guard count < 0 else { return count == 0 ? .ended : .bytes(count) }
            let code = errno
            return Self.isTransient(code)
                ? .again : .failed(.reset, "Recv failure: \(SystemError.text(of: code))")
        }
        let received = unsafe receiveThroughLibcurl(into: buffer)
        if case .bytes = received { hasReceived = true }
        return received
    }

    private func receiveThroughLibcurl(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        var count = 0
        let result = unsafe guarded { unsafe curl_easy_recv($0, buffer.baseAddress, buffer.count, &count) }
        switch result {
        case nil: return .cutOff
        case CURLE_OK?: return count == 0 ? .ended : .bytes(count)
        case CURLE_AGAIN?: return .again
        case let result?:
            let failure = failure(result)
            return .failed(failure.reason, failure.text)
        }
    }

    /// Nil when `call` lasted too long.
    private func guarded(_ call: (UnsafeMutableRawPointer) -> CURLcode) -> CURLcode? {
        guard let handle else { return CURLE_BAD_FUNCTION_ARGUMENT }
        var result = CURLE_OK
        let wasLong = CallGuard.cutsOff { unsafe result = call(handle.easy.pointer) }
        return wasLong ? nil : result
    }

    private func failure(_ result: CURLcode) -> (reason: FailureReason, text: String) {
        handle?.failure(result, isConnected: true, isAnswered: hasReceived)
            ?? (.other, "the connection is closed")
    }

    private static func isTransient(_ code: Int32) -> Bool { code == EAGAIN || code == EINTR }

    // MARK: what its handle asks

    var isUnderWay: Bool { handle != nil && !isConnected }

    var endedInHTTP1: Bool { false }

    var isEncrypted: Bool { url.isEncrypted }

    func mayConnect() -> Bool { true }
}
