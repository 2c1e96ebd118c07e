internal import Stats
internal import System

/// `request GET http://h/x HTTP/1.1 200 id=1204 up=120 down=340 ms=1.3 ok`, with `resent=1` before `ok` if it was. In place of `ok`
/// stand the counter of a copy that came to nothing, a colon, and the reason. Where every request has a line, many have no number yet:
/// behind the id stand HAProxy's names of the request, `sid=12 uid=0A00`, the second one if it has one.
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
        let names =
            mode == .all
            ? haproxyNames(copy.header.streamID, copy.uniqueID(limit: UnsentCopy.longestUniqueID)) : ""
        let resent = end.wasResent ? "resent=1 " : ""
        return """
            \(start(copy.method, copy.header.url, copy.target, mode)) \(end.httpVersion) \(status) \
            id=\(copy.header.id)\(names) up=\(end.bytesSent) down=\(end.bytesReceived) ms=\(milliseconds) \
            \(resent)\(word)\(end.detail.map { ": \($0)" } ?? "")
            """
    }

    static func text(
        _ copy: UnsentCopy, _ reason: String, _ detail: String, _ mode: RequestLogMode
    ) -> String {
        let id = copy.id.map(String.init) ?? "-"
        let names = mode == .all ? haproxyNames(copy.streamID, copy.uniqueID) : ""
        return """
            \(start(copy.method, copy.url, copy.target, isCut: copy.isCut, mode)) - - \
            id=\(id)\(names) up=0 down=0 ms=0.0 \(reason): \(detail)
            """
    }

    private static func haproxyNames(_ streamID: UInt64, _ uniqueID: [UInt8]) -> String {
        " sid=\(streamID)\(uniqueID.isEmpty ? "" : " uid=\(PrintableText.of(uniqueID))")"
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
