internal import Glibc
internal import Synchronization
internal import System

/// Lines to the machine's syslog, one datagram each. The main thread only.
final class SyslogSocket: Sendable {
    private let path: String
    private let socket = Mutex<Descriptor?>(nil)

    /// Throws when nobody listens at `path`, which is where syslog(3) writes.
    init(path: String = "/dev/log") throws(SystemError) {
        self.path = path
        do throws(SystemError) { try connect() } catch {
            throw SystemError("reach syslog at \(path)", code: error.code)
        }
    }

    /// Sends one line without its end; false when that would wait, or when nobody listens at the moment.
    func send(_ line: ArraySlice<UInt8>) -> Bool {
        if write(line) { return true }
        // A syslog daemon that was restarted listens on another socket.
        guard errno != EAGAIN, (try? connect()) != nil else { return false }
        return write(line)
    }

    private func write(_ line: ArraySlice<UInt8>) -> Bool {
        guard let number = socket.withLock({ $0?.rawValue }) else { return false }
        return unsafe line.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) } >= 0
    }

    private func connect() throws(SystemError) {
        let number = try UnixAddress.connect(to: path, datagrams: true).release()
        socket.withLock { $0 = Descriptor(owning: number) }
    }
}
