/// The target of a request as it is shown to operators: without what may be a secret in it.
enum ShownTarget {
    /// `http://...@host/x` of `http://user:password@host/x?query#fragment`. A target that `isCut` may have lost its end.
    static func of(_ target: [UInt8], withQuery: Bool = false, isCut: Bool = false) -> [UInt8] {
        let shown = withoutUserinfo(target, isCut: isCut)
        return withQuery ? shown : Array(shown.prefix { !"?#".utf8.contains($0) })
    }

    /// Userinfo stands before the last `@` of an authority (RFC 3986, section 3.2.1).
    private static func withoutUserinfo(_ target: [UInt8], isCut: Bool) -> [UInt8] {
        guard let start = authorityStart(of: target) else { return target }
        let end = target[start...].firstIndex { "/?#".utf8.contains($0) }
        // Nobody knows where the authority ends in what is no target.
        let isTarget =
            end != start && (start > 0 || end == nil) && !target.contains { $0 <= 0x20 || $0 == 0x22 }
        let at = (isTarget ? target[start..<(end ?? target.endIndex)] : target[start...]).lastIndex(
            of: UInt8(ascii: "@"))
        // Cut inside of the authority: the mark may have come behind.
        guard let rest = end == nil && isCut ? target.endIndex : at else { return target }
        return Array(target[..<start] + "...".utf8 + target[rest...])
    }

    /// Nil for a path, and for "*".
    private static func authorityStart(of target: [UInt8]) -> Int? {
        if target.starts(with: "//".utf8) { return 2 }
        guard let first = target.first, !"/*?#".utf8.contains(first) else { return nil }
        let scheme = target.firstIndex { !isSchemeByte($0) } ?? target.endIndex
        return target[scheme...].starts(with: "://".utf8) ? scheme + 3 : 0
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
