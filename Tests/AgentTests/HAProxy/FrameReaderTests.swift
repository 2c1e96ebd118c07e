import Glibc
import SPOP
import Testing

@testable import Agent

@Suite("Reading frames from a socket")
struct FrameReaderTests {
    /// A socket pair with a reader at one end, whose buffer is small enough for frames to be cut by it.
    private final class Line {
        private let ends: (Int32, Int32)
        private let buffer: UnsafeMutableRawBufferPointer
        private var reader: FrameReader
        private let splitter = FrameSplitter(maxFrameSize: 1 << 20)
        private(set) var frames: [[UInt8]] = []
        private(set) var error: DecodeError?

        init(bufferSize: Int) {
            var pair: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &pair)
            ends = (pair[0], pair[1])
            buffer = .allocate(byteCount: bufferSize, alignment: 16)
            reader = FrameReader(buffer: buffer)
        }

        deinit {
            close(ends.0)
            close(ends.1)
            buffer.deallocate()
        }

        /// Sends a piece and reads until the socket is empty.
        func send(_ piece: ArraySlice<UInt8>) {
            var rest = piece
            while !rest.isEmpty || hasMore {
                let count = rest.withUnsafeBytes { max(0, write(ends.0, $0.baseAddress, $0.count)) }
                rest = rest.dropFirst(rest.isEmpty ? 0 : count)
                round()
                if error != nil { return }
            }
        }

        private(set) var hasMore = false

        private func round() {
            hasMore = reader.read(from: ends.1, splitter: splitter) == .bytes
            guard hasMore else { return }
            var locations: [FrameReader.Location] = []
            do throws(DecodeError) {
                while let location = try reader.next(splitter) { locations.append(location) }
            } catch {
                self.error = error
            }
            // All frames of a round stay readable until its end.
            for location in locations {
                reader.withBytes(at: location) { span in
                    frames.append(span.withUnsafeBytes { Array($0) })
                }
            }
            reader.endRound()
        }
    }

    private func stream(_ lengths: [Int]) -> (bytes: [UInt8], frames: [[UInt8]]) {
        let frames = lengths.enumerated().map { index, length in
            (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
        }
        let bytes = frames.flatMap { frame -> [UInt8] in
            var bytes: [UInt8] = []
            bytes.appendUInt32(UInt32(frame.count))
            return bytes + frame
        }
        return (bytes, frames)
    }

    @Test("cuts and buffer sizes change nothing", arguments: [5, 16, 64, 1000, 1 << 17])
    func cuts(_ bufferSize: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var state = seed
        func random(_ range: ClosedRange<Int>) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Int(state >> 33) % range.count
        }
        for _ in 0..<20 {
            let (bytes, frames) = stream(
                (0..<random(1...30)).map { _ in random(7...(random(0...9) == 0 ? 5000 : 60)) })
            let line = Line(bufferSize: bufferSize)
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = random(1...(random(0...1) == 0 ? 9 : 3000))
                line.send(rest.prefix(piece))
                rest = rest.dropFirst(piece)
            }
            #expect(line.frames == frames, "seed \(seed)")
        }
    }

    @Test("a frame far larger than the buffer arrives whole")
    func large() {
        let (bytes, frames) = stream([7, 900_000, 7, 1 << 20, 20])
        let line = Line(bufferSize: 1 << 17)
        line.send(bytes[...])
        #expect(line.frames == frames)
    }

    @Test("a bad length is found behind good frames, whatever the cut")
    func badLength() {
        for cut in 1..<22 {
            let line = Line(bufferSize: 64)
            let bytes = stream([7]).bytes + [0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 10)
            line.send(bytes.prefix(cut))
            if line.error == nil { line.send(bytes.dropFirst(cut)) }
            #expect(line.frames.count == 1)
            #expect(line.error?.status == .frameTooBig)
        }
    }
}
