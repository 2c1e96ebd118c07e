/// Bytes that copies may hold, waiting or under way.
struct QueueBytes: Equatable {
    /// Those for all destinations together.
    let ofAll: Int
    /// Those for one: what is another's it cannot take.
    let ofOne: Int

    /// `all` bytes, of which each of so many destinations has the same share.
    init(_ all: Int, destinations count: Int = 1) {
        ofAll = all
        ofOne = all / max(1, count)
    }
}
