internal import CLibev
internal import Glibc
internal import System

/// One libev loop. It belongs to the thread that runs it; only `Waker` may be used from another.
@safe final class EventLoop {
    let pointer: OpaquePointer

    /// Makes a loop on `backend`; nil lets libev choose. Throws when this libev or kernel lacks it.
    init(backend: Backend?) throws(BackendUnavailable) {
        Self.neverAbort
        // NOENV: LIBEV_FLAGS in the environment must not override the command line.
        // NOTIMERFD: a clock jump is of no interest, only monotonic timers are used.
        let flags = UInt32(EVFLAG_NOENV) | UInt32(EVFLAG_NOTIMERFD) | (backend?.flag ?? 0)
        guard let pointer = unsafe ev_loop_new(flags) else { throw BackendUnavailable(backend: backend) }
        unsafe self.pointer = pointer
    }

    deinit { unsafe ev_loop_destroy(pointer) }

    /// libev ends the process with SIGABRT when it has no memory, no descriptor to be woken by, or no answer from the kernel. It ends
    /// all the same, but it says why, and with a code.
    private static let neverAbort: Void = {
        unsafe ev_set_syserr_cb { message in
            let code = errno
            let text = unsafe message.map { unsafe String(cString: $0) } ?? "libev"
            EventLoop.giveUp(SystemError("go on, \(text)", code: code))
        }
        unsafe ev_set_allocator { pointer, size in
            guard size > 0 else {
                unsafe free(pointer)
                return nil
            }
            guard let memory = unsafe realloc(pointer, size) else {
                EventLoop.giveUp(SystemError("allocate \(size) bytes"))
            }
            return unsafe memory
        }
    }()

    private static func giveUp(_ error: SystemError) -> Never {
        LastWords.say(error)
        // Other threads may be under way: nothing is cleaned up.
        _exit(ExitStatus.osError)
    }

    /// Files that a loop has open, of whatever backend, with what other threads and signals wake it by.
    static let openFiles = 3

    /// Runs until `stop` or until no watcher is left.
    func run() { _ = unsafe ev_run(pointer, 0) }

    /// Makes `run` return once the watchers that are due have been called.
    func stop() { unsafe ev_break(pointer, Int32(EVBREAK_ALL)) }

    /// Seconds on the loop's clock, taken once a pass; its origin means nothing.
    var now: Double { unsafe ev_now(pointer) }

    /// The backend in use, by the name the command line takes.
    var backendName: String {
        let flag = unsafe ev_backend(pointer)
        return Backend.allCases.first { $0.flag == flag }?.rawValue ?? "unknown"
    }
}

/// The event mechanisms of libev on Linux, by the names the command line takes.
enum Backend: String, CaseIterable, Sendable {
    case select = "select", poll = "poll", epoll = "epoll", linuxaio = "linuxaio", iouring = "iouring"

    var flag: UInt32 {
        switch self {
        case .select: UInt32(EVBACKEND_SELECT)
        case .poll: UInt32(EVBACKEND_POLL)
        case .epoll: UInt32(EVBACKEND_EPOLL)
        case .linuxaio: UInt32(EVBACKEND_LINUXAIO)
        case .iouring: UInt32(EVBACKEND_IOURING)
        }
    }

    /// Those this libev was built with and this kernel accepts: a loop is made of each to know.
    static var available: [Backend] {
        allCases.filter { (try? EventLoop(backend: $0)) != nil }
    }
}

/// No loop could be made on the wanted backend.
struct BackendUnavailable: Error, CustomStringConvertible {
    let backend: Backend?

    var description: String {
        let names = Backend.available.map(\.rawValue).joined(separator: ", ")
        guard let backend else { return "no event loop could be created (available backends: \(names))" }
        return "backend '\(backend.rawValue)' is not available here (available: \(names))"
    }
}
