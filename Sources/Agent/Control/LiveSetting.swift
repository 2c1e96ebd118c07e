internal import AdminSocket
internal import Logging

/// How one live setting is read from `Settings` and put there: with the same parsers as on the command line.
enum LiveSetting {
    /// The value as an operator writes it.
    static func text(_ name: SettingName, of settings: Settings) -> String {
        switch name {
        case .url: settings.destination.url
        case .sampleRate: "\(settings.sampleRate)"
        case .methods: "\(settings.methods)"
        case .hostHeader: "\(settings.style.host)"
        case .markHeader: settings.style.mark.map { "\($0)" } ?? "none"
        case .truncatedBody: settings.style.truncatedBody.rawValue
        case .haproxyBufsize: settings.style.bufferSize.map { SizeValue.format($0) } ?? "auto"
        case .unknownLength: settings.style.unknownLength.rawValue
        case .maxInFlight: "\(settings.maxInFlight)"
        case .maxQueue: "\(settings.maxQueue)"
        case .maxQueueBytes: SizeValue.format(settings.maxQueueBytes)
        case .maxQueueAge: TimeValue.format(settings.maxQueueAge)
        case .connectTimeout: TimeValue.format(settings.connectTimeout)
        case .timeout: TimeValue.format(settings.timeout)
        case .maxResponse: SizeValue.format(settings.maxResponse)
        case .resend: settings.resend.rawValue
        case .maxConnections: "\(settings.maxConnections)"
        case .helloTimeout: TimeValue.format(settings.helloTimeout)
        case .logLevel: "\(settings.logLevel)"
        case .requestLog: settings.requestLog.rawValue
        }
    }

    /// Puts `text` into `settings`. Throws `InvalidValue`, and changes nothing, when the setting cannot take it.
    static func put(_ text: String, _ name: SettingName, into settings: inout Settings) throws {
        switch name {
        case .url:
            let destination = try Destination(text)
            try settings.allowedDestinations.check(destination)
            // The same one stays the same object: its copies are not those of a destination that was replaced.
            if destination.url != settings.destination.url { settings.destination = destination }
        case .sampleRate: settings.sampleRate = try SampleRate(text)
        case .methods: settings.methods = try MethodFilter(text)
        case .hostHeader: settings.style.host = try CopyStyle.HostHeader(text)
        case .markHeader: settings.style.mark = try CopyStyle.Mark.parse(text)
        case .truncatedBody:
            settings.style.truncatedBody = try OptionParsers.word(CopyStyle.TruncatedBody.self)(text)
        case .haproxyBufsize: settings.style.bufferSize = try CopyStyle.parseBufferSize(text)
        case .unknownLength:
            settings.style.unknownLength = try OptionParsers.word(CopyStyle.UnknownLength.self)(text)
            settings.bodyWatch = BodyWatch()
        case .maxInFlight: settings.maxInFlight = try BudgetParsers.maxInFlight(text)
        case .maxQueue: settings.maxQueue = try BudgetParsers.maxQueue(text)
        case .maxQueueBytes:
            let bytes = try BudgetParsers.maxQueueBytes(text)
            if let limit = settings.memoryLimit, bytes > limit.forCopies {
                throw InvalidValue(
                    text,
                    accepted:
                        "1KiB to \(SizeValue.format(limit.forCopies)), \(limit.name) lets the agent have \(SizeValue.format(limit.bytes)) of memory",
                    problem: .outOfRange)
            }
            settings.maxQueueBytes = bytes
        case .maxQueueAge: settings.maxQueueAge = try OptionParsers.interval(text)
        case .connectTimeout: settings.connectTimeout = try OptionParsers.interval(text)
        case .timeout: settings.timeout = try OptionParsers.interval(text)
        case .maxResponse: settings.maxResponse = try BudgetParsers.maxResponse(text)
        case .resend: settings.resend = try OptionParsers.word(Resend.self)(text)
        case .maxConnections: settings.maxConnections = try BudgetParsers.maxConnections(text)
        case .helloTimeout: settings.helloTimeout = try OptionParsers.interval(text)
        case .logLevel: settings.logLevel = try OptionParsers.logLevel(text)
        case .requestLog: settings.requestLog = try OptionParsers.word(RequestLogMode.self)(text)
        }
    }
}
