/// The Swift object that a watcher of libev carries with it.
enum WatcherOwner {
    /// Calls `body` with it. A handler may drop the last reference to it: it is held until the handler is back.
    static func call<Owner: AnyObject>(_ data: UnsafeMutableRawPointer?, _ body: (Owner) -> Void) {
        guard let data = unsafe data else { return }
        let owner = unsafe Unmanaged<Owner>.fromOpaque(data).takeUnretainedValue()
        withExtendedLifetime(owner) { body(owner) }
    }
}
