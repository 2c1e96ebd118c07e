/// What a host name has to be like to be looked up at all.
enum HostName {
    /// What is expected of `name`, as far as it is not like that; nil when it can be looked up.
    ///
    /// DNS has labels of 1 to 63 bytes and names of 253 (RFC 1035, section 2.3.4); letters, digits and `-` are those of hosts
    /// (RFC 1123, section 2.1), and names of containers have `_`. libcurl turns other letters into those (IDNA) by the locale of
    /// the process, and a daemon has no locale.
    static func expectation(of name: String) -> String? {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
            return "a host name in ASCII, other letters written as in xn--bcher-kva.example"
        }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // A dot at the end says that no search domain goes behind the name.
        guard let last = labels.last, case let named = last.isEmpty ? labels.dropLast() : labels[...],
            !named.isEmpty, named.allSatisfy({ 1...63 ~= $0.count })
        else { return "a host name with 1 to 63 bytes between its dots" }
        guard name.utf8.count - (last.isEmpty ? 1 : 0) <= 253 else {
            return "a host name of at most 253 bytes"
        }
        guard named.joined().allSatisfy({ $0.isAlphanumeric || "-_".utf8.contains($0) }) else {
            return "a host name of letters, digits, -, _ and dots"
        }
        return nil
    }
}

extension UInt8 {
    /// A letter or a digit of ASCII.
    var isAlphanumeric: Bool { 0x30...0x39 ~= self || 0x41...0x5A ~= self & ~0x20 }
}
