@testable import Agent

/// What a mirror says to a request, to HEAD with the bit that is ours, and the end of its connection: in one piece and
/// cut anywhere. The same comes of both, and no limit is passed.
enum AnswerFuzzer {
    /// Small enough to be reached.
    private static let maxBody = 300

    private struct Result: Equatable {
        let states: [AnswerState]
        let status: Int
        let version: String
        let headBytes: Int
        let bodyBytes: Int
    }

    private static func read(_ pieces: [ArraySlice<UInt8>], isToHEAD: Bool) -> Result {
        var reader = AnswerReader()
        reader.begin(isToHEAD: isToHEAD, maxBody: maxBody)
        for piece in pieces {
            let before = reader.state
            let after = reader.receive(piece.span.bytes)
            require(
                before == .unfinished || after == before || after == .last(.bytesBehind),
                "\(before) became \(after)")
        }
        let states = [reader.state, reader.receiveEnd()]
        require(states[1] != .unfinished, "no end behind the last byte")
        return Result(
            states: states, status: reader.status, version: reader.httpVersion, headBytes: reader.headBytes,
            bodyBytes: reader.bodyBytes)
    }

    static func run(_ input: [UInt8]) {
        guard let pieces = Pieces(input) else { return }
        let whole = read([pieces.stream], isToHEAD: pieces.bit)
        let cut = read(pieces.pieces, isToHEAD: pieces.bit)
        require(whole == cut, "a cut makes \(cut) of \(whole)")
        require(whole.bodyBytes <= maxBody, "more body than is read")
        require(whole.headBytes + whole.bodyBytes <= pieces.stream.count, "more bytes than came")
        if case .failed = whole.states[1] { return }
        require((100...999).contains(whole.status), "an answer without a status")
    }
}
