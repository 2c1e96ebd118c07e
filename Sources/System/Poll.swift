internal import Glibc

/// Waiting for one descriptor (poll(2)).
package enum Poll {
    /// Waits for `events`, such as POLLIN, or 0 for a hang-up, at most `milliseconds`, or without limit when negative. True when
    /// one has occurred, or an error; false on time-out.
    package static func wait(_ descriptor: Int32, _ events: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }
}
