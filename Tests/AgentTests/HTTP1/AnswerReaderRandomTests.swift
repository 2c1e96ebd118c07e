import Testing

@testable import Agent

/// Answers that nobody has thought of. A test that fails prints the seed to run it again with.
@Suite("Answers at random")
struct AnswerReaderRandomTests {
    private static let seed = UInt64.random(in: 0 ... .max)

    @Test("what is true is read as it is, and what follows ends the connection")
    func wellFormed() {
        var random = Random(Self.seed)
        for round in 0..<1_000 {
            let answer = TrueAnswer(&random)
            let (count, place) = (answer.bytes.count, "SEED=\(Self.seed), round \(round)")
            let isToHEAD = answer.isToHEAD
            let pieces = random.cut(answer.bytes)
            #expect(ReadAnswer(pieces, isToHEAD: isToHEAD) == answer.expected, "\(place)")
            let stray = ReadAnswer(random.cut(answer.bytes + [0x0D]), isToHEAD: isToHEAD)
            #expect(stray.state == .last(.bytesBehind) && stray.status == answer.expected.status, "\(place)")
            let part = Array(answer.bytes[..<random.below(count)])
            let broken = ReadAnswer(random.cut(part), isToHEAD: isToHEAD, ends: true)
            #expect(broken.state == .failed(part.isEmpty ? .noByte : .brokenOff), "\(place)")
        }
    }

    @Test("whatever comes, cuts change nothing, and no limit is passed")
    func mutated() {
        var random = Random(Self.seed)
        let samples = AnswerReaderTests.rows.map { $0.answer.latin1 }
        for round in 0..<10_000 {
            var bytes = samples[random.below(samples.count)]
            for _ in 0...random.below(4) { random.mutate(&bytes, samples) }
            let (isToHEAD, ends, maxBody) = (random.below(4) == 0, random.below(2) == 0, random.below(40))
            func read(_ pieces: [ArraySlice<UInt8>]) -> ReadAnswer {
                ReadAnswer(pieces, isToHEAD: isToHEAD, maxBody: maxBody, ends: ends)
            }
            let whole = read([bytes[...]])
            let cut = read(random.cut(bytes))
            #expect(cut == whole, "SEED=\(Self.seed), round \(round): \(bytes)")
            #expect(
                whole.body <= maxBody && whole.head + whole.body <= bytes.count,
                "SEED=\(Self.seed), round \(round)")
            if ends { #expect(whole.state != .unfinished) }
        }
    }
}

/// An answer whose end is beyond doubt, and what is to be read from it.
private struct TrueAnswer {
    var bytes: [UInt8] = []
    let isToHEAD: Bool
    let expected: ReadAnswer

    init(_ random: inout Random) {
        let isToHEAD = random.below(5) == 0
        let status = [200, 201, 204, 304, 404, 503][random.below(6)]
        let hasBody = !isToHEAD && status != 204 && status != 304
        var text = ""
        for _ in 0..<random.below(3) {
            text += "HTTP/1.1 10\(random.below(2) * 3) x\r\n" + random.fields() + "\r\n"
        }
        text += "HTTP/1.1 \(status)\(["", " ", " Some reason"][random.below(3)])\r\n" + random.fields()
        let body = random.below(2) * random.below(300)
        if random.below(2) == 0 {
            text +=
                random.name("content-length") + ":\([" ", "", "\t "][random.below(3)])\(body)\r\n"
                + random.fields() + "\r\n"
            bytes = text.latin1 + (hasBody ? random.bytes(body) : [])
            expected = ReadAnswer(.complete, status, head: text.utf8.count, body: hasBody ? body : 0)
        } else {
            if status != 204 {
                text += random.name("transfer-encoding") + ": " + random.name("chunked") + "\r\n"
            }
            text += random.fields() + "\r\n"
            bytes = text.latin1
            if hasBody { bytes += random.chunks(body) }
            expected = ReadAnswer(.complete, status, head: text.utf8.count, body: hasBody ? body : 0)
        }
        self.isToHEAD = isToHEAD
    }
}

/// SplitMix64.
private struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }

    mutating func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let ends = (0..<below(6)).map { _ in below(bytes.count + 1) }.sorted() + [bytes.count]
        return zip([0] + ends, ends).map { bytes[$0..<$1] }
    }

    mutating func name(_ name: String) -> String {
        [name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst()][below(3)]
    }

    mutating func fields() -> String {
        (0..<below(4)).map { _ in
            let field = [
                "x", "date", "server", "keep-alive", "some-headers-x", "a-name-of-17-byte", "connection",
            ][below(7)]
            // One that is too long to be looked at ends the connection.
            return name(field) + ": "
                + String(repeating: "v\t", count: below(field == "connection" ? 100 : 150)) + "\r\n"
        }.joined()
    }

    mutating func chunks(_ count: Int) -> [UInt8] {
        var (left, text) = (count, [UInt8]())
        while left > 0 {
            let size = 1 + below(left)
            text +=
                (String(size, radix: 16, uppercase: below(2) == 0) + ["", ";x", " ; x=\"y\""][below(3)]
                + "\r\n").latin1
            text += bytes(size) + [0x0D, 0x0A]
            left -= size
        }
        return text + ("0" + ["", ";x"][below(2)] + "\r\n" + fields() + "\r\n").latin1
    }

    mutating func mutate(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
        let place = below(bytes.count + 1)
        switch below(5) {
        case 0 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2:
            bytes.insert(
                contentsOf: [[0x0D], [0x0A], [0x0D, 0x0A], [0], [0x20], [0x3A], [0x30]][below(7)], at: place)
        case 3: bytes.insert(contentsOf: samples[below(samples.count)].prefix(below(60)), at: place)
        default: bytes.removeLast(below(min(bytes.count, 8) + 1))
        }
    }
}
