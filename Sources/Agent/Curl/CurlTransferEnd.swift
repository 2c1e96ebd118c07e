internal import CLibcurl

/// What came of a transfer, read from the handle once libcurl reports it done.
extension CurlTransfer {
    func end(_ result: CURLcode, because cause: String? = nil) -> TransferEnd {
        let outcome = outcome(result)
        var detail: String?
        if case .failed = outcome { detail = cause ?? failureText(result) }
        return TransferEnd(
            outcome: outcome,
            bytesSent: easy.value(of: CURLINFO_REQUEST_SIZE) + easy.value(of: CURLINFO_SIZE_UPLOAD_T),
            bytesReceived: easy.value(of: CURLINFO_HEADER_SIZE) + answer.body,
            connectionsOpened: handle.connectionsOpened, httpVersion: httpVersion, wasResent: wasResent,
            wasAmbiguous: answer.isAmbiguous, detail: detail)
    }

    /// How it ended.
    func outcome(_ result: CURLcode) -> Outcome {
        // An answer that was cut off is an answer, and so is 101, behind which there is no other.
        let wasCut = result == CURLE_WRITE_ERROR || result == CURLE_FILESIZE_EXCEEDED
        if result == CURLE_OK || (wasCut && (status >= 200 || status == 101)) { return .response(status) }
        if isRefused { return .failed(.reset) }
        // On a connection that was kept from an earlier transfer, newer libcurls have no time of these.
        let isKept = hasBegun && handle.connectionsOpened == 0
        return .failed(handle.reason(result, isConnected: isKept, isAnswered: answer.hasBegun))
    }

    /// The status code of the answer, or of an interim one; 0 before.
    var status: Int { easy.value(of: CURLINFO_RESPONSE_CODE) }

    var endedInHTTP1: Bool {
        guard wantsHTTP2 else { return true }
        let version = easy.value(of: CURLINFO_HTTP_VERSION)
        return version == Int(CURL_HTTP_VERSION_1_1) || version == Int(CURL_HTTP_VERSION_1_0)
    }

    private var httpVersion: String {
        switch easy.value(of: CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "HTTP/1.0"
        case Int(CURL_HTTP_VERSION_1_1): "HTTP/1.1"
        case Int(CURL_HTTP_VERSION_2_0): "HTTP/2"
        default: "-"
        }
    }

    /// One sentence in printable ASCII, with no bytes of the request.
    private func failureText(_ code: CURLcode) -> String {
        if isRefused { return "The connection ended without an answer; not sent again" }
        if answer.isOverHeaderLimit { return AnswerLimits.headerText }
        return handle.failureText(code, isAnswered: answer.hasBegun)
    }
}

extension TransferEnd {
    /// Of a transfer that never got as far as libcurl.
    init(unsent reason: FailureReason, because cause: String) {
        self.init(
            outcome: .failed(reason), bytesSent: 0, bytesReceived: 0, connectionsOpened: 0, httpVersion: "-",
            wasResent: false, wasAmbiguous: false, detail: cause)
    }
}
