import ArgumentParser
import Foundation
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
        #expect(configuration.workers == 1)
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
        "a mistake is told in one line with what is accepted",
        arguments: [
            ("-p 0", "a number from 1 to 65535"), ("-p x", "a number from 1 to 65535"),
            ("-b 0", "a number from 1 to 65535"),
            ("-B kqueue", "select, poll, epoll, linuxaio, iouring"),
            ("-c zip", "fragmentation, pipelining, async"),
            ("-i 0", "at least 1ms"), ("-l A", "[MODE:]FILE"), ("-l x:/tmp/foo", "unknown mode 'x'"),
            ("-r 100000d", "at most 36525d"), ("-m 255", "a number from 256 to 16777216"),
            ("-m 16777217", "a number from 256 to 16777216"), ("-n 0", "a number from 1 to 64"),
            ("-r 1w", "us, ms, s, m, h or d"),
            ("-t -1", "Missing value for '-t'"), ("-u ftp://x/", "http"), ("-u nothing", "http"),
            ("-u http://u:p@h/", "without credentials"),
            ("-u http://h/?q", "without query"), ("-u http://", "http"),
            ("-I no.such.host.invalid", "expected an interface of this machine"), ("-P x", "FIRST-LAST"),
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

    @Test func helpBeginsWithWhatEverybodyNeeds() throws {
        let options = try Parser(of: Options.self).command.options
        #expect(
            options.prefix(7) == [
                "-u", "--mirror-url", "-a", "--address", "-p", "--port", "--admin-socket",
            ])
        #expect(try configuration("-l ./x:foo").logFile?.path.hasSuffix("/./x:foo") == true)
    }

    @Test("words and files are completed", arguments: [CompletionShell.bash, .zsh, .fish])
    func completions(_ shell: CompletionShell) {
        let script = Options.completionScript(for: shell)
        for word in ["headers", "idempotent", "notice", "2-prior-knowledge", "linuxaio", "pipelining"] {
            // Also in the help, which bash shows none of.
            #expect(script.components(separatedBy: word).count > (shell == .bash ? 1 : 2), "\(word)")
        }
    }

    @Test func credentialsAreNotRepeated() {
        #expect(!message("-u http://me:secret@h/").contains("secret"))
    }
}
