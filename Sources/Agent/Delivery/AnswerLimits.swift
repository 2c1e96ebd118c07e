internal import CLibcurl

/// What an answer may cost before it is cut off, and how far it has come. Bodies are counted and forgotten.
struct AnswerLimits {
    /// Header and trailer bytes of one transfer. libcurl keeps trailers without a limit of its own before version 8.14.
    static let maxHeaderBytes = 300 << 10

    /// Bytes of body that are read.
    var maxBody = 0
    /// Bytes of body that came.
    private(set) var body = 0
    private var headers = 0
    /// The end of the final headers is the end of the transfer: libcurl would wait for a body that does not come.
    private var endsWithHeaders = false

    /// Begins a new answer.
    mutating func reset(endsWithHeaders: Bool) {
        (body, headers) = (0, 0)
        self.endsWithHeaders = endsWithHeaders
    }

    /// CURLOPT_WRITEFUNCTION(3): what it returns is taken; less than `size` ends the transfer.
    mutating func takeBody(_ size: Int) -> Int {
        body += size
        return body <= maxBody ? size : 0
    }

    /// CURLOPT_HEADERFUNCTION(3), which sees each header line, the empty one behind them, and trailers.
    mutating func takeHeader(_ size: Int, status: @autoclosure () -> Int) -> Int {
        headers += size
        guard headers <= Self.maxHeaderBytes else { return 0 }
        guard size <= 2 else { return size }
        // 101 is never asked for; what follows it is not HTTP and would have to time out.
        let status = status()
        return (endsWithHeaders && status >= 200) || status == 101 ? 0 : size
    }
}
