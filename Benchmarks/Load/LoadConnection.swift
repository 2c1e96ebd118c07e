import Glibc
import SPOP

/// One SPOP connection of the load generator, after its handshake.
final class LoadConnection {
    /// What became of a read or a write.
    enum State { case open, blocked, broken }

    private static let prefixLength = 4
    /// Type, flags, a stream id of three bytes and a frame id of one.
    private static let ackLength = 9

    let descriptor: Int32
    private let frame: NotifyFrame
    /// When the frame of a slot was sent, or should have been; 0 while the slot is free.
    private var sentAt: [UInt64]
    private var nextSlot = 0
    private var output: [UInt8] = []
    private var written = 0
    /// The beginning of a frame whose end has not come yet.
    private var unfinished: [UInt8] = []

    private(set) var outstanding = 0
    /// Frames from the agent that are not ACKs of something sent.
    private(set) var unexpected = 0
    /// Waiting until the socket takes more.
    var isBlocked = false

    init(port: UInt16, frame: NotifyFrame, slots: Int) throws {
        descriptor = try Handshake.connect(port: port, maxFrameSize: max(16_380, frame.length))
        self.frame = frame
        sentAt = [UInt64](repeating: 0, count: slots)
    }

    deinit { close(descriptor) }

    // MARK: out

    var hasOutput: Bool { written < output.count }

    /// Puts a frame in the next slot; false when that is still taken, because all of them are.
    func send(at time: UInt64) -> Bool {
        let slot = nextSlot
        guard sentAt[slot] == 0 else { return false }
        nextSlot = slot + 1 == sentAt.count ? 0 : slot + 1
        send(slot: slot, at: time)
        return true
    }

    private func send(slot: Int, at time: UInt64) {
        sentAt[slot] = time
        outstanding += 1
        frame.append(slot: slot, to: &output)
    }

    /// Writes what is there.
    func flush() -> State {
        while written < output.count {
            let result = output.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + written }, output.count - written,
                    Int32(MSG_NOSIGNAL))
            }
            guard result > 0 else { return errno == EAGAIN ? .blocked : .broken }
            written += result
        }
        output.removeAll(keepingCapacity: true)
        written = 0
        return .open
    }

    // MARK: in

    /// Reads what has come, records the latency of each ACK, and sends another frame in its place if `again`.
    func receive(
        buffer: UnsafeMutableRawBufferPointer, now: UInt64, again: Bool, latencies: inout LatencyHistogram
    ) -> State {
        buffer.copyBytes(from: unfinished)
        let start = unfinished.count
        let result = read(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
        guard result > 0 else { return result < 0 && errno == EAGAIN ? .open : .broken }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(start + result)])
        var offset = 0
        while bytes.count - offset >= Self.prefixLength {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let length = Int(UInt32(bigEndian: word))
            guard bytes.count - offset - Self.prefixLength >= length else { break }
            if let slot = acknowledgedSlot(in: bytes, at: offset + Self.prefixLength, length: length) {
                latencies.record(now &- min(sentAt[slot], now))
                sentAt[slot] = 0
                outstanding -= 1
                if again { send(slot: slot, at: now) }
            } else {
                unexpected += 1
            }
            offset += Self.prefixLength + length
        }
        unfinished.replaceSubrange(unfinished.startIndex..., with: bytes[offset...])
        return .open
    }

    private func acknowledgedSlot(in bytes: UnsafeRawBufferPointer, at offset: Int, length: Int) -> Int? {
        guard length >= Self.ackLength, bytes[offset] == FrameType.ack.rawValue,
            let slot = NotifyFrame.slot(in: bytes, at: offset + 5), slot < sentAt.count, sentAt[slot] != 0
        else { return nil }
        return slot
    }

    /// Gives up what was not acknowledged; it counts with the time it has waited so far.
    func abandon(now: UInt64, latencies: inout LatencyHistogram) -> Int {
        for time in sentAt where time != 0 { latencies.record(now &- min(time, now)) }
        return outstanding
    }
}
