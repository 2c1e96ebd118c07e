internal import AdminSocket
internal import Logging
internal import System

/// How one live setting is read from `Settings` and put there: with the same parsers as on the command line.
enum LiveSetting {
    /// The value as an operator writes it.
    static func text(_ name: SettingName, of settings: Settings) -> String {
        switch name {
        case .url: settings.destination.url.text
        case .sampleRate: "\(settings.destination.sampleRate)"
        case .methods: "\(settings.destination.methods)"
        case .hostHeader: "\(settings.destination.style.host)"
        case .markHeader: settings.destination.style.mark.map { "\($0)" } ?? "none"
        case .truncatedBody: settings.destination.style.truncatedBody.rawValue
        case .haproxyBufsize: settings.destination.style.bufferSize.map { SizeValue.format($0) } ?? "auto"
        case .unknownLength: settings.destination.style.unknownLength.rawValue
        case .maxInFlight: "\(settings.destination.maxInFlight)"
        case .maxQueue: "\(settings.destination.maxQueue)"
        case .maxQueueBytes: SizeValue.format(settings.maxQueueBytes)
        case .maxQueueAge: TimeValue.format(settings.destination.maxQueueAge)
        case .connectTimeout: TimeValue.format(settings.destination.connectTimeout)
        case .timeout: TimeValue.format(settings.destination.timeout)
        case .maxResponse: SizeValue.format(settings.destination.maxResponse)
        case .resend: settings.destination.resend.rawValue
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
            let url = try MirrorURL(text)
            try settings.allowedDestinations.check(url)
            // The same one stays the same object: its copies are not those of a destination that was replaced.
            if url.text != settings.destination.url.text { settings.destination.url = url }
        case .sampleRate: settings.destination.sampleRate = try SampleRate(text)
        case .methods: settings.destination.methods = try MethodFilter(text)
        case .hostHeader: settings.destination.style.host = try CopyStyle.HostHeader(text)
        case .markHeader: settings.destination.style.mark = try CopyStyle.Mark.parse(text)
        case .truncatedBody:
            settings.destination.style.truncatedBody = try OptionParsers.word(CopyStyle.TruncatedBody.self)(
                text)
        case .haproxyBufsize: settings.destination.style.bufferSize = try CopyStyle.parseBufferSize(text)
        case .unknownLength:
            settings.destination.style.unknownLength = try OptionParsers.word(CopyStyle.UnknownLength.self)(
                text)
            settings.bodyWatch = BodyWatch()
        case .maxInFlight: settings.destination.maxInFlight = try BudgetParsers.maxInFlight(text)
        case .maxQueue: settings.destination.maxQueue = try BudgetParsers.maxQueue(text)
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
        case .maxQueueAge: settings.destination.maxQueueAge = try OptionParsers.interval(text)
        case .connectTimeout: settings.destination.connectTimeout = try OptionParsers.interval(text)
        case .timeout: settings.destination.timeout = try OptionParsers.interval(text)
        case .maxResponse: settings.destination.maxResponse = try BudgetParsers.maxResponse(text)
        case .resend: settings.destination.resend = try OptionParsers.word(Resend.self)(text)
        case .maxConnections: settings.maxConnections = try BudgetParsers.maxConnections(text)
        case .helloTimeout: settings.helloTimeout = try OptionParsers.interval(text)
        case .logLevel: settings.logLevel = try OptionParsers.logLevel(text)
        case .requestLog: settings.requestLog = try OptionParsers.word(RequestLogMode.self)(text)
        }
    }
}
