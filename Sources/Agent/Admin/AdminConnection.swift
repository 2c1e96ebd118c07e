internal import AdminSocket
internal import Glibc
internal import Stats
internal import System

/// One client of an admin socket, on the main thread.
///
/// It answers one line and closes, or many after `prompt`. Commands are carried out one after the other; while one waits,
/// nothing is read. A client that is silent, or does not read, for the idle timeout is dropped.
final class AdminConnection: Guest {
    private static let idleTimeout = 10.0
    /// Seconds between looks whether a client whose command waits is still there.
    private static let hangUpInterval = 1.0
    /// Bytes of answers past which no further command is carried out until the client has read.
    private static let mostUnread = 256 << 10
    /// Seconds of one pass of the loop that one client may take.
    private static let passBudget = 0.001

    private let descriptor: Descriptor
    private let commands: AdminCommands
    private unowned let places: Places<AdminConnection>
    private var watcher: IOWatcher?
    private var timer: TimerWatcher?
    /// Goes on with commands that were left for the next pass.
    private var next: TimerWatcher?
    private var input: [UInt8] = []
    /// The commands of the line that was taken last, still to be carried out.
    private var calls: ArraySlice<[String]> = []
    private var wait: (any AdminWait)?
    private var output = ReplyBuffer()
    private var severity = SeverityOutput.none
    private var isInteractive = false
    private var isAtEnd = false
    /// When a command was carried out, or the client took some of its answer; bytes that are no line yet are neither. On the
    /// monotonic clock.
    private var lastUse = MonotonicClock.now
    private var phase = Phase.serving

    private enum Phase {
        case serving
        /// The last answer is on its way.
        case ending
        case closed
    }

