internal import Logging
internal import Stats
internal import System

/// Tells of copies that came to an end: failures to the log, summed up, and to `show errors`; all of them to the request log, if
/// that is on. One per worker, on its thread.
final class DeliveryReporter {
    private let errors: RepeatedErrors
    private let failures: RecentFailures
    private let requests: Logger
    /// Which copies get a line in the request log.
    var mode = RequestLogMode.off

    init(errors: RepeatedErrors, failures: RecentFailures, requests: Logger) {
        (self.errors, self.failures, self.requests) = (errors, failures, requests)
    }

    /// One call into the transport took more processor time than any honest answer does.
    func mirrorWasCutOff(_ cause: String, holdSeconds: Double) {
        let pause = holdSeconds > 0 ? ", again; copies wait \(Int(holdSeconds)) s" : ""
        errors.report("mirror: cut off", "\(cause)\(pause)")
    }

    /// The transport goes on without something.
    func transportLacks(_ what: String, _ cause: String) { errors.report(what, cause) }

    /// A connection was ended because what comes on it might be taken for the answer to another copy.
    func connectionEnded(_ reason: String) { errors.report("mirror: connection ended", reason) }

    /// A transfer of `copy` is over.
    func ended(_ copy: MirrorRequest, _ end: TransferEnd, seconds: Double) {
        if case .failed(let reason) = end.outcome {
            let (url, detail) = (copy.header.url.text, end.detail ?? "")
            errors.report("mirror: \(reason.label)", "\(url) (\(detail))")
            failures.note(
                id: copy.header.id, method: copy.method, target: copy.target, reason: reason.counter.name,
                detail: "\(url) \(detail)")
        }
        guard mode != .off else { return }
        requests.info("\(RequestLogLine.text(copy, end, seconds: seconds, mode))")
    }

    /// What is known of a copy that was never made.
    struct DroppedCopy {
        /// In bytes.
        static let longestTarget = 512

        let id: Int64
        let method: [UInt8]
        /// As HAProxy sent it, cut to `longestTarget`.
        let target: [UInt8]
        let url: MirrorURL

        var isCut: Bool { target.count == Self.longestTarget }
    }

    /// A copy cannot be sent for what it is.
    func dropped(_ copy: DroppedCopy, _ reason: Refusal, _ detail: String) {
        let name = reason.counter.name
        // Not of single requests: HAProxy's configuration, or the agent's, makes them all like this one.
        if let label = reason.label { errors.report("\(name) (\(label))", detail) }
        failures.note(id: copy.id, method: copy.method, target: copy.target, reason: name, detail: detail)
        guard mode != .off else { return }
        requests.info("\(RequestLogLine.text(copy, name, detail, mode))")
    }
}

/// `request GET http://h/x HTTP/1.1 200 id=1204 up=120 down=340 ms=1.3 ok`, with `resent=1` before `ok` if it was. In place of `ok`
/// stand the counter of a copy that came to nothing, a colon, and the reason.
enum RequestLogLine {
    static func text(
        _ copy: MirrorRequest, _ end: TransferEnd, seconds: Double, _ mode: RequestLogMode
    ) -> String {
        let (status, word) =
            switch end.outcome {
            case .response(let status): ("\(status)", "ok")
            case .failed(let reason): ("-", reason.counter.name)
            }
        let milliseconds = (seconds * 10_000).rounded() / 10
        let resent = end.wasResent ? "resent=1 " : ""
        return """
            \(start(copy.method, copy.header.url, copy.target, mode)) \(end.httpVersion) \(status) \
            id=\(copy.header.id) up=\(end.bytesSent) down=\(end.bytesReceived) ms=\(milliseconds) \
            \(resent)\(word)\(end.detail.map { ": \($0)" } ?? "")
            """
    }

    static func text(
        _ copy: DeliveryReporter.DroppedCopy, _ reason: String, _ detail: String, _ mode: RequestLogMode
    ) -> String {
        """
        \(start(copy.method, copy.url, copy.target, isCut: copy.isCut, mode)) - - id=\(copy.id) up=0 down=0 ms=0.0 \
        \(reason): \(detail)
        """
    }

    /// The words before the HTTP version. A target that is no path, such as the `*` of OPTIONS, is a word of its own.
    private static func start(
        _ method: [UInt8], _ url: MirrorURL, _ target: [UInt8], isCut: Bool = false,
        _ mode: RequestLogMode
    ) -> String {
        let shown = ShownTarget.of(target, withQuery: mode == .query, isCut: isCut)
        let gap = shown.isEmpty || shown.first == UInt8(ascii: "/") ? "" : " "
        return """
            request \(method.isEmpty ? "-" : PrintableText.of(method)) \
            \(url.origin.dropLast())\(gap)\(PrintableText.of(shown))
            """
    }
}
