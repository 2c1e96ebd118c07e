internal import AdminSocket
internal import Glibc
internal import System

/// Goes through a start and stops short of listening: files can be opened or made, addresses are free. In the order of `Agent`.
struct StartCheck {
    /// Where and as whom the agent would run.
    struct Surroundings {
        var places = ServicePlaces()
        /// The systemd unit that starts it; nil when it is who asks.
        var unit: String?
        /// The check is run by that unit itself, in its sandbox.
        var isInside = false
        /// A socket unit listens for it.
        var hasSocketUnit = false
        /// It may use ports below 1024 without being root.
        var bindsAnyPort = false
    }

    let configuration: Configuration
    let surroundings: Surroundings

    private var paths: PathCheck { PathCheck(places: surroundings.places) }

    /// To be called once, and last: it gives up root where the agent would.
    func run(into findings: inout Findings) throws {
        findings.attempt { try resources() }
        findings.attempt { _ = try EventLoop(backend: configuration.backend) }
        let rights = try Rights(configuration.identity)
        check(rights, into: &findings)
        findings.attempt { try TrustStore.checkLibrary() }
        // What is wrong with the state file has been said.
        let controller = try? rights.open { _ in try SettingsController.check(configuration) }
        try rights.drop()
        var effective = configuration
        if let controller { effective.settings = controller.settings }
        let origin = controller?.origins[.url] ?? .default
        for warning in StartUpWarnings.about(effective, urlOrigin: origin) { findings.note(warning) }
    }

    private func resources() throws {
        // A unit has limits of its own.
        guard surroundings.unit == nil || surroundings.isInside else { return }
        try DescriptorLimit.require(
            DescriptorLimit.needed(configuration), for: "-n \(configuration.workers)")
        try MemoryLimit.require(forWorkers: configuration.workers)
    }

    private func check(_ rights: borrowing Rights, into findings: inout Findings) {
        let paths = paths
        if configuration.usesSyslog { findings.attempt { _ = try SyslogSocket() } }
        if let log = configuration.logFile {
            findings.attempt { try rights.open { _ in try paths.log(log.path) } }
            noteTemporary("--logfile", log.path, into: &findings)
        }
        if let path = configuration.stateFile {
            findings.attempt { try rights.open { _ in _ = try SettingsController.check(configuration) } }
            findings.attempt { try rights.open { _ in try paths.making("--state-file", path, "state") } }
        }
        checkThatNoneIsTwice(into: &findings)
        if !surroundings.hasSocketUnit {
            listener("--address", configuration.address, rights, into: &findings)
        } else if configuration.namesAddress {
            findings.note("-a and -p are not followed: spoa-mirror.socket listens")
        }
        if let path = configuration.pidFile {
            findings.attempt { try rights.open { _ in try paths.pidFile(path) } }
            judge(SocketHolder.ofLock(on: path), "--pidfile", path, into: &findings)
        }
        for option in configuration.adminSockets {
            listener("--admin-socket", .unix(option.socket), rights, into: &findings)
        }
        if let address = configuration.metricsAddress {
            listener("--metrics-address", address, rights, into: &findings)
        }
        let transport = configuration.settings.destination.transport
        for (option, file) in [
            ("--tls-ca", transport.authorityFile), ("--tls-cert", transport.certificateFile),
            ("--tls-key", transport.keyFile),
        ] {
            if let file { findings.attempt { try paths.reading(option, file) } }
        }
    }

    /// The second of two listeners at one place would find it taken by the first.
    private func checkThatNoneIsTwice(into findings: inout Findings) {
        var listeners = configuration.adminSockets.map { ("--admin-socket", ListenAddress.unix($0.socket)) }
        if let address = configuration.metricsAddress { listeners.append(("--metrics-address", address)) }
        var places: Set<String> = surroundings.hasSocketUnit ? [] : [place(of: configuration.address)]
        for (option, address) in listeners where !places.insert(place(of: address)).inserted {
            findings.add(
                CheckProblem(
                    "\(option): \(place(of: address)) is there twice; each listener needs a place of its own",
                    status: ExitStatus.unavailable))
        }
    }

    private func place(of address: ListenAddress) -> String {
        if case .unix(let socket) = address { socket.path } else { "\(address)" }
    }

    private func listener(
        _ option: String, _ address: ListenAddress, _ rights: borrowing Rights, into findings: inout Findings
    ) {
        switch address {
        case .passed: break
        case .unix(let socket):
            let paths = paths
            findings.attempt { try rights.open { _ in try paths.socket(option, socket) } }
            judge(AsRoot.if(true) { .ofSocket(socket.path) }, option, "\(address)", into: &findings)
            noteTemporary(option, socket.path, into: &findings)
        case .host(let host, let port):
            do {
                try rights.open { _ in
                    try AsRoot.if(surroundings.bindsAnyPort) { try ListeningSocket.tryOut(host, port) }
                }
            } catch let error as SystemError where error.code == EADDRINUSE {
                guard let holder = AsRoot.if(true, { SocketHolder.ofPort(port) }) else {
                    return unknownHolder(option, "\(address)", into: &findings)
                }
                judge(holder, option, "\(address)", into: &findings)
            } catch let error as SystemError where error.code == EACCES && port < 1024 {
                let hint = "\(option); a port below 1024 needs root or CAP_NET_BIND_SERVICE"
                findings.add(SystemError("listen on \(address) (\(hint))", code: error.code))
            } catch {
                findings.add(error)
            }
        }
    }

    // MARK: who is there already

    /// Sorts who has what the agent wants into those whom a restart replaces, and others.
    private func judge(
        _ holder: SocketHolder?, _ option: String, _ place: String, into findings: inout Findings
    ) {
        guard let holder else { return }
        let program = holder.program
        if let unit = surroundings.unit, AsRoot.if(true, { holder.isOf(unit: unit) }) {
            // What the unit itself asks for at each reload would only fill the journal.
            if !surroundings.isInside {
                findings.note("\(place) is in use by the running service, which a restart ends")
            }
        } else if program == "systemd" {
            findings.note("\(place) is in use by a socket unit of systemd, maybe spoa-mirror.socket")
        } else if program == "spoa-mirror", surroundings.unit == nil {
            findings.note(
                "\(option): \(place) is in use by \(holder.name): good for a restart of that one, not for another agent"
            )
        } else if program == nil, surroundings.isInside {
            return
        } else if program == nil, holder.uid == geteuid() {
            findings.note("\(place) is in use, most likely by the running service")
        } else {
            findings.add(
                CheckProblem(
                    "\(option): \(place) is in use by \(holder.name); end it, or use another",
                    status: ExitStatus.unavailable))
        }
    }

    /// Without /proc nobody knows.
    private func unknownHolder(_ option: String, _ place: String, into findings: inout Findings) {
        guard !surroundings.isInside else { return }
        findings.add(
            CheckProblem(
                "\(option): \(place) is in use, by whom cannot be seen; end it, or use another",
                status: ExitStatus.unavailable))
    }

    private func noteTemporary(_ option: String, _ path: String, into findings: inout Findings) {
        guard surroundings.places.access(to: path) == .ownTemporary else { return }
        findings.note("\(option): nobody else sees \(path): the service has a /tmp of its own (PrivateTmp)")
    }
}

/// Root again, for one who was started as root and acts as somebody else.
enum AsRoot {
    static func `if`<Value>(_ condition: Bool, _ body: () throws -> Value) rethrows -> Value {
        let acting = geteuid()
        guard condition, acting != 0, seteuid(0) == 0 else { return try body() }
        defer { _ = seteuid(acting) }
        return try body()
    }
}