    /// Takes over a connected, non-blocking socket.
    init(
        _ descriptor: consuming Descriptor, level: Level, agent: RunningAgent, places: Places<AdminConnection>
    ) {
        self.descriptor = descriptor
        self.places = places
        commands = AdminCommands(
            agent: agent, level: level, peer: PeerCredentials(of: self.descriptor.rawValue))
        watcher = IOWatcher(loop: agent.loop) { [unowned self] in ready($0) }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in timeUp() }
        next = TimerWatcher(loop: agent.loop, priority: .mirror) { [unowned self] in proceed() }
        watcher?.watch(self.descriptor.rawValue, for: .read)
        timer?.start(after: Self.idleTimeout)
    }

    func start() { ready(.read) }

    private func ready(_ events: IOEvents) {
        // Once the answer is on its way, what the client still sends keeps nothing open; that it reads does.
        if phase == .serving || events.contains(.write) { timer?.start(after: Self.idleTimeout) }
        if events.contains(.write) {
            lastUse = MonotonicClock.now
            return proceed()
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(descriptor.rawValue, &buffer, buffer.count)
        if count < 0 {
            guard errno == EAGAIN || errno == EINTR else { return close() }
            return
        }
        guard phase == .serving else { return count == 0 ? close() : () }
        if count == 0 {
            guard !input.isEmpty else { return close() }
            isAtEnd = true
            // The end of the input ends a last line as a line break does.
            input.append(0x0A)
        } else {
            input += buffer[..<count]
        }
        proceed()
    }

    /// With a command that waits, the client may be silent, but it has to be there.
    private func timeUp() {
        guard wait != nil else { return close() }
        guard !Poll.wait(descriptor.rawValue, 0, milliseconds: 0) else { return close() }
        timer?.start(after: Self.hangUpInterval)
    }

    // MARK: commands

    /// Carries out what has come, as far as that goes now, and writes the answers. Others wait for the same thread: a client
    /// with more to do than fits in its time goes on in the next pass of the loop.
    private func proceed() {
        let start = MonotonicClock.now
        repeat {
            while phase == .serving, wait == nil, output.bytes.count < Self.mostUnread, takeNext() {
                guard MonotonicClock.now - start < Self.passBudget else { break }
            }
            guard flush() else { return }
        } while phase == .serving && wait == nil && hasNext && MonotonicClock.now - start < Self.passBudget
        if phase == .serving, wait == nil, hasNext {
            watcher?.watch(descriptor.rawValue, for: [])
            next?.start(after: 0)
        } else {
            watch()
        }
    }

    private var hasNext: Bool { !calls.isEmpty || input.contains(0x0A) || isAtEnd }

    /// The next command, or the next line; false when there is none yet.
    private func takeNext() -> Bool {
        if let words = calls.popFirst() {
            run(words)
            if calls.isEmpty, wait == nil { endLine() }
            return true
        }
        if let end = input.firstIndex(of: 0x0A) {
            let line = input[..<end]
            input.removeSubrange(...end)
            take(line.last == 0x0D ? line.dropLast() : line)
            return true
        }
        if input.count > RequestLine.maxLength {
            fail(CommandError(RequestLine.Refusal.tooLong.description))
            phase = .ending
        } else if isAtEnd {
            phase = .ending
        }
        return false
    }

    private func take(_ line: ArraySlice<UInt8>) {
        do throws(RequestLine.Refusal) {
            guard line.count <= RequestLine.maxLength else { throw .tooLong }
            calls = try RequestLine(line).commands[...]
        } catch {
            fail(CommandError(error.description))
        }
        if calls.isEmpty { endLine() }
    }

    private func endLine() {
        guard phase == .serving else { return }
        if isInteractive { output.bytes += "> ".utf8 } else { phase = .ending }
    }

    private func run(_ words: [String]) {
        commands.agent.counters.add(to: .adminCommands)
        lastUse = MonotonicClock.now
        do throws(CommandError) {
            let states = commands.agent.states
            let call = try Command.find(words, level: commands.level) { name in
                states[name] != nil
            }
            try applyHere(call)
            switch try commands.answer(call) {
            case .now(let reply): if phase == .serving { output.bytes += severity.encode(reply) }
            case .later(let wait): begin(wait)
            }
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: CommandError) {
        if error.kind != .timedOut { commands.agent.counters.add(to: .adminErrors) }
        output.bytes += severity.encode(error)
    }

    /// What a command changes about the connection itself.
    private func applyHere(_ call: Command.Call) throws(CommandError) {
        switch call.command.name {
        case .prompt: isInteractive = true
        case .setSeverityOutput:
            guard let word = call.arguments.first, let severity = SeverityOutput(rawValue: word) else {
                throw CommandError(
                    "Invalid value: '\(call.arguments.first ?? "")' (none, number or string expected).")
            }
            self.severity = severity
        case .quit:
            phase = .ending
            calls = []
        default: break
        }
    }

    private func begin(_ wait: (@escaping AdminWait.Finish) -> any AdminWait) {
        timer?.start(after: Self.hangUpInterval)
        self.wait = wait { [unowned self] result in
            switch result {
            case .success(let reply): output.bytes += severity.encode(reply)
            case .failure(let error): fail(error)
            }
            self.wait = nil
            lastUse = MonotonicClock.now
            timer?.start(after: Self.idleTimeout)
            if calls.isEmpty { endLine() }
            proceed()
        }
    }

    // MARK: the socket

    /// False once the connection is closed, or while the client does not read.
    private func flush() -> Bool {
        switch output.flush(to: descriptor.rawValue) {
        case .failed:
            close()
            return false
        case .partial:
            watcher?.watch(descriptor.rawValue, for: .write)
            return false
        case .done: return true
        }
    }

    private func watch() {
        watcher?.watch(descriptor.rawValue, for: wait == nil ? .read : [])
        guard phase == .ending else { return }
        // The client sees the end at once. Closing over what it has sent beside would be an error on its side: then its own end,
        // or the timer, closes.
        if descriptor.hasUnread { _ = shutdown(descriptor.rawValue, Int32(SHUT_WR)) } else { close() }
    }

    // MARK: its place

    /// The answer when there are more than `count` clients.
    static func crowded(_ count: Int) -> String { "Too many connections (\(count) at most)" }

    var idleSince: Double? {
        guard wait == nil else { return nil }
        // Who does not read its answer does not wait for it.
        guard output.isEmpty, phase == .serving else { return lastUse }
        // Commands that go on in the next pass, or a line that has come and was not read yet.
        guard !hasNext, !input.isEmpty || !descriptor.hasUnread else { return nil }
        return lastUse
    }

    func makeRoom() {
        if phase == .serving, output.isEmpty {
            let reason = "this one was idle longest and is closed for another"
            output.bytes += severity.encode(CommandError("\(Self.crowded(places.count)): \(reason)."))
            _ = output.flush(to: descriptor.rawValue)
        }
        close()
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        wait = nil
        watcher?.stop()
        timer?.stop()
        next?.stop()
        places.leave(self)
    }
}

extension Server {
    /// Opens one admin socket, with its mode and group, and serves it.
    static func admin(
        _ option: AdminSocketOption, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent
    ) throws -> Server {
        let server = try Server(.unix(option.socket), backlog: 32, loop: loop, errors: errors)
        let places = Places<AdminConnection>(count: 32)
        server.start { descriptor in
            let place = "\(option.socket.path): "
            guard places.find(for: "admin client", at: place, all: "all places", errors) else {
                let text = "\(AdminConnection.crowded(places.count)).\n\n"
                _ = unsafe send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                return
            }
            places.serve(AdminConnection(descriptor, level: option.level, agent: agent, places: places))
        }
        return server
    }
}
