/// How far a request fills HAProxy's buffer, as far as the copy shows it.
struct BufferRoom {
    /// Bytes that HAProxy's buffer holds of each field beside its name and value.
    static let bytesPerField = 8

    /// Method, target, fields and body leave no room for more of the body.
    ///
    /// HAProxy keeps 1 KiB of its buffer for rewriting (tune.maxrewrite) and about 110 bytes for itself: cut bodies of HTTP/1.1
    /// clients of HAProxy 2.6 to 3.4 end within 20 bytes of that. A whole body that comes as close looks like a cut one.
    let isUsedUp: Bool
    /// There is room for as much again. With less, the buffer may have been full: a body over HTTP/2 takes 8 bytes more of it for
    /// each DATA frame up to HAProxy 3.2, and tune.maxrewrite may be larger.
    let isAmple: Bool

    /// `used` is the sum of method, target, fields with `bytesPerField`, and body; `bufferSize` is tune.bufsize. Both in bytes.
    init(used: Int, of bufferSize: Int) {
        let full = max(1, bufferSize - 1024 - 176)
        isUsedUp = used >= full
        isAmple = used < full / 2
    }
}
