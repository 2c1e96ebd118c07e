/// Finds the ends of the HTTP/1.1 requests on one connection. What they say does not matter, unless they ask for the
/// count.
struct RequestScanner {
    /// Asks a mirror how many requests it has had.
    static let countPath = "/-/count"
    private static let maxHead = 1 << 20

    private var head: [UInt8] = []
    private var bodyLeft = 0
    private var isCount = false

    /// Calls `body` at the end of each request, with true if it asks for the count. False if this is not HTTP.
    mutating func scan(_ bytes: ArraySlice<UInt8>, _ body: (Bool) -> Void) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            if bodyLeft > 0 {
                let count = min(bodyLeft, rest.count)
                rest = rest.dropFirst(count)
                bodyLeft -= count
                if bodyLeft == 0 { body(isCount) }
                continue
            }
            let searched = max(0, head.count - 3)
            head += rest
            rest = []
            guard let end = Self.endOfHead(head, from: searched) else { return head.count <= Self.maxHead }
            rest = head[end...]
            bodyLeft = Self.contentLength(head[..<end])
            isCount = head.starts(with: "GET \(Self.countPath) ".utf8)
            head = []
            if bodyLeft == 0 { body(isCount) }
        }
        return true
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 4 <= bytes.count {
            if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D,
                bytes[index + 3] == 0x0A
            {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
        for line in head.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: 0x3A),
                line[..<colon].elementsEqual("content-length".utf8, by: { $0 | 0x20 == $1 })
            else { continue }
            let digits = line[colon...].filter { 0x30...0x39 ~= $0 }
            return digits.reduce(0) { $0 &* 10 &+ Int($1 - 0x30) }
        }
        return 0
    }
}
