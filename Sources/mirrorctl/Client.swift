internal import AdminSocket
internal import Glibc

/// One question to the daemon, one answer, within a time.
struct Client {
    let path: String
    /// In seconds, for the whole exchange.
    let timeout: Double

    /// Why there is no answer.
    enum Failure: Error, CustomStringConvertible {
        case unreachable(path: String, reason: String)
        case timedOut(path: String)
        case permissionDenied(path: String)
        /// The line cannot be sent.
        case badLine(String)
        /// The daemon said no; its words.
        case refused(String)

        var exitCode: Int32 {
            switch self {
            case .unreachable: 3
            case .timedOut: 75
            case .permissionDenied: 77
            case .badLine: 64
            case .refused(let text):
                text.hasPrefix("Permission denied") ? 77 : text == "Timed out." ? 75 : 1
            }
        }

        var description: String {
            switch self {
            case .unreachable(let path, let reason): "no spoa-mirror answers on \(path): \(reason)"
            case .timedOut(let path): "no answer on \(path) in time"
            case .permissionDenied(let path): "permission denied on \(path)"
            case .refused(let text): text
            case .badLine(let reason): reason
            }
        }
    }

    /// The lines that answer one command. A command that is refused is a failure.
    func lines(answering line: String) throws(Failure) -> [String] {
        var lines: [String] = []
        for reply in try ask(line) {
            switch reply {
            case .data(let data): lines += data
            case .message(let text): lines.append(text)
            case .error(let text): throw .refused(text)
            }
        }
        return lines
    }

    /// Sends `line` and returns the answer to each of its commands.
    func ask(_ line: String) throws(Failure) -> [ReceivedReply] {
        // A line that is refused as a whole would be answered before the severity is known.
        let commands: [[String]]
        do throws(RequestLine.Refusal) { commands = try RequestLine(line.utf8).commands } catch {
            throw .badLine(error.description)
        }
        guard !commands.isEmpty else { throw .badLine("The line has no command.") }
        // Errors are told from data by their severity. What `severity-output` itself answers is the first answer: nothing.
        let text = try exchange("set severity-output number; \(line)")
        guard !text.isEmpty else {
            throw .unreachable(path: path, reason: "it closed the connection without a word")
        }
        guard let replies = ReceivedReply.parse(text) else {
            throw .unreachable(path: path, reason: "the answer broke off")
        }
        if case .error(let reason) = replies.first, replies.count == 1 { throw .refused(reason) }
        guard replies.first == .data([]) else {
            throw .unreachable(
                path: path, reason: "it says \(text.prefix { !$0.isNewline }.debugDescription)")
        }
        return Array(replies.dropFirst())
    }

    /// Sends one line and returns all that the daemon says until it closes.
    private func exchange(_ line: String) throws(Failure) -> String {
        let deadline = Self.now() + timeout
        let descriptor = try connect()
        defer { close(descriptor) }
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            try wait(descriptor, Int16(POLLOUT), until: deadline)
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A daemon that turns us away has closed already, and has said why.
            if count < 0, errno == EPIPE || errno == ECONNRESET { break }
            guard count > 0 || errno == EAGAIN || errno == EINTR else { throw unreachable() }
            rest = rest.dropFirst(max(0, count))
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while answer.count < Self.longestAnswer {
            try wait(descriptor, Int16(POLLIN), until: deadline)
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return String(decoding: answer, as: UTF8.self) }
            if count < 0, errno == ECONNRESET, !answer.isEmpty {
                return String(decoding: answer, as: UTF8.self)
            }
            guard count > 0 || errno == EAGAIN || errno == EINTR else { throw unreachable() }
            answer += buffer.prefix(max(0, count))
        }
        throw .unreachable(path: path, reason: "the answer does not end")
    }

    /// Bytes of an answer; ten thousand connections fit in.
    private static let longestAnswer = 8 << 20

    private func connect() throws(Failure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < 108, !path.isEmpty else {
            throw .unreachable(path: path, reason: "the path is too long or empty")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            for (index, byte) in path.utf8.enumerated() { unsafe field[index] = byte }
        }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let code = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bytes.baseAddress.map {
                unsafe Glibc.connect(
                    descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            } ?? -1
        }
        guard code != 0 else { return descriptor }
        defer { close(descriptor) }
        switch errno {
        case EACCES, EPERM: throw .permissionDenied(path: path)
        case EAGAIN: throw .timedOut(path: path)
        default: throw unreachable()
        }
    }

    private func wait(_ descriptor: Int32, _ events: Int16, until deadline: Double) throws(Failure) {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let left = deadline - Self.now()
            guard left > 0 else { throw .timedOut(path: path) }
            if unsafe poll(&entry, 1, Int32(left * 1000) + 1) > 0 { return }
        }
    }

    private func unreachable() -> Failure {
        .unreachable(
            path: path, reason: unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown error")
    }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
