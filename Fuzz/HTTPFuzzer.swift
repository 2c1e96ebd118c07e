@testable import Agent

/// What a client says to the metrics address, in one piece and cut anywhere: the same request comes of both.
enum HTTPFuzzer {
    static func run(_ input: [UInt8]) {
        guard let pieces = Pieces(input) else { return }
        let whole = HTTPRequestHead(Array(pieces.stream))
        var head: [UInt8] = []
        var cut: HTTPRequestHead?
        // Looked at where a line may have ended, as `MetricsConnection` does.
        for piece in pieces.pieces where cut == nil {
            head += piece
            if piece.contains(0x0A) { cut = HTTPRequestHead(head) }
        }
        require(cut == whole, "a cut makes \(String(describing: cut)) of \(String(describing: whole))")
        guard case .request(let method, let path) = whole else { return }
        require(!method.isEmpty && path.hasPrefix("/"), "no method, or no path")
        require(
            !(method + path).utf8.contains { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D },
            "more than a word: \(method) \(path)")
    }
}
