import SPOP
import Testing

@testable import Agent

@Suite("Messages of a NOTIFY")
struct NotificationTests {
    private func decode(_ payload: [UInt8]) throws -> (copies: [String], unknown: [String]) {
        let span = payload.span.bytes
        var result: (copies: [String], unknown: [String]) = ([], [])
        try Notification.decode(span, names: PayloadBuilder.names) { message in
            switch message {
            case .request(let arguments): result.copies.append(arguments.path.map { span.text($0) } ?? "-")
            case .unknown(let name): result.unknown.append(span.text(name))
            }
        }
        return result
    }

    @Test func everyMessageCounts() throws {
        let payload =
            PayloadBuilder(path: "/1").bytes + PayloadBuilder(message: "other").bytes
            + PayloadBuilder(path: "/2").bytes
            + PayloadBuilder(message: "").bytes
        let (copies, unknown) = try decode(payload)
        #expect(copies == ["/1", "/2"])
        #expect(unknown == ["other", ""])
    }

    @Test("messages past the 64th are counted by their names alone")
    func excess() throws {
        let payload = Array(
            repeatElement(PayloadBuilder().bytes + PayloadBuilder(message: "other").bytes, count: 50).joined()
        )
        let (copies, unknown) = try decode(payload)
        #expect(copies.count == 32 && unknown.count == 32)
        let excess = try Notification.decode(payload.span.bytes, names: PayloadBuilder.names) { _ in }
        #expect(excess == Notification.Excess(requests: 18, unknown: 18))
        // What breaks off behind them is an error all the same.
        #expect(throws: DecodeError.self) { try decode(payload + [1]) }
    }

    @Test func noMessageIsNoError() throws {
        let (copies, unknown) = try decode([])
        #expect(copies.isEmpty && unknown.isEmpty)
    }

    @Test func everyCutIsAnError() {
        let whole = PayloadBuilder(body: [1, 2, 3]).bytes
        for length in 1..<whole.count {
            #expect(throws: DecodeError.self) { try decode(Array(whole[..<length])) }
        }
    }

    @Test func unknownArgumentsAreLeftAlone() throws {
        var payload: [UInt8] = []
        payload.appendString("mirror")
        payload.append(2)
        payload.appendString("arg_new")
        payload += [0x11]
        payload.appendString("arg_path")
        payload += [8, 1, UInt8(ascii: "/")]
        #expect(try decode(payload).copies == ["/"])
    }
}
