import ArgumentParser
import Testing

@testable import Agent

@Suite("Command line")
struct OptionsTests {
    private func configuration(_ line: String) throws -> Configuration {
        let words = Options.separatingFlags(line.split(separator: " ").map(String.init))
        return try Options.parse(words).configuration()
    }

    private func message(_ line: String) -> String {
        do {
            _ = try configuration(line)
            return ""
        } catch {
            return Options.message(for: error)
        }
    }

    @Test func defaults() throws {
        let configuration = try configuration("")
        #expect(configuration.address == .host("127.0.0.1", port: 12345))
        #expect(configuration.backlog == 128)
        #expect(configuration.backend == nil)
        #expect(configuration.sessionLimits.maxFrameSize == 16 << 20)
        #expect(configuration.sessionLimits.capabilities == [.fragmentation, .pipelining, .async])
        #expect(configuration.monitorInterval == .seconds(5))
        #expect(configuration.runtime == .zero)
        #expect((1...4).contains(configuration.workers))
        #expect(configuration.settings.destination.url.text == "http://localhost:10100/")
        #expect(!configuration.daemonize)
    }

    @Test(
        "what stands in people's defaults files",
        arguments: [
            "-D -r0 -uhttp://192.168.41.10:10100", "-Dr0 -u http://192.168.41.10:10100",
            "--daemonize --runtime=0 --mirror-url=http://192.168.41.10:10100",
        ])
    func defaultsFiles(_ line: String) throws {
        let configuration = try configuration(line)
        #expect(configuration.daemonize)
        #expect(configuration.runtime == .zero)
        #expect(configuration.settings.destination.url.text == "http://192.168.41.10:10100")
    }

    @Test func everyOption() throws {
        let configuration = try configuration(
            """
            -a 0.0.0.0 -p9000 -b 10 -B poll -c pipelining -casync -F /run/x.pid -i 1m -l w:/var/log/x.log -m 1024 \
            -n 3 -r 2h -t 500us -u https://m/p -I lo -P 30000-30010 --message copy
            """)
        #expect(configuration.address == .host("0.0.0.0", port: 9000))
        #expect(configuration.backlog == 10)
        #expect(configuration.backend == .poll)
        #expect(configuration.sessionLimits.capabilities == [.pipelining, .async])
        #expect(configuration.pidFile == "/run/x.pid")
        #expect(configuration.monitorInterval == .seconds(60))
        #expect(configuration.logFile == .init(path: "/var/log/x.log", mode: .truncate))
        #expect(configuration.sessionLimits.maxFrameSize == 1024)
        #expect(configuration.workers == 3)
        #expect(configuration.runtime == .seconds(7200))
        #expect(configuration.processingDelay == .microseconds(500))
        #expect(configuration.settings.destination.transport.source == .interface("lo"))
        #expect(configuration.settings.destination.transport.sourcePorts == 30000...30010)
        #expect(configuration.messageName == "copy")
    }

    @Test(
        "addresses",
        arguments: [
            ("::1", ListenAddress.host("::1", port: 12345)), ("[::1]", .host("::1", port: 12345)),
            ("lb.example", .host("lb.example", port: 12345)),
            ("unix@/run/s.sock", .unix(UnixSocket(path: "/run/s.sock"))),
            ("unix@/run/s.sock,mode=0640", .unix(UnixSocket(path: "/run/s.sock", mode: 0o640))),
            ("unix@/run/s.sock,group=root", .unix(UnixSocket(path: "/run/s.sock", mode: 0o660, group: 0))),
            (
                "unix@/run/s.sock,group=root,mode=666",
                .unix(UnixSocket(path: "/run/s.sock", mode: 0o666, group: 0))
            ),
        ])
    func addresses(_ text: String, _ expected: ListenAddress) throws {
        #expect(try configuration("-a \(text)").address == expected)
    }

    @Test(
        "who may connect to a UNIX socket, in a way that cannot be",
        arguments: [
            "/s,mode=", "/s,mode=8", "/s,mode=1000", "/s,mode=-1", "/s,mode=+7", "/s,group=",
            "/s,group=no such group", "/s,owner=root", "/s,mode", "/s,", "/a,b", ",mode=600", "s,mode=600",
        ])
    func badAccess(_ text: String) {
        #expect(throws: InvalidValue.self) { try ListenAddress("unix@\(text)") }
        #expect(throws: InvalidValue.self) { try ListenAddress(address: "unix@\(text)", port: 1) }
        guard !text.hasPrefix("s") else { return }
        #expect(throws: InvalidValue.self) { try AdminSocketOption(text) }
    }

    @Test("an admin socket is for its group, and everybody's level, unless it says otherwise")
    func adminSocket() throws {
        let plain = try AdminSocketOption("/s")
        #expect(plain.socket == UnixSocket(path: "/s", mode: 0o660) && plain.level == .admin)
        let given = try AdminSocketOption("/s,mode=600,level=user,group=root")
        #expect(given.socket == UnixSocket(path: "/s", mode: 0o600, group: 0) && given.level == .user)
        #expect(throws: InvalidValue.self) { try AdminSocketOption("/s,level=root") }
        #expect(throws: InvalidValue.self) { try ListenAddress("unix@/s,level=user") }
    }

