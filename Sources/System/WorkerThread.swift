internal import CLinux
internal import Glibc

/// A thread that takes no signals.
package struct WorkerThread: ~Copyable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body`. The name is cut to the 15 bytes Linux keeps.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        // A new thread takes over the mask of its maker: signals are for the main thread's loop alone.
        var (all, old) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &old)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
        var handle = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        let code = unsafe pthread_create(
            &handle, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard code == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw SystemError("start a worker thread", code: code)
        }
        unsafe linux_name_thread(handle, String(name.prefix(15)))
        self.handle = handle
    }

    /// Waits until the thread is done.
    package consuming func join() { pthread_join(handle, nil) }

    /// Lets it run for itself: nobody knows when it ends.
    package consuming func detach() { pthread_detach(handle) }
}
