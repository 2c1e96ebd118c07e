/// Numbers the requests that one worker selects. The same number stands in HAProxy's log, in ours and in `show errors`.
///
/// A number has 53 bits, so that HAProxy's signed integers and JSON's doubles hold it: 14 of the instance, 6 of the worker and
/// 33 of a sequence, which starts again after 8.6 billion requests of the worker.
struct RequestIDs {
    /// Of an instance: drawn at each start of the agent, so that numbers do not come back after a restart.
    static let instances: Range<Int64> = 0..<(1 << 14)
    private static let sequenceBits: Int64 = 33
    private static let workerBits: Int64 = 6

    private let prefix: Int64
    private var sequence: Int64 = 0

    /// `instance` is one of `instances`; `worker` is below 64.
    init(instance: Int64, worker: Int) {
        prefix = (instance << Self.workerBits | Int64(worker)) << Self.sequenceBits
    }

    mutating func next() -> Int64 {
        sequence = (sequence + 1) & (1 << Self.sequenceBits - 1)
        return prefix | sequence
    }
}