    @Test(
        "mode and group are for UNIX sockets alone",
        arguments: ["127.0.0.1,mode=660", "[::1],group=root", "lb.example,mode=600"])
    func accessOverTCP(_ address: String) {
        for make in [{ try ListenAddress(address: address, port: 1) }, { try ListenAddress("\(address):9") }]
        {
            let error = #expect(throws: InvalidValue.self) { try make() }
            #expect(error?.accepted.contains("mode and group are for unix@/path") == true)
        }
        #expect(throws: InvalidValue.self) { try ListenAddress("127.0.0.1:9,mode=660") }
    }

    @Test(
        "times",
        arguments: [
            ("0", Duration.zero), ("250", .milliseconds(250)), ("250ms", .milliseconds(250)),
            ("7us", .microseconds(7)),
            ("5s", .seconds(5)), ("5.00s", .seconds(5)), ("1.5m", .seconds(90)), ("2h", .seconds(7200)),
            ("1d", .seconds(86400)),
        ])
    func times(_ text: String, _ expected: Duration) throws {
        #expect(try TimeValue.parse(text) == expected)
    }

    @Test(
        "times that are none",
        arguments: ["", "s", "-1", "1x", "1 s", ".5s", "5.s", "1.2.3", "99999999999d", "1e3", "٣"])
    func badTimes(_ text: String) {
        #expect(throws: InvalidValue.self) { try TimeValue.parse(text) }
    }

    @Test(
        "source ports",
        arguments: [
            ("7000", 7000...7000), ("7000-7009", 7000...7009), ("7000:10", 7000...7009),
            ("65535:1", 65535...65535),
        ])
    func ports(_ text: String, _ expected: ClosedRange<UInt16>) throws {
        #expect(try OptionParsers.portRange(text) == expected)
    }

    @Test(
        "source ports that are none",
        arguments: ["", "0", "70000", "7-", "-7", "9-8", "65535:2", "1:0", "1-2-3", "a"])
    func badPorts(_ text: String) {
        #expect(throws: (any Error).self) { try OptionParsers.portRange(text) }
    }

    @Test(
        "log files",
        arguments: [
            ("/x", "/x", LogFile.Mode.append), ("a:/x", "/x", .append), ("A:/x", "/x", .appendLines),
            ("w:/x", "/x", .truncate),
            ("W:/x", "/x", .truncateLines), ("/b:/x", "/b:/x", .append), ("/a", "/a", .append),
        ])
    func logFiles(_ text: String, _ path: String, _ mode: LogFile.Mode) throws {
        #expect(try OptionParsers.logFile(text) == .init(path: path, mode: mode))
    }

    @Test("log files that are none", arguments: ["", "a", "A", "w", "W", "a:", "W:"])
    func badLogFiles(_ text: String) {
        #expect(throws: InvalidValue.self) { try OptionParsers.logFile(text) }
    }

    @Test(
        "a mistake is told in one line with what is accepted",
        arguments: [
            ("-p 0", "a number from 1 to 65535"), ("-p x", "a number from 1 to 65535"),
            ("-b 0", "a number from 1 to 65535"),
            ("-B kqueue", "select, poll, epoll, linuxaio, iouring"),
            ("-c zip", "fragmentation, pipelining, async"),
            ("-i 0", "at least 1ms"), ("-l A", "[MODE:]FILE"), ("-m 255", "a number from 256 to 16777216"),
            ("-m 16777217", "a number from 256 to 16777216"), ("-n 0", "a number from 1 to 64"),
            ("-r 1w", "us, ms, s, m, h or d"),
            ("-t -1", "Missing value for '-t'"), ("-u ftp://x/", "http"), ("-u nothing", "http"),
            ("-u http://u:p@h/", "without credentials"),
            ("-u http://h/?q", "without query"), ("-u http://", "http"),
            ("-I no.such.host.invalid", "accepted is an interface of this machine"), ("-P x", "FIRST-LAST"),
            ("-a unix@rel", "unix@/path"),
            ("-a /x", "unix@/path"), ("-a b\u{FC}cher.example", "xn--"), ("-a a..b", "1 to 63 bytes"),
            ("-a 256.1.1.1", "an IPv4 address"), ("-a ::g", "an IPv6 address"),
            ("--metrics-address b\u{FC}cher.example:80", "xn--"), ("--metrics-address h:+80", "ADDRESS:PORT"),
            ("--allow-destination b\u{FC}cher.example", "xn--"), ("-u http://b\u{FC}cher.example/", "xn--"),
            ("--nonsense", "Unknown option '--nonsense'"),
            ("stray", "Unexpected argument 'stray'"),
        ])
    func mistakes(_ line: String, _ expected: String) {
        let message = message(line)
        #expect(!message.isEmpty)
        #expect(message.contains(expected), "\(message)")
        #expect(!message.contains("\n") || line == "-t -1", "\(message)")
    }

    @Test("a source address that the machine does not have is worth a warning")
    func sourceAddress() throws {
        for (source, elsewhere) in [("lo", nil), ("127.0.0.1", nil), ("192.0.2.1", "192.0.2.1")] {
            #expect(try SourceAddress(resolving: source).elsewhere == elsewhere)
        }
    }

    @Test func credentialsAreNotRepeated() {
        #expect(!message("-u http://me:secret@h/").contains("secret"))
    }
}
