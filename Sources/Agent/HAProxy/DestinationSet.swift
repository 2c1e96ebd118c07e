/// Some of a worker's destinations, by their places.
struct DestinationSet: Equatable {
    private var bits: UInt32 = 0

    /// None.
    init() {}

    /// The first `count`, at most 32.
    init(first count: Int) { bits = UInt32(truncatingIfNeeded: (1 << count) - 1) }

    var isEmpty: Bool { bits == 0 }

    /// The first of them; 32 when there is none.
    var first: Int { bits.trailingZeroBitCount }

    func contains(_ place: Int) -> Bool { bits & (1 << UInt32(place)) != 0 }

    mutating func insert(_ place: Int) { bits |= 1 << UInt32(place) }

    /// Calls `body` with each place, in their order.
    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        var rest = bits
        while rest != 0 {
            body(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
    }
}
