internal import CLibcurl
internal import Glibc

/// The addresses of a mirror's name as libcurl takes them (CURLOPT_RESOLVE(3)). It reads them when a transfer or a connection is
/// begun, and keeps no copy before.
@safe final class ResolveList {
    let list: UnsafeMutablePointer<curl_slist>
    /// The link that addresses of one link only are meant for (CURLOPT_ADDRESS_SCOPE(3)); 0 when none of them is one.
    let zone: Int
    private let name: String
    private let port: Int
    private let addresses: [String]

    /// `addresses` are those that `Names` gives for `name`. Nil when there is no memory.
    init?(_ addresses: [String], of name: String, _ port: Int) {
        (self.name, self.port, self.addresses) = (name, port, addresses)
        let parts = addresses.map { $0.split(separator: "%", maxSplits: 1) }
        zone = parts.first { $0.count > 1 }.map { unsafe Int(if_nametoindex(String($0[1]))) } ?? 0
        let hosts = parts.map { $0[0].contains(":") ? "[\($0[0])]" : "\($0[0])" }
        // With a plus sign libcurl forgets them some day (CURLOPT_DNS_CACHE_TIMEOUT(3)).
        let entry = "+\(name):\(port):\(hosts.joined(separator: ","))"
        guard let list = unsafe curl_slist_append(nil, entry) else { return nil }
        unsafe self.list = list
    }

    deinit { unsafe curl_slist_free_all(list) }

    func holds(_ addresses: [String], of name: String, _ port: Int) -> Bool {
        self.addresses == addresses && self.name == name && self.port == port
    }
}
