import Glibc

/// The calls of epoll(7) and timerfd_create(2). Swift's Glibc module has no headers for them, but the C library that is
/// loaded anyway has the functions, so they are taken from there by name.
enum LinuxCalls {
    typealias EpollCreate = @convention(c) (Int32) -> Int32
    typealias EpollControl = @convention(c) (Int32, Int32, Int32, UnsafeMutableRawPointer?) -> Int32
    typealias EpollWait = @convention(c) (Int32, UnsafeMutableRawPointer?, Int32, Int32) -> Int32
    typealias TimerCreate = @convention(c) (Int32, Int32) -> Int32
    typealias TimerSet =
        @convention(c) (Int32, Int32, UnsafePointer<itimerspec>, UnsafeMutablePointer<itimerspec>?) -> Int32

    static let epollCreate = unsafeBitCast(address(of: "epoll_create1"), to: EpollCreate.self)
    static let epollControl = unsafeBitCast(address(of: "epoll_ctl"), to: EpollControl.self)
    static let epollWait = unsafeBitCast(address(of: "epoll_wait"), to: EpollWait.self)
    static let timerCreate = unsafeBitCast(address(of: "timerfd_create"), to: TimerCreate.self)
    static let timerSet = unsafeBitCast(address(of: "timerfd_settime"), to: TimerSet.self)

    private static func address(of name: String) -> UnsafeMutableRawPointer {
        guard let address = dlsym(nil, name) else { fatalError("the C library has no \(name)") }
        return address
    }
}
