import Foundation
import Synchronization

/// Free TCP ports for the programs under test.
enum Ports {
    // Not by binding port 0: that gives a port of the range from which the kernel takes the near end of every
    // outgoing connection, so it may be taken by the time the program under test binds it.
    private static let range = 20_000..<30_000
    private static let next = Mutex(Int.random(in: range))

    /// A port of 127.0.0.1 that nobody listens on, and that is not given out again soon.
    static func free() throws -> UInt16 {
        for _ in range {
            let port = next.withLock { next in
                next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
                return UInt16(next)
            }
            if (try? Socket.listen(on: .tcp("127.0.0.1", port))) != nil { return port }
        }
        throw HarnessError("no free port between \(range.lowerBound) and \(range.upperBound)")
    }
}
