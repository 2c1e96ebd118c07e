internal import SPOP

/// The value of a `traceparent` (W3C Recommendation "Trace Context", sections 3.2 and 3.4):
/// `00-` trace id `-` parent id `-` flags.
enum TraceParent {
    /// Bytes of one of version 00, the only one that we write.
    static let length = 55

    /// Where the trace id is in a value that counts; nil when the value is invalid, and counts as none. One of a later version may be
    /// longer: what it shares with ours is read.
    static func traceID(_ value: Range<Int>, in block: RawSpan) -> Range<Int>? {
        let start = value.lowerBound
        func part(_ offset: Int, _ count: Int) -> Range<Int>? {
            let range = start + offset..<start + offset + count
            return range.allSatisfy { block.byte($0).isLowercaseHex } ? range : nil
        }
        func isDash(_ offset: Int) -> Bool { block.byte(start + offset) == UInt8(ascii: "-") }
        func isZero(_ range: Range<Int>) -> Bool { range.allSatisfy { block.byte($0) == UInt8(ascii: "0") } }
        guard value.count >= length, isDash(2), isDash(35), isDash(52),
            let version = part(0, 2), let traceID = part(3, 32), let parentID = part(36, 16),
            part(53, 2) != nil, !isZero(traceID), !isZero(parentID), !block.matches(version, "ff")
        else { return nil }
        guard value.count > length else { return traceID }
        return isZero(version) || !isDash(length) ? nil : traceID
    }

    /// The parent ids of one renderer's copies. They do not repeat, and those of another renderer are others.
    struct ParentIDs {
        private let seed = UInt64.random(in: .min ... .max)

        /// That of the request with this number; never 0, which would be invalid.
        func id(of request: Int64) -> UInt64 {
            // The last steps of SplitMix64 (Steele, Lea and Flood, 2014), which give each number another one. A generator would be a
            // state that is changed with each copy.
            var id = UInt64(bitPattern: request) &+ seed
            id = (id ^ id >> 30) &* 0xBF58_476D_1CE4_E5B9
            id = (id ^ id >> 27) &* 0x94D0_49BB_1331_11EB
            id ^= id >> 31
            return id == 0 ? 1 : id
        }
    }
}

extension UInt8 {
    fileprivate var isLowercaseHex: Bool {
        0x30...0x39 ~= self || 0x61...0x66 ~= self
    }
}
