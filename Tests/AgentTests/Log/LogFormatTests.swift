import Glibc
import Testing

@testable import Agent

@Suite("Forms of log lines")
struct LogFormatTests {
    @Test("A line for each reader")
    func formats() throws {
        #expect(LogFormat.journal.line(.warning, "text") == "<4>text")
        #expect(LogFormat.journal.line(.info, "text") == "<6>text")
        let plain = LogFormat.plain.line(.error, "text")
        #expect(plain.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z error text/) != nil, "\(plain)")
        let syslog = LogFormat.syslog.line(.error, "text")
        // Facility 3, severity 3.
        let form = /<27>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d spoa-mirror\[(\d+)\]: text/
        let match = try #require(syslog.wholeMatch(of: form), "\(syslog)")
        #expect(Int32(match.1) == getpid())
    }
}
