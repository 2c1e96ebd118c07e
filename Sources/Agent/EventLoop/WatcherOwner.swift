/// The Swift object behind a libev watcher.
enum WatcherOwner {
    /// Calls `body` with the owner in a watcher's `data`, and keeps it alive until `body` returns: a handler may drop the last
    /// reference to it.
    static func call<Owner: AnyObject>(_ data: UnsafeMutableRawPointer?, _ body: (Owner) -> Void) {
        guard let data = unsafe data else { return }
        let owner = unsafe Unmanaged<Owner>.fromOpaque(data).takeUnretainedValue()
        withExtendedLifetime(owner) { body(owner) }
    }
}
