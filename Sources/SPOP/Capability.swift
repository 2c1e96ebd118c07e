/// What a side of the connection can do (SPOE.txt, section 3.2.1).
package enum Capability: String, CaseIterable, Hashable, Sendable {
    /// It takes payloads cut into several frames.
    case fragmentation = "fragmentation"
    /// NOTIFYs need not wait for earlier ACKs, and ACKs may come in any order.
    case pipelining = "pipelining"
    /// An ACK may come on another connection of the same engine.
    case async = "async"

    /// The comma-separated list of a HELLO. Unknown names and blanks are skipped, as the specification asks.
    package static func parse(_ list: String) -> Set<Capability> {
        Set(list.split(separator: ",").compactMap { Capability(rawValue: String($0.filter { $0 != " " })) })
    }

    /// The comma-separated list for a HELLO, in the order of the specification.
    package static func format(_ capabilities: Set<Capability>) -> String {
        allCases.filter(capabilities.contains).map(\.rawValue).joined(separator: ",")
    }
}
