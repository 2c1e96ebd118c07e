internal import AdminSocket
internal import ArgumentParser
internal import Glibc
internal import SPOP

extension Options {
    /// Payloads put together from fragments may be this many bytes, or one frame if that is longer.
    private static let maxReassembled = 1 << 20

    /// Checks what needs more than one option, or a look at the machine.
    /// `given` are the settings that the command line names.
    func configuration(given: Set<SettingName> = []) throws -> Configuration {
        let listen = try named("--address") { () throws(InvalidValue) in
            try ListenAddress(address: address, port: port)
        }
        let allowed = AllowedDestinations(entries: transport.allowedDestinations)
        let destination = try named("--mirror-url") { () throws(InvalidValue) in
            let destination = try Destination(mirrorURL)
            try allowed.check(destination)
            return destination
        }
        if let libevBackend, !Backend.available.contains(libevBackend) {
            throw UsageError("--libev-backend: \(BackendUnavailable(backend: libevBackend))")
        }
        guard !message.isEmpty else {
            throw UsageError("--message: the name of a SPOE message may not be empty")
        }
        guard logfile == nil || !service.syslog else {
            throw UsageError("--syslog: the log goes there or to --logfile, not to both")
        }
        var settings = Settings(destination: destination)
        settings.allowedDestinations = allowed
        settings.transport = try transport.settings()
        settings.transport.source = try mirrorInterface.map { try SourceAddress.resolve($0) }
        settings.transport.sourcePorts = mirrorLocalPort
        settings.sampleRate = copies.sampleRate
        settings.methods = copies.methods
        settings.style = copies.style
        settings.isPaused = paused
        settings.logLevel = control.logLevel
        settings.requestLog = control.requestLog
        budgets.apply(to: &settings)
        return Configuration(
            address: listen, backlog: connectionBacklog, backend: libevBackend,
            sessionLimits: .init(
                maxFrameSize: maxFrameSize ?? Self.longestFrame, maxPayloadSize: Self.maxReassembled,
                capabilities: capability.isEmpty ? Set(Capability.allCases) : Set(capability)),
            daemonize: daemonize, pidFile: pidfile, monitorInterval: monitorInterval, logFile: logfile,
            usesSyslog: service.syslog,
            workers: numWorkers ?? min(4, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))), runtime: runtime,
            processingDelay: processingDelay, messageName: message, settings: settings,
            adminSockets: control.adminSocket, metricsAddress: control.metricsAddress,
            stateFile: control.stateFile, given: given, drainTimeout: service.drainTimeout)
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

extension BudgetOptions {
    /// Puts the bounds that can change while the agent runs where it looks for them.
    fileprivate func apply(to settings: inout Settings) {
        settings.helloTimeout = helloTimeout
        settings.maxConnections = maxConnections
        settings.maxInFlight = maxInFlight
        settings.maxQueue = maxQueue
        settings.maxQueueBytes = maxQueueBytes
        settings.maxQueueAge = maxQueueAge
        settings.connectTimeout = connectTimeout
        settings.timeout = timeout
        settings.maxResponse = maxResponse
        settings.resend = resend
    }
}

/// Options that cannot be used; the text is one line for the operator.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
