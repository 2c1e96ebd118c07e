import Foundation
import Synchronization

/// A name server that answers every question about an address with the same one, or not at all.
final class NameServer: Sendable {
    /// What it does with a question.
    enum Behaviour: Sendable {
        /// Every name has these addresses, IPv4 and IPv6.
        case addresses([String])
        /// SERVFAIL.
        case fail
        /// No word.
        case silence

        static func answer(_ addresses: String...) -> Behaviour { .addresses(addresses) }
    }

    private let state: State

    private final class State: Sendable {
        let behaviour: Mutex<Behaviour>
        let questions = Atomic(0)
        init(_ behaviour: Behaviour) { self.behaviour = Mutex(behaviour) }
    }

    /// Listens on port 53 of 127.0.0.1 in `namespace`.
    init(_ behaviour: Behaviour, in namespace: NetworkNamespace) throws {
        let state = State(behaviour)
        self.state = state
        let descriptor = try namespace.run {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(53).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard bound == 0 else { throw HarnessError("bind to port 53: errno \(errno)") }
            return descriptor
        }
        onThread { [weak self] in
            defer { close(descriptor) }
            while true {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&waiting, 1, 100) > 0 { Self.serve(descriptor, state) }
                if self == nil { return }
            }
        }
    }

    func become(_ behaviour: Behaviour) { state.behaviour.withLock { $0 = behaviour } }

    /// How often it was asked.
    var questions: Int { state.questions.load(ordering: .relaxed) }

    private static func serve(_ descriptor: Int32, _ state: State) {
        var question = [UInt8](repeating: 0, count: 512)
        var peer = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let count = recvfrom(descriptor, &question, question.count, 0, address, &length)
                guard count > 16 else { return }
                state.questions.add(1, ordering: .relaxed)
                let behaviour = state.behaviour.withLock { $0 }
                guard let answer = answer(to: Array(question.prefix(count)), behaviour) else { return }
                _ = sendto(descriptor, answer, answer.count, 0, address, length)
            }
        }
    }

    /// RFC 1035, section 4. The question is repeated; all addresses of its family answer it.
    private static func answer(to question: [UInt8], _ behaviour: Behaviour) -> [UInt8]? {
        // Behind the header of 12 bytes: labels up to an empty one, type, class.
        guard let end = question[12...].firstIndex(of: 0), question.count >= end + 5 else { return nil }
        let asked = Array(question[12...(end + 4)])
        func head(_ code: UInt8, answers: Int) -> [UInt8] {
            Array(question.prefix(2)) + [0x81, 0x80 | code, 0, 1, 0, UInt8(answers), 0, 0, 0, 0] + asked
        }
        switch behaviour {
        case .silence: return nil
        case .fail: return head(2, answers: 0)
        case .addresses(let addresses):
            // A, or AAAA (RFC 3596).
            let type = question[end + 2]
            let found = addresses.compactMap { bytes(of: $0, family: type == 28 ? AF_INET6 : AF_INET) }
            guard type == 1 || type == 28 else { return head(0, answers: 0) }
            return found.reduce(head(0, answers: found.count)) {
                $0 + [0xC0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, UInt8($1.count)] + $1
            }
        }
    }

    private static func bytes(of address: String, family: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
        return inet_pton(family, address, &bytes) == 1 ? bytes : nil
    }
}
