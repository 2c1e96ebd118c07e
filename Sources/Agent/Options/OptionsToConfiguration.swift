internal import AdminSocket
internal import SPOP
internal import System

extension Options {
    /// Payloads put together from fragments may be this many bytes, or one frame if that is longer.
    private static let maxReassembled = 1 << 20

    /// Checks what needs more than one option, or a look at the machine. Each mistake goes to `report`, which throws it, or makes a
    /// note of it: what comes back then is as if the option had not been there.
    func configuration(report: (any Error) throws -> Void = { throw $0 }) throws -> Configuration {
        func attempt<Value>(_ make: () throws -> Value) throws -> Value? {
            do { return try make() } catch {
                try report(error)
                return nil
            }
        }
        let listen = try attempt {
            try named("--address") { () throws(InvalidValue) in
                try ListenAddress(
                    address: essentials.address ?? Essentials.standardAddress,
                    port: essentials.port ?? Essentials.standardPort)
            }
        }
        var settings = Settings()
        settings.allowedDestinations = AllowedDestinations(entries: transport.allowedDestinations)
        _ = try attempt {
            try named("--mirror-url") { () throws(InvalidValue) in
                try settings.set(.url, to: essentials.mirrorURL.given ?? settings.destination.url.text)
            }
        }
        // Without a descriptor none would be there.
        let backend = try attempt {
            try DescriptorLimit.require(EventLoop.openFiles, for: "an event loop")
            if let libevBackend = spop.libevBackend, !Backend.available.contains(libevBackend) {
                throw UsageError("--libev-backend: \(BackendUnavailable(backend: libevBackend))")
            }
            return spop.libevBackend
        }
        if spop.message.isEmpty {
            try report(UsageError("--message: the name of a SPOE message may not be empty"))
        }
        if control.log.logfile != nil, control.log.syslog {
            try report(UsageError("--syslog: cannot be combined with --logfile"))
        }
        if let read = try attempt({ try transport.settings() }) { settings.destination.transport = read }
        settings.destination.transport.source = try attempt {
            try transport.mirrorInterface.map { try SourceAddress(resolving: $0) }
        }.flatMap(\.self)
        settings.destination.transport.sourcePorts = transport.mirrorLocalPort
        settings.destination.isPaused = control.paused
        var given: Set<SettingName> = essentials.mirrorURL.given == nil ? [] : [.url]
        for options in [control.log.live, copies, budgets] as [any LiveOptions] {
            for (name, text) in options.given {
                let isSet: Void? = try attempt {
                    do throws(InvalidValue) { try settings.set(name, to: text) } catch {
                        throw UsageError("--\(name.row.option): \(error)")
                    }
                }
                if isSet != nil { given.insert(name) }
            }
        }
        if let name = settings.destination.style.ruleOnMark {
            try report(UsageError("--header: no rule changes \(name): it is the mark (--mark-header)"))
        }
        settings.others = try namedDestinations(beside: settings, report)
        let identity = try attempt { try Identity(user: service.user, group: service.group) }
        return Configuration(
            address: listen ?? .passed(descriptors: [], boundTo: []),
            namesAddress: essentials.address != nil || essentials.port != nil,
            backlog: spop.connectionBacklog, backend: backend.flatMap(\.self),
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
            identity: identity.flatMap(\.self), allowsCore: service.allowCore,
            drainTimeout: service.drainTimeout)
    }

    private func namedDestinations(
        beside settings: Settings, _ report: (any Error) throws -> Void
    ) throws -> [NamedDestination] {
        var all: [NamedDestination] = []
        for (index, text) in essentials.destination.enumerated() {
            var option = "--destination, number \(index + 1)"
            do throws(InvalidValue) {
                let text = try DestinationText(text)
                option = "--destination \(text.name)"
                guard !all.contains(where: { $0.name == text.name }) else {
                    throw InvalidValue("", accepted: "", problem: .destination("the name is given twice"))
                }
                guard all.count < DestinationName.most else {
                    throw InvalidValue(
                        "", accepted: "",
                        problem: .destination("there are \(DestinationName.most) of them at most"))
                }
                all.append(try NamedDestination(text.name, at: text.url, text.values, beside: settings))
            } catch {
                try report(UsageError("\(option): \(error)"))
            }
        }
        return all
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
