import Foundation

/// A server that says something at once and then goes on with something else, without end, and reads what comes.
final class StubbornServer: Sendable {
    private let listener: Socket
    var port: UInt16 { listener.localPort }

    /// `pause` seconds between one `again` and the next.
    init(says first: [UInt8], again: [UInt8] = [], pause: Double = 0.02) throws {
        listener = try Socket.listen(on: .loopback(0))
        onThread { [listener] in
            while let connection = listener.accept() {
                onThread { Self.serve(connection, first, again, pause) }
            }
        }
    }

    deinit { listener.disconnect() }

    private static func serve(_ connection: Socket, _ first: [UInt8], _ again: [UInt8], _ pause: Double) {
        guard let request = try? connection.read(), !request.isEmpty else { return }
        try? connection.write(first)
        if again.isEmpty {
            while let more = try? connection.read(), !more.isEmpty {}
        } else {
            while (try? connection.write(again)) != nil {
                if pause > 0 { Thread.sleep(forTimeInterval: pause) }
            }
        }
    }
}
