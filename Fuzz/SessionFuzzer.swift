import Glibc
@testable import Agent
import SPOP

/// A byte stream from HAProxy, in one piece and cut anywhere: the same events and the same replies come of both. With the bit
/// that is ours, fragments of some payloads are let go, as when the memory for them is full.
enum SessionFuzzer {
    /// A connection as `SPOPConnection` has it, less its loop.
    private struct Connection: ~Copyable {
        /// What came of a frame; payloads are copied out, since they stand elsewhere in a stream that is cut.
        enum Event: Equatable {
            case notify(UInt64, UInt64, [UInt8])
            case other(Session.Event)
        }

        private let reading: Int32
        private let writing: Int32
        private let buffer: UnsafeMutableRawBufferPointer
        private let letsGo: Bool
        private var session = Session(
            limits: .init(maxFrameSize: 16380, maxPayloadSize: 4096, capabilities: Set(Capability.allCases)))
        private var reader: FrameReader
        private(set) var events: [Event] = []
        private(set) var replies: [UInt8] = []

        init(letsGo: Bool) {
            self.letsGo = letsGo
            var ends: [Int32] = [0, 0]
            require(pipe(&ends) == 0, "no pipe")
            (reading, writing) = (ends[0], ends[1])
            _ = fcntl(reading, F_SETFL, O_NONBLOCK)
            buffer = .allocate(byteCount: 64 << 10, alignment: 64)
            reader = FrameReader(buffer: buffer)
        }

        deinit {
            close(reading)
            close(writing)
            buffer.deallocate()
        }

        mutating func feed(_ piece: some Collection<UInt8>) {
            guard !piece.isEmpty else { return }
            require(write(writing, Array(piece), piece.count) == piece.count, "the pipe is full")
            while case .bytes = reader.read(from: reading, splitter: session.splitter) {
                takeFrames()
                session.state == .closing ? reader.discard() : reader.endRound()
            }
        }

        private mutating func takeFrames() {
            do throws(DecodeError) {
                while session.state != .closing, let frame = try reader.next(session.splitter) {
                    let bytes = reader.withBytes(at: frame) { $0.bytes }
                    take(bytes.span.bytes)
                }
            } catch {
                events.append(.other(session.fail(error, replies: &replies)))
            }
        }

        private mutating func take(_ frame: RawSpan) {
            switch session.receive(frame, replies: &replies) {
            case .notify(let stream, let id, let payload):
                answer(stream, id, frame.extracting(payload).bytes)
            case .notifyReassembled(let stream, let id, let payload): answer(stream, id, payload)
            case .notifyTooLarge(let stream, let id):
                events.append(.other(.notifyTooLarge(streamID: stream, frameID: id)))
                _ = session.acknowledge(streamID: stream, frameID: id, .nothing, replies: &replies)
            case let event: events.append(.other(event))
            }
            // Decided by the frame: it is the same one however the stream is cut.
            guard letsGo, frame.byteCount.isMultiple(of: 2) else { return }
            session.letGoOfFragments()
            require(session.assembledBytes == 0, "fragments are kept")
        }

        private mutating func answer(_ stream: UInt64, _ id: UInt64, _ payload: [UInt8]) {
            events.append(.notify(stream, id, payload))
            _ = session.acknowledge(streamID: stream, frameID: id, .nothing, replies: &replies)
        }
    }

    static func run(_ input: [UInt8]) {
        // What fits in a pipe and in the read buffer at once.
        guard let pieces = Pieces(input), pieces.stream.count < 32 << 10 else { return }

        var whole = Connection(letsGo: pieces.bit)
        whole.feed(pieces.stream)
        var cut = Connection(letsGo: pieces.bit)
        for piece in pieces.pieces { cut.feed(piece) }
        require(whole.events == cut.events, "a cut changes what happens")
        require(whole.replies == cut.replies, "a cut changes what is said")
    }
}

extension RawSpan {
    fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
