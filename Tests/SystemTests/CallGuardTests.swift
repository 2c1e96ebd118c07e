import CLinux
import Glibc
import Testing

@Suite("A bound on what one call may take")
struct CallGuardTests {
    /// Runs `body` on a thread of its own, as a worker would, with both ends of a connection.
    private func onThread(_ body: @escaping @Sendable (_ near: Int32, _ far: Int32) -> Void) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2) { ends in
            #expect(socketpair(AF_UNIX, linux_stream_type(), 0, ends.baseAddress) == 0)
            let (near, far) = (ends[0], ends[1])
            let work = Work {
                #expect(linux_guard_start() == 0)
                body(near, far)
            }
            var thread = pthread_t()
            let context = Unmanaged.passRetained(work).toOpaque()
            #expect(
                pthread_create(
                    &thread, nil,
                    { context in
                        context.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body() }
                        return nil
                    }, context) == 0)
            pthread_join(thread, nil)
            close(near)
            close(far)
        }
    }

    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// Not a byte, and no end: -1 with EAGAIN.
    private static func isOpen(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(truncatingIfNeeded: MSG_DONTWAIT)) < 0
    }

    /// Calls `isDone` until it is, for so much of this thread's processor time at most.
    private static func useProcessor(milliseconds: Int = 2_000, until isDone: () -> Bool) {
        var start = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        var now = start
        while !isDone(),
            (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1_000_000 < milliseconds
        {
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        }
    }

    @Test("a call without end loses its connection")
    func longCall() {
        onThread { near, far in
            linux_guard_add(near)
            linux_guard_enter()
            Self.useProcessor(until: { !Self.isOpen(near) })
            #expect(linux_guard_leave() == 1)
            #expect(!Self.isOpen(far))
            // The next one begins anew.
            linux_guard_enter()
            #expect(linux_guard_leave() == 0)
        }
    }

    @Test("those that were removed, whatever has their numbers now, are let be")
    func anyConnection() {
        onThread { near, far in
            var others: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, linux_stream_type(), 0, &others) == 0)
            linux_guard_add(near)
            linux_guard_add(others[0])
            linux_guard_remove(others[0])
            linux_guard_enter()
            Self.useProcessor(until: { !Self.isOpen(near) })
            #expect(linux_guard_leave() == 1)
            #expect(Self.isOpen(others[0]))
            for other in others { close(other) }
        }
    }

    @Test("many short calls lose nothing")
    func shortCalls() {
        onThread { near, far in
            linux_guard_add(near)
            var isCut = false
            Self.useProcessor(milliseconds: 4 * Int(LINUX_GUARD_MILLISECONDS)) {
                linux_guard_enter()
                isCut = isCut || !Self.isOpen(near)
                isCut = linux_guard_leave() == 1 || isCut
                return false
            }
            #expect(!isCut)
        }
    }

    @Test("a thread that asks for it again, as each transport does, has one clock still")
    func startedAgain() {
        onThread { near, far in
            // Clocks of their own would tick one after the other.
            for _ in 0..<10 {
                #expect(linux_guard_start() == 0)
                Self.useProcessor(milliseconds: 10) { false }
            }
            linux_guard_add(near)
            linux_guard_enter()
            Self.useProcessor(milliseconds: Int(LINUX_GUARD_MILLISECONDS) / 2) { false }
            #expect(linux_guard_leave() == 0)
            #expect(Self.isOpen(near) && Self.isOpen(far))
        }
    }
}
