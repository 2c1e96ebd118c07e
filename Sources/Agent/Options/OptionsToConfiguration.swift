internal import AdminSocket
internal import SPOP
internal import System

extension Options {
    /// Payloads put together from fragments may be this many bytes, or one frame if that is longer.
    private static let maxReassembled = 1 << 20

    /// Checks what needs more than one option, or a look at the machine.
    func configuration() throws -> Configuration {
        let listen = try named("--address") { () throws(InvalidValue) in
            try ListenAddress(address: essentials.address, port: essentials.port)
        }
        var settings = Settings()
        settings.allowedDestinations = AllowedDestinations(entries: transport.allowedDestinations)
        try named("--mirror-url") { () throws(InvalidValue) in
            try settings.set(.url, to: essentials.mirrorURL.given ?? settings.destination.url.text)
        }
        // Without a descriptor none would be there.
        try DescriptorLimit.require(EventLoop.openFiles, for: "an event loop")
        if let libevBackend = spop.libevBackend, !Backend.available.contains(libevBackend) {
            throw UsageError("--libev-backend: \(BackendUnavailable(backend: libevBackend))")
        }
        guard !spop.message.isEmpty else {
            throw UsageError("--message: the name of a SPOE message may not be empty")
        }
        guard control.log.logfile == nil || !control.log.syslog else {
            throw UsageError("--syslog: the log goes there or to --logfile, not to both")
        }
        settings.destination.transport = try transport.settings()
        settings.destination.transport.source = try transport.mirrorInterface.map {
            try SourceAddress(resolving: $0)
        }
        settings.destination.transport.sourcePorts = transport.mirrorLocalPort
        settings.destination.isPaused = control.paused
        var given: Set<SettingName> = essentials.mirrorURL.given == nil ? [] : [.url]
        for options in [control.log.live, copies, budgets] as [any LiveOptions] {
            for (name, text) in options.given { try settings.set(name, to: text) }
            given.formUnion(options.given.keys)
        }
        return Configuration(
            address: listen, backlog: spop.connectionBacklog, backend: spop.libevBackend,
            sessionLimits: .init(
                maxFrameSize: spop.maxFrameSize ?? SPOPOptions.longestFrame,
                maxPayloadSize: Self.maxReassembled,
                capabilities: Set(spop.capability.isEmpty ? Capability.allCases : spop.capability)),
            daemonize: service.daemonize, pidFile: service.pidfile,
            monitorInterval: control.log.monitorInterval,
            logFile: control.log.logfile,
            usesSyslog: control.log.syslog,
            workers: spop.numWorkers ?? 1,
            runtime: service.runtime,
            processingDelay: spop.processingDelay, messageName: spop.message, settings: settings,
            adminSockets: essentials.adminSocket, metricsAddress: control.metricsAddress,
            stateFile: control.stateFile, given: given,
            identity: try Identity(user: service.user, group: service.group), allowsCore: service.allowCore,
            drainTimeout: service.drainTimeout)
    }

    private func named<Value>(_ option: String, _ make: () throws(InvalidValue) -> Value) throws -> Value {
        do throws(InvalidValue) { return try make() } catch {
            throw UsageError("The value '\(error.value)' is invalid for '\(option)': \(error)")
        }
    }

    /// The command line with `-Dr0` written as `-D -r0`: getopt, and so the options that people have in their defaults
    /// files, allows it.
    static func separatingFlags(_ arguments: [String]) -> [String] {
        arguments.flatMap { argument -> [String] in
            var rest = Substring(argument)
            var flags: [String] = []
            while rest.count > 2, rest.hasPrefix("-"), let letter = rest.dropFirst().first,
                "DhV".contains(letter)
            {
                flags.append("-\(letter)")
                rest = "-" + rest.dropFirst(2)
            }
            return flags + [String(rest)]
        }
    }
}
