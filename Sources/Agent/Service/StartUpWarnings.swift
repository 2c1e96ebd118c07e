internal import Glibc
internal import System

/// What an operator should know about the settings that an agent starts with.
enum StartUpWarnings {
    /// To be called once root is given up.
    static func about(_ configuration: Configuration, urlOrigin: SettingsController.Origin) -> [String] {
        let destination = configuration.settings.destination
        let transport = destination.transport
        let wanted = DescriptorLimit.wanted(configuration.settings, workers: configuration.workers)
        let allowed = DescriptorLimit.raise()
        let staysRoot = geteuid() == 0 && configuration.identity?.isUserNamed != true
        let warnings: [String?] = [
            staysRoot
                ? "running as root; --user NAME drops root once sockets and files are open" : nil,
            LostRights.warning(configuration),
            configuration.ignoresAddress
                ? "ignoring -a and -p: listening on \(configuration.address), from the service manager" : nil,
            urlOrigin == .default
                ? "no --mirror-url is given: copies go to the default, \(destination.url.text)" : nil,
            wanted > allowed
                ? "the limits of connections and copies allow \(wanted) open files, RLIMIT_NOFILE only \(allowed)"
                : nil,
            transport.source?.elsewhere.map {
                "\($0) is no address of this machine (--mirror-interface): no copy is sent until it is"
            },
            Transports.warning(transport),
            transport.isInsecure
                ? "the mirror's certificate is not verified (--tls-insecure): copies can be read and changed on the way"
                : nil,
            MemoryLimit.seesGroups
                ? nil
                : "there is no /proc: the agent sees no memory limit of a control group, and shows no figures of the process",
            transport.identity?.warning,
            destination.trustsNobody ? TrustStore.noAuthorities : nil,
        ]
        return warnings.compactMap(\.self)
    }
}

/// What an agent may have to do later, and cannot without root.
private enum LostRights {
    /// One line, or nil when there is nothing. To be called once root is given up.
    static func warning(_ configuration: Configuration) -> String? {
        guard let identity = configuration.identity, identity.uid != 0 else { return nil }
        var lost: [String] = []
        if let log = configuration.logFile?.path, !canReopen(log) { lost.append("reopen \(log) (SIGHUP)") }
        let transport = configuration.settings.destination.transport
        for file in [transport.authorityFile, transport.certificateFile, transport.keyFile] {
            if let file, unsafe access(file, R_OK) != 0 { lost.append("read \(file)") }
        }
        let files = [
            configuration.pidFile, configuration.address.unixPath, configuration.metricsAddress?.unixPath,
        ]
        for file in files.compactMap(\.self) + configuration.adminSockets.map(\.socket.path)
        where !file.hasPrefix("@") && !canChangeDirectory(of: file) {
            lost.append("remove \(file)")
        }
        if let file = configuration.stateFile, !canChangeDirectory(of: file) { lost.append("write \(file)") }
        if let manager = Environment.value("NOTIFY_SOCKET"), manager.hasPrefix("/"),
            unsafe access(manager, W_OK) != 0
        {
            lost.append("report its state to the service manager (\(manager))")
        }
        if let ports = transport.sourcePorts, ports.lowerBound < 1024 {
            lost.append("use source port \(ports.lowerBound)")
        }
        return lost.isEmpty ? nil : "\(identity) will not be able to \(lost.joined(separator: ", "))"
    }

    /// Whoever moves a log file away mostly leaves it to us to make a new one.
    private static func canReopen(_ path: String) -> Bool {
        var status = stat()
        guard unsafe access(path, W_OK) == 0, unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG || canChangeDirectory(of: path)
    }

    private static func canChangeDirectory(of path: String) -> Bool {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return unsafe access(String(path[...end]), W_OK | X_OK) == 0
    }
}

extension Configuration {
    /// The command line says where to listen, but the service manager decides it.
    fileprivate var ignoresAddress: Bool { if case .passed = address { namesAddress } else { false } }
}

extension ListenAddress {
    fileprivate var unixPath: String? { if case .unix(let socket) = self { socket.path } else { nil } }
}
