internal import AdminSocket
internal import CLibcurl
internal import CLibev

/// What `-V` tells.
enum Version {
    /// Of this program.
    static let number = Release.number

    /// `libev 4.33`.
    static var libev: String { "\(ev_version_major()).\(ev_version_minor())" }

    /// libcurl's own line: its version and those of the libraries under it.
    static var libcurl: String { unsafe String(cString: curl_version()) }

    /// libcurl's version alone: `7.88.1`.
    static var libcurlNumber: String {
        let first = libcurl.split(separator: " ").first ?? ""
        return String(first.split(separator: "/").last ?? "")
    }

    static var text: String {
        """
        spoa-mirror \(number)
        libev \(libev), backends: \(Backend.available.map(\.rawValue).joined(separator: " "))
        \(libcurl)
        """
    }
}
