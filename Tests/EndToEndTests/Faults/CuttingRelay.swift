import Foundation

/// Between a client and a server: what the client says arrives in pieces of the given sizes, in turn, as networks may cut it.
final class CuttingRelay: Sendable {
    private let listener: Socket

    /// Where the client connects.
    var port: UInt16 { listener.localPort }

    init(to server: Endpoint, pieces: [Int]) throws {
        listener = try Socket.listen(on: .loopback(0))
        onThread { [listener] in
            while let client = listener.accept() {
                guard let server = try? Socket.connect(to: server) else { continue }
                onThread { Self.pass(client, to: server, pieces: pieces) }
                onThread { Self.pass(server, to: client) }
            }
        }
    }

    deinit { listener.disconnect() }

    /// Until one of them closes: then both do.
    private static func pass(_ source: Socket, to sink: Socket, pieces: [Int] = []) {
        source.waitsForEver()
        var turn = 0
        while let bytes = try? source.read(), !bytes.isEmpty {
            var rest = bytes[...]
            do {
                while !rest.isEmpty {
                    let size = pieces.isEmpty ? rest.count : pieces[turn % pieces.count]
                    try sink.write(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                    turn += 1
                    // Else the reader would find several pieces at once, and none cut.
                    if !pieces.isEmpty { Thread.sleep(forTimeInterval: 0.000_2) }
                }
            } catch { break }
        }
        source.disconnect()
        sink.disconnect()
    }
}

extension Socket {
    /// No read fails because nothing comes.
    fileprivate func waitsForEver() {
        var none = timeval()
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &none, socklen_t(MemoryLayout<timeval>.size))
    }
}
