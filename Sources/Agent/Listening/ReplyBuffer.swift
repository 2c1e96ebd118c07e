internal import Glibc

/// Frames encoded but not yet taken by the socket. Its memory is used again once all of it is written.
struct ReplyBuffer {
    /// Frames are appended here.
    var bytes: [UInt8] = []
    /// ACKs among them.
    var acks = 0
    /// When the NOTIFY of the first of them came, on the monotonic clock.
    var oldestAck = 0.0
    private var written = 0

    /// How a write went.
    enum Progress {
        case done, partial, failed
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Bytes of memory held.
    var heldBytes: Int { bytes.capacity }

    /// Writes what is left and then `replies`, a buffer that others use too: it is empty then, and only what the socket does not
    /// take is kept here. A peer that reads costs no memory between two rounds.
    mutating func flush(_ replies: inout [UInt8], to descriptor: Int32) -> Progress {
        defer { replies.removeAll(keepingCapacity: true) }
        guard bytes.isEmpty else {
            bytes += replies
            let progress = flush(to: descriptor)
            if progress == .done { bytes = [] }
            return progress
        }
        swap(&bytes, &replies)
        let progress = flush(to: descriptor)
        swap(&bytes, &replies)
        if progress == .partial {
            bytes = Array(replies[written...])
            written = 0
        }
        return progress
    }

    /// Writes as much as the socket takes, in one call when it takes all.
    mutating func flush(to descriptor: Int32) -> Progress {
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written,
                    Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                return .partial
            } else if errno != EINTR {
                return .failed
            }
        }
        bytes.removeAll(keepingCapacity: true)
        (written, acks) = (0, 0)
        return .done
    }
}
