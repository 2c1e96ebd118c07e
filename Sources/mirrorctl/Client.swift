internal import AdminSocket
internal import Glibc
internal import System

/// One question to the daemon, one answer, within a time.
struct Client {
    let path: String
    /// In seconds, for the whole exchange.
    var timeout: Double

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
        let prefix = "set severity-output number"
        let commands: ArraySlice<[String]>
        do throws(RequestLine.Refusal) {
            commands = try RequestLine("\(prefix); \(line)".utf8).commands.dropFirst()
        } catch {
            throw Failure(error.description, exitCode: 64)
        }
        if let words = commands.first(where: {
            $0.first == "prompt" || $0.starts(with: ["set", "severity-output"])
        }) {
            throw Failure(
                "'\(words.joined(separator: " "))' is for other clients: mirrorctl uses it itself.",
                exitCode: 64)
        }
        guard !commands.isEmpty else { throw Failure("The line has no command.", exitCode: 64) }
        // The severity distinguishes errors from data. The first answer is that to `severity-output` itself, and is empty.
        let text = try exchange("\(prefix); \(line)")
        guard !text.isEmpty else { throw unreachable("it closed the connection without an answer") }
        guard let replies = ReceivedReply.parse(text) else { throw unreachable("the answer broke off") }
        if case .error(let reason) = replies.first, replies.count == 1 { throw .refused(reason) }
        if case .data(let lines) = replies.first, let line = lines.first,
            line.hasPrefix("Too many connections")
        {
            throw Failure(line, exitCode: 75)
        }
        guard replies.first == .data([]) else {
            throw unreachable("it says \(text.prefix { !$0.isNewline }.debugDescription)")
        }
        return Array(replies.dropFirst())
    }

    /// Sends one line and returns all that the daemon says until it closes.
    private func exchange(_ line: String) throws(Failure) -> String {
        let deadline = MonotonicClock.now + timeout
        let descriptor = try connect(until: deadline)
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            try wait(descriptor, POLLOUT, until: deadline)
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A daemon that turns us away has closed already, and has said why.
            if count < 0, errno == EPIPE || errno == ECONNRESET { break }
            guard count > 0 || errno == EAGAIN || errno == EINTR else { throw unreachable(errno) }
            rest = rest.dropFirst(max(0, count))
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while answer.count < Self.longestAnswer {
            try wait(descriptor, POLLIN, until: deadline)
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(descriptor.rawValue, $0.baseAddress, $0.count)
            }
            if count == 0 { return String(decoding: answer, as: UTF8.self) }
            if count < 0, errno == ECONNRESET, !answer.isEmpty {
                return String(decoding: answer, as: UTF8.self)
            }
            guard count > 0 || errno == EAGAIN || errno == EINTR else { throw unreachable(errno) }
            answer += buffer.prefix(max(0, count))
        }
        throw unreachable("the answer does not end")
    }

    /// Bytes of an answer; ten thousand connections fit in.
    private static let longestAnswer = 8 << 20

    private func connect(until deadline: Double) throws(Failure) -> Descriptor {
        // A path from here may begin like an abstract name.
        let file = path.hasPrefix("@") ? "./\(path)" : path
        guard !path.isEmpty, file.utf8.count <= UnixAddress.longest else {
            throw unreachable("the path is too long or empty")
        }
        while true {
            do throws(SystemError) { return try UnixAddress.connect(to: file) } catch {
                switch error.code {
                case EACCES, EPERM: throw Failure("permission denied on \(path)", exitCode: 77)
                // More clients wait than the daemon's socket takes.
                case EAGAIN where MonotonicClock.now < deadline: _ = poll(nil, 0, 20)
                case EAGAIN: throw timedOut
                default: throw unreachable(error.code)
                }
            }
        }
    }

    private func wait(_ socket: borrowing Descriptor, _ events: Int32, until end: Double) throws(Failure) {
        while true {
            let left = end - MonotonicClock.now
            guard left > 0 else { throw timedOut }
            if Interrupt.take() { throw Failure("interrupted", exitCode: 130) }
            if Poll.wait(socket.rawValue, events, milliseconds: Int32(left * 1000) + 1) { return }
        }
    }

    private func unreachable(_ reason: String) -> Failure {
        Failure("no spoa-mirror answers on \(path): \(reason)", exitCode: 3)
    }

    private func unreachable(_ code: Int32) -> Failure { unreachable(SystemError.text(of: code)) }

    private var timedOut: Failure { Failure("no answer on \(path) in time", exitCode: 75) }
}

/// Why a command cannot be carried out: one line for the user, and the exit code.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let exitCode: Int32
    private var isReported = false

    init(_ description: String, exitCode: Int32) {
        (self.description, self.exitCode) = (description, exitCode)
    }

    /// The daemon said no, in these words.
    static func refused(_ text: String) -> Failure {
        let code: Int32 = text.hasPrefix("Permission denied") ? 77 : text == "Timed out." ? 75 : 1
        return Failure(text, exitCode: code)
    }

    /// The same failure, already shown to the user.
    var reported: Failure {
        var copy = self
        copy.isReported = true
        return copy
    }

    /// One line on standard error, and an object on standard output for those who read JSON.
    func report(isJSON: Bool) {
        guard !isReported else { return }
        Terminal.complain(description)
        if isJSON { Terminal.print(JSONText.failure(description, code: exitCode)) }
    }
}
