internal import CLibcurl
internal import CLinux
internal import Logging
internal import Stats

/// Tells of copies that came to an end: failures to the log, summed up, and to `show errors`; all of them to the request log, if
/// that is on. One per worker, on its thread.
struct DeliveryReporter {
    let errors: RepeatedErrors
    let failures: RecentFailures
    let requests: Logger

    /// One call into libcurl took more processor time than any honest answer does.
    func mirrorWasCutOff(holdSeconds: Double) {
        let pause = holdSeconds > 0 ? ", again; copies wait \(Int(holdSeconds)) s" : ""
        errors.report(
            "mirror: cut off",
            "one call into libcurl took over \(LINUX_GUARD_MILLISECONDS) ms of processor time\(pause)")
    }

    /// A connection was ended because what comes on it might be taken for the answer to another copy.
    func connectionEnded(_ reason: String) { errors.report("mirror: connection ended", reason) }

    /// A transfer is over and still has its request.
    func ended(
        _ transfer: Transfer, _ outcome: Outcome, _ code: CURLcode, seconds: Double, _ mode: RequestLogMode
    ) {
        guard let request = transfer.request else { return }
        if case .failed(let reason) = outcome {
            let url = request.header.destination.url
            let text =
                unsafe transfer.isRefused
                ? "The connection ended without an answer; not sent again"
                : String(cString: curl_easy_strerror(code))
            errors.report("mirror: \(reason.label)", "\(url) (\(text))")
            failures.note(
                id: request.header.id, method: request.method, target: request.target,
                reason: reason.counter.name,
                detail: "\(url) \(text)")
        }
        guard mode != .off else { return }
        requests.info("\(RequestLogLine.text(request, transfer, outcome, seconds: seconds, mode))")
    }
}

/// `request GET http://h/x HTTP/1.1 200 id=1204 up=120 down=340 ms=1.3 ok`, with `resent=1` before the last word if it was.
enum RequestLogLine {
    static func text(
        _ request: MirrorRequest, _ transfer: Transfer, _ outcome: Outcome, seconds: Double,
        _ mode: RequestLogMode
    ) -> String {
        let target =
            mode == .query ? request.target : Array(request.target.prefix { $0 != UInt8(ascii: "?") })
        let (status, end) =
            switch outcome {
            case .response(let status): ("\(status)", "ok")
            case .failed(let reason): ("-", reason.counter.name)
            }
        let milliseconds = (seconds * 10_000).rounded() / 10
        let resent = transfer.wasResent ? "resent=1 " : ""
        return """
            request \(PrintableText.of(request.method)) \(request.header.destination.origin.dropLast())\(PrintableText.of(target)) \
            \(transfer.httpVersion) \(status) id=\(request.header.id) up=\(transfer.bytesSent) down=\(transfer.bytesReceived) \
            ms=\(milliseconds) \(resent)\(end)
            """
    }
}
