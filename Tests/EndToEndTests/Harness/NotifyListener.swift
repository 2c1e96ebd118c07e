import Foundation

/// A service manager's end of NOTIFY_SOCKET.
final class NotifyListener {
    /// What goes into the environment of the process that is to be heard.
    let address: String
    private let descriptor: Int32
    /// Everything heard so far, one message after the other.
    private(set) var messages: [String] = []
    /// How many of them were waited for, or passed over.
    private var passed = 0

    /// Listens on a path, or on an abstract name behind `@`.
    init(_ address: String) throws {
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) {
            $0.copyBytes(from: address.utf8)
            if address.hasPrefix("@") { $0[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count)
        let bound = withUnsafeBytes(of: &name) {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
        guard bound == 0 else { throw HarnessError("bind \(address): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Waits for a message that contains `text`, behind those that were waited for before.
    func wait(for text: String, evidence: () -> String = { "" }) throws -> String {
        try eventually("a message with \(text)", evidence: { "\(messages) \(evidence())" }) {
            receive()
            while passed < messages.count {
                passed += 1
                if messages[passed - 1].contains(text) { return messages[passed - 1] }
            }
            return nil
        }
    }

    /// Takes what has arrived.
    func receive() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)),
            count > 0
        {
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
