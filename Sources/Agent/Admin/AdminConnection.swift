internal import AdminSocket
internal import Glibc

/// One client of an admin socket, on the main thread.
///
/// It answers one line and closes, or many after `prompt`. A client that is silent, or does not read, for the idle
/// timeout is dropped.
final class AdminConnection {
    private static let idleTimeout = 10.0

    private let descriptor: Descriptor
    private let replies: AdminReplies
    private let report: () -> AgentReport
    private let closed: (AdminConnection) -> Void
    private var watcher: IOWatcher?
    private var timer: TimerWatcher?
    private var input: [UInt8] = []
    private var output = ReplyBuffer()
    private var isInteractive = false
    private var isEnding = false

    /// Takes over a connected, non-blocking socket.
    init(
        _ descriptor: consuming Descriptor, level: Level, loop: EventLoop,
        report: @escaping () -> AgentReport,
        closed: @escaping (AdminConnection) -> Void
    ) {
        self.descriptor = descriptor
        self.report = report
        self.closed = closed
        replies = AdminReplies(level: level)
        watcher = IOWatcher(loop: loop) { [unowned self] in ready($0) }
        timer = TimerWatcher(loop: loop) { [unowned self] in close() }
        watcher?.watch(self.descriptor.rawValue, for: .read)
        timer?.start(after: Self.idleTimeout)
    }

    private func ready(_ events: IOEvents) {
        // Once the answer is on its way, what the client still sends keeps nothing open.
        if !isEnding { timer?.start(after: Self.idleTimeout) }
        if events.contains(.write) { return flush() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe read(descriptor.rawValue, $0.baseAddress, $0.count)
        }
        if count < 0 {
            guard errno == EAGAIN || errno == EINTR else { return close() }
            return
        }
        // The end of the input ends a last line as a line break does.
        let isAtEnd = count == 0
        guard !isEnding, !(isAtEnd && input.isEmpty) else { return isAtEnd ? close() : () }
        input.append(contentsOf: isAtEnd ? [0x0A] : buffer[..<count])
        takeLines()
        if isAtEnd { isEnding = true }
        flush()
    }

    private func takeLines() {
        while !isEnding, let end = input.firstIndex(of: 0x0A) {
            let line = input[..<end]
            input.removeSubrange(...end)
            take(line.last == 0x0D ? line.dropLast() : line)
        }
        if input.count > RequestLine.maxLength {
            say(["The line is longer than \(RequestLine.maxLength) bytes."])
            isEnding = true
        }
        if isEnding { input = [] }
    }

    private func take(_ line: ArraySlice<UInt8>) {
        do throws(RequestLine.Refusal) {
            for words in try RequestLine(line).commands where !isEnding { run(words) }
        } catch {
            say([error.description])
        }
        if isInteractive, !isEnding {
            output.bytes.append(contentsOf: "> ".utf8)
        } else {
            isEnding = true
        }
    }

    private func run(_ words: [String]) {
        do throws(CommandError) {
            let call = try Command.find(words, level: replies.level)
            let lines = try replies.answer(call, report)
            switch call.command.name {
            case .prompt: isInteractive = true
            case .quit: isEnding = true
            default: say(lines)
            }
        } catch {
            say([error.description])
        }
    }

    /// An empty line ends each answer, and no answer has one inside.
    private func say(_ lines: [String]) {
        for line in lines + [""] { output.bytes.append(contentsOf: "\(line)\n".utf8) }
    }

    private func flush() {
        switch output.flush(to: descriptor.rawValue) {
        case .failed: close()
        case .partial: watcher?.watch(descriptor.rawValue, for: .write)
        case .done:
            watcher?.watch(descriptor.rawValue, for: .read)
            // The client sees the end at once; its own end, or the timer, closes the rest.
            if isEnding { _ = shutdown(descriptor.rawValue, Int32(SHUT_WR)) }
        }
    }

    private func close() {
        watcher?.stop()
        timer?.stop()
        closed(self)
    }
}
