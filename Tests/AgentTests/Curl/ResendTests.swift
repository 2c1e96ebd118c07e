import CLibcurl
import CLinux
import Glibc
import Synchronization
import Testing

@testable import Agent

@Suite("Copies that are sent once more")
struct ResendTests {
    /// Between libcurl's look at the kept connection and its first write, the connection loses its way out: send(2) fails.
    @Test("of which nothing was written, whatever the method, and not counted", arguments: Resend.allCases)
    func nothingWritten(_ resend: Resend) throws {
        let kept = try KeptConnection(resend)
        #expect(try kept.send("GET", "/1") == CURLE_OK)
        kept.breaksNext = true
        #expect(try kept.send("POST", "/2") == CURLE_OK)
        #expect(!kept.breaksNext)
        #expect(kept.server.arrived == ["GET /1", "POST /2"])
        #expect(!kept.transfer.wasResent && kept.resent == 0)
    }

    @Test("the same over what may be HTTP/2, where nobody knows: only by its method")
    func unknown() throws {
        let kept = try KeptConnection(.idempotent, httpVersion: .http2)
        #expect(try kept.send("GET", "/1") == CURLE_OK)
        kept.breaksNext = true
        #expect(try kept.send("POST", "/2") != CURLE_OK)
        #expect(kept.transfer.isRefused && kept.transfer.outcome(CURLE_COULDNT_CONNECT) == .failed(.reset))
        #expect(kept.server.connections == 1, "none that is of no use")
        #expect(kept.resent == 0)
        #expect(try kept.send("GET", "/3") == CURLE_OK)
        kept.breaksNext = true
        #expect(try kept.send("GET", "/4") == CURLE_OK)
        #expect(kept.transfer.wasResent && kept.resent == 1)
        #expect(kept.server.arrived == ["GET /1", "GET /3", "GET /4"])
        // The handle forgets.
        #expect(try kept.send("GET", "/5") == CURLE_OK)
        #expect(!kept.transfer.wasResent)
    }

    @Test("after bytes were written, by the method and the setting, and never a third time")
    func written() throws {
        for resend in Resend.allCases {
            for method in ["GET", "POST"] {
                let kept = try KeptConnection(resend)
                let isAllowed = resend.allows(Array(method.utf8))
                #expect(try kept.send("GET", "/kept") == CURLE_OK)
                let result = try kept.send(method, "/close-once")
                #expect(kept.transfer.outcome(result) == (isAllowed ? .response(200) : .failed(.reset)))
                #expect(kept.server.connections == (isAllowed ? 2 : 1))
                #expect(kept.server.arrived.count == (isAllowed ? 3 : 2))
                #expect(kept.resent == (isAllowed ? 1 : 0))
                // The transfer's own callback, as libcurl would call it a third time.
                if isAllowed { #expect(!kept.transfer.mayBegin()) }
            }
        }
    }

    @Test("not after a line of an answer")
    func answered() throws {
        let kept = try KeptConnection(.all)
        #expect(try kept.send("GET", "/kept") == CURLE_OK)
        _ = try kept.send("GET", "/line")
        #expect(kept.server.arrived == ["GET /kept", "GET /line"])
        // Nor would it be if libcurl wanted to, as when HTTP/1.1 is demanded in the middle of an answer.
        #expect(!kept.transfer.mayBegin())
    }

    @Test("half of the first line is no answer yet")
    func halfALine() throws {
        for resend in Resend.allCases {
            let kept = try KeptConnection(resend)
            #expect(try kept.send("GET", "/kept") == CURLE_OK)
            _ = try kept.send("POST", "/half")
            #expect(kept.server.arrived.count == (resend == .all ? 3 : 2), "\(resend)")
            #expect(kept.resent == (resend == .all ? 1 : 0))
        }
    }
}

/// A transfer, and a server that keeps its connection.
private final class KeptConnection: TransferOwner {
    let server: SmallServer
    /// Times that a copy was sent again.
    private(set) var resent = 0
    let transfer: CurlTransfer
    private let settings: DestinationSettings
    /// The next time that a request is about to be sent, its connection loses its way out.
    var breaksNext = false

    init(_ resend: Resend, httpVersion: TransportSettings.HTTPVersion = .http1) throws {
        server = try SmallServer()
        transfer = try #require(
            CurlTransfer(sockets: SocketTable(loop: try EventLoop(backend: nil))))
        var settings = DestinationSettings(url: try MirrorURL("http://127.0.0.1:\(server.port)/"))
        settings.resend = resend
        settings.transport.httpVersion = httpVersion
        self.settings = settings
        let this = Unmanaged.passUnretained(self).toOpaque()
        _ = shim_easy_set_prereq_function(
            transfer.easy.pointer,
            { this, _, _, _, localPort in
                guard let this else { return CURL_PREREQFUNC_ABORT }
                return Unmanaged<KeptConnection>.fromOpaque(this).takeUnretainedValue().begins(localPort)
            }, this)
    }

    func send(_ method: String, _ target: String) throws -> CURLcode {
        let payload = PayloadBuilder(method: method, path: target).bytes
        let request = try PayloadBuilder.request(payload, to: settings.url)
        transfer.prepare(request, for: self, settings: settings, version: 1, now: 0)
        defer { _ = transfer.finish() }
        return curl_easy_perform(transfer.easy.pointer)
    }

    func wasResent(_ transfer: Transfer) { resent += 1 }

    func ended(_ transfer: Transfer, _ end: TransferEnd) {}

    private func begins(_ localPort: Int32) -> Int32 {
        if breaksNext {
            breaksNext = false
            let socket = (3..<1024).first { Self.port(of: $0, getsockname) == Int(localPort) }
            #expect(socket.map { shutdown($0, Int32(SHUT_WR)) } == 0)
        }
        return transfer.mayBegin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    private static func port(
        of socket: Int32,
        _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(socket, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// An HTTP/1.1 server on a free loopback port that does what targets say. Requests have no bodies, and come in one piece.
private final class SmallServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let state = State()

    /// Method and target of each request, in the order in which they came.
    var arrived: [String] { state.arrived.withLock { $0 } }

    var connections: Int { state.connections.load(ordering: .relaxed) }

    private final class State: Sendable {
        let arrived = Synchronization.Mutex<[String]>([])
        let connections = Atomic(0)

        func serve(_ connection: Int32) {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(connection, &bytes, bytes.count, 0), count > 0 {
                let line = String(decoding: bytes[..<count].prefix { $0 != 13 }, as: UTF8.self)
                let request = line.split(separator: " ").prefix(2).joined(separator: " ")
                let isFirst = arrived.withLock {
                    $0.append(request)
                    return $0.filter { $0 == request }.count == 1
                }
                if request.hasSuffix("/close-once") && isFirst { break }
                let whole = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                let length =
                    request.hasSuffix("/half") ? 10 : request.hasSuffix("/line") ? 20 : whole.utf8.count
                let answer = Array(whole.utf8.prefix(length))
                send(connection, answer, length, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
                if length < whole.utf8.count { break }
            }
            close(connection)
        }
    }

    init() throws {
        listener = linux_socket(AF_INET, linux_stream_type(), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(listener, address, length) == 0 && listen(listener, 16) == 0)
                #expect(getsockname(listener, address, &length) == 0)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        Self.onThread { [state] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                state.connections.add(1, ordering: .relaxed)
                Self.onThread { state.serve(connection) }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        final class Work {
            let body: () -> Void
            init(_ body: @escaping () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                context.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Work(body)).toOpaque())
        #expect(result == 0)
        pthread_detach(thread)
    }
}
