import Testing

@testable import SPOP

@Suite("Streams of real HAProxy")
struct RecordingTests {
    @Test func allAreThere() {
        #expect(
            Set(Recording.all.map(\.version)) == [
                "haproxy-2.6.12", "haproxy-2.6.12-fragmented", "haproxy-3.2.0",
            ])
        #expect(Recording.all.count == 43)
    }

    @Test("frames are those of the manifest", arguments: Recording.all)
    func framesMatchManifest(_ recording: Recording) throws {
        let splitter = FrameSplitter(maxFrameSize: 16380)
        var names: [String] = []
        var offset = 0
        while let length = try splitter.frameLength(in: recording.bytes.span.bytes, at: offset) {
            let frame = recording.bytes[(offset + 4)..<(offset + 4 + length)]
            var cursor = ByteCursor(Array(frame).span.bytes)
            names.append(name(of: try cursor.readFrameHeader()))
            offset += 4 + length
        }
        #expect(offset == recording.bytes.count)
        #expect(names == recording.frames)
    }

    private func name(of header: FrameHeader) -> String {
        let base =
            switch header.type {
            case .unset: "UNSET"
            case .haproxyHello: "HAPROXY-HELLO"
            case .haproxyDisconnect: "HAPROXY-DISCONNECT"
            case .notify: "NOTIFY"
            default: "type \(header.type.rawValue)"
            }
        return header.flags.contains(.fin) ? base : "\(base)(more)"
    }

    @Test("the session answers each NOTIFY and ends as HAProxy asked", arguments: Recording.all)
    func sessionAnswers(_ recording: Recording) throws {
        var driver = SessionDriver()
        driver.feed(recording.bytes)
        let complete = recording.frames.filter { $0 == "NOTIFY" }.count
        let reassembled = recording.frames.contains("NOTIFY(more)") ? 1 : 0
        #expect(driver.notifies.count == complete + reassembled)
        let types = driver.replyFrames.map { $0[0] }
        let acks = Array(repeating: FrameType.ack.rawValue, count: driver.notifies.count)
        let hasFarewell = recording.frames.last == "HAPROXY-DISCONNECT"
        #expect(
            types == [FrameType.agentHello.rawValue] + acks
                + (hasFarewell ? [FrameType.agentDisconnect.rawValue] : []))
        if hasFarewell { #expect(driver.disconnectStatus == .normal) }
        for notify in driver.notifies { try expectMirrorMessage(notify.payload) }
    }

    private func expectMirrorMessage(_ payload: [UInt8]) throws {
        let span = payload.span.bytes
        var reader = MessageReader(span)
        let name = try #require(try reader.nextMessage())
        #expect(span.text(name) == "mirror")
        var names: [String] = []
        while let argument = try reader.nextArgument() {
            names.append(span.text(argument.name))
            if names.last == "arg_hdrs", case .binary(let block) = argument.value {
                try expectHeaders(Array(payload[block]))
            }
        }
        #expect(names == ["arg_method", "arg_path", "arg_ver", "arg_hdrs", "arg_body"])
        let isLast = try reader.nextMessage() == nil
        #expect(isLast)
    }

    private func expectHeaders(_ block: [UInt8]) throws {
        var reader = HeaderReader(block.span.bytes)
        var names: [String] = []
        while let header = try reader.next() { names.append(block.span.bytes.text(header.name)) }
        #expect(names.contains("host"))
    }

    @Test("cutting the stream anywhere changes nothing", arguments: Recording.all)
    func cutsChangeNothing(_ recording: Recording) {
        var whole = SessionDriver()
        whole.feed(recording.bytes)

        var single = SessionDriver()
        for byte in recording.bytes { single.feed(CollectionOfOne(byte)) }
        #expect(single.events == whole.events)
        #expect(single.replies == whole.replies)

        var generator = SeededGenerator()
        for _ in 0..<20 {
            var cut = SessionDriver()
            var rest = recording.bytes[...]
            while !rest.isEmpty {
                let piece = Int.random(in: 1...max(1, min(rest.count, 2000)), using: &generator)
                cut.feed(rest.prefix(piece))
                rest = rest.dropFirst(piece)
            }
            #expect(cut.events == whole.events, "SEED=\(generator.seed)")
            #expect(cut.replies == whole.replies, "SEED=\(generator.seed)")
        }
    }

    @Test("a damaged stream ends in a status code, never in a trap", arguments: Recording.all)
    func damageNeverTraps(_ recording: Recording) {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var bytes = recording.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                    in: .min ... .max, using: &generator)
            }
            var driver = SessionDriver()
            driver.feed(bytes)
            for notify in driver.notifies { walk(notify.payload) }
            if case .finished(.failed(let error))? = driver.events.last {
                #expect(driver.disconnectStatus == error.status, "SEED=\(generator.seed)")
            }
        }
    }

    private func walk(_ payload: [UInt8]) {
        var reader = MessageReader(payload.span.bytes)
        do throws(DecodeError) {
            while try reader.nextMessage() != nil {
                while let argument = try reader.nextArgument() {
                    if case .binary(let block) = argument.value {
                        var headers = HeaderReader(payload.span.bytes.extracting(block))
                        while try headers.next() != nil {}
                    }
                }
            }
        } catch {
            #expect(error.offset <= payload.count)
        }
    }
}
