import Testing

extension EndToEnd {
    @Suite("Abuse: arguments")
    struct AbuseArgumentTests {
        private static let names = [
            "arg_method", "arg_path", "arg_ver", "arg_hdrs", "arg_body", "arg_src", "arg_id",
        ]

        /// A value of each type that the protocol has (SPOE.txt, section 3.1), and whether it can be this argument.
        private static let values: [(type: UInt8, bytes: [UInt8])] = [
            (0, [0]), (1, [0x11]), (2, [2, 5]), (3, [3, 5]), (4, [4, 5]), (5, [5, 5]),
            (6, [6, 127, 0, 0, 1]), (7, [7] + [UInt8](repeating: 0, count: 15) + [1]),
            (8, [8] + SPOPFrame.string("GET")), (9, [9] + SPOPFrame.string("GET")),
        ]

        private static func fits(_ type: UInt8, _ name: String) -> Bool {
            switch name {
            case "arg_src": [0, 6, 7].contains(type)
            // "GET" is neither a block of headers nor lines of them, and a method and a path there must be.
            case "arg_hdrs": type == 0
            case "arg_method": [8, 9].contains(type)
            case "arg_path": [8, 9].contains(type)
            default: [0, 8, 9].contains(type)
            }
        }

        private static func message(_ name: String, _ value: [UInt8]) -> [UInt8] {
            let valid = [
                "arg_method": [8] + SPOPFrame.string("GET"),
                "arg_path": [8] + SPOPFrame.string("/\(name)/\(value[0])"),
            ]
            let arguments =
                valid.filter { $0.key != name }.sorted { $0.key < $1.key } + [(key: name, value: value)]
            return SPOPFrame.string("mirror") + [UInt8(arguments.count)]
                + arguments.flatMap { SPOPFrame.string($0.key) + $0.value }
        }

        @Test(
            "each argument in each type: acknowledged, and copied or counted as malformed", arguments: names)
        func everyType(_ name: String) throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            for (number, value) in Self.values.enumerated() {
                try peer.write(
                    SPOPFrame(
                        type: SPOPFrame.notify, stream: UInt64(number + 1), frame: 1,
                        payload: Self.message(name, value.bytes)
                    ).bytes)
                #expect(
                    try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack], "type \(value.type)")
            }
            let account = try stage.agent.account(of: Self.values.count)
            let fitting = Self.values.filter { Self.fits($0.type, name) }.count
            #expect(account["responses_2xx"] == fitting, "\(account)")
            #expect(account["dropped_malformed"] == Self.values.count - fitting, "\(account)")
            try stage.expectGoodHealth()
        }

        @Test("types that there are not, and values that break off")
        func undecodable() throws {
            let stage = try AbuseStage()
            for type in UInt8(10)...15 {
                let payload = Self.message("arg_body", [type, 0])
                let frame = SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: payload)
                try stage.expectFarewell("4", to: frame.bytes, "type \(type)")
            }
            for value: [UInt8] in [
                [8, 200, 1], [9, 255, 255, 3], [6, 1, 2], [7, 1], [3], [2, 255, 255, 255, 255, 255, 15],
            ] {
                let payload = Self.message("arg_body", value)
                let frame = SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: payload)
                try stage.expectFarewell("4", to: frame.bytes, "\(value)")
            }
            #expect(try stage.agent.counters()["received"] == 0)
            try stage.expectGoodHealth()
        }

        @Test("messages past the 64th of a NOTIFY are counted and not looked at")
        func manyMessages() throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            let copies = (0..<100).flatMap { SPOPClient.Message(target: "/many/\($0)", fields: []).payload }
            let unknown = [UInt8](repeating: 0, count: 2 * 100)
            for payload in [copies + unknown, unknown + copies] {
                try peer.write(
                    SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: payload).bytes)
                #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
            }
            #expect(
                try stage.agent.account(of: 200) == [
                    "received": 200, "completed": 64, "responses_2xx": 64, "dropped_malformed": 136,
                ])
            #expect(try stage.agent.counters()["unknown_messages"] == 200)
            try eventually("the log says so", evidence: { stage.agent.process.log }) {
                stage.agent.process.log.contains(
                    "dropped_malformed (messages): behind the 64th message of a NOTIFY")
            }
            try stage.expectGoodHealth()
        }

        @Test("a round that brings hundreds of malformed copies has some of them noted")
        func manyFailures() throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            // In one write, so that they are read in one round.
            let bytes = (0..<200).flatMap { number in
                let message = SPOPClient.Message(method: "", target: "/failed/\(number)", fields: [])
                return SPOPFrame(
                    type: SPOPFrame.notify, stream: 1, frame: 1, payload: message.payload
                ).bytes
            }
            try peer.write(bytes)
            #expect(try stage.agent.account(of: 200)["dropped_malformed"] == 200)
            let noted = try stage.agent.ask("show errors")
            #expect(noted.contains("/failed/0"), "\(noted)")
            #expect(noted.contains("/failed/7"), "\(noted)")
            // Some a second of each reason are: more say nothing new, and cost something.
            #expect(!noted.contains("/failed/8"), "\(noted)")
            try stage.expectGoodHealth()
        }

        @Test("header blocks that lie about their length are acknowledged and not sent")
        func lyingHeaders() throws {
            let stage = try AbuseStage()
            let host = SPOPFrame.string("host") + SPOPFrame.string("h")
            let blocks: [[UInt8]] = [
                host,  // no end mark
                host + [0],  // half of one
                host + [0, 0, 1],  // something behind it
                host + [0, 5] + Array("value".utf8) + [0, 0],  // a value without a name
                [4] + Array("host".utf8) + [200, 0x68, 0, 0],  // longer than the block
                [240, 255, 255, 255, 255, 15],  // longer than anything
                [UInt8](repeating: 0xFF, count: 10),  // no number
                SPOPFrame.string("x") + SPOPFrame.string("a\r\nevil: 1") + [0, 0],
                SPOPFrame.string("x\0y") + SPOPFrame.string("a") + [0, 0],
                SPOPFrame.string("a: b") + SPOPFrame.string("c") + [0, 0],
            ]
            let client = try SPOPClient(stage.endpoint)
            for block in blocks { try client.notify(.init(target: "/lie", rawHeaders: block)) }
            #expect(
                try stage.agent.account(of: blocks.count) == [
                    "received": blocks.count, "dropped_malformed": blocks.count,
                ])
            try stage.expectGoodHealth()
            #expect(stage.mirror.requests(for: "/lie").isEmpty)
        }
    }
}
