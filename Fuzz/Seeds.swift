import AdminSocket
import Foundation
import SPOP

/// What the fuzzers start from: streams of real HAProxy, and a word of each kind that the parsers know.
enum Seeds {
    /// `fixtures` is the folder of recorded connections; each fuzzer gets a folder of its own in `folder`.
    static func write(fixtures: String, to folder: String) {
        var seeds: [String: [[UInt8]]] = [
            "admin": adminLines.map { Array($0.utf8) },
            "options": commandLines.map { Array($0.split(separator: " ").joined(separator: "\n").utf8) },
            "http": requests.map { [3, 1, 4, 20] + Array($0.utf8) },
            "answer": answers.flatMap {
                [[4, 1, 3, 20, 7] + Array($0.utf8), [0x84, 1, 3, 20, 7] + Array($0.utf8)]
            },
            "state": [stateFile, "", "resume\npause\n", "pause until 1\n"].map { Array($0.utf8) },
        ]
        let files = FileManager.default.enumerator(atPath: fixtures)?.compactMap { $0 as? String } ?? []
        for file in files.sorted() where file.hasSuffix(".bin") {
            guard let data = FileManager.default.contents(atPath: "\(fixtures)/\(file)") else { continue }
            let cuts: [UInt8] = [1, 3, 200, 7, 255]
            let stream = cuts + Array(data.prefix(20_000))
            seeds["session", default: []].append([UInt8(cuts.count)] + stream)
            if file.contains("fragmented") {
                seeds["session", default: []].append([0x80 | UInt8(cuts.count)] + stream)
            }
            seeds["notify", default: []] += notifies(in: Array(data))
        }
        for (name, inputs) in seeds {
            let place = "\(folder)/\(name)"
            try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            for (number, input) in inputs.enumerated() {
                guard FileManager.default.createFile(atPath: "\(place)/seed-\(number)", contents: Data(input))
                else { fail("cannot write to \(place)") }
            }
        }
    }

    private static var adminLines: [String] {
        Command.table.map { "\($0.words.joined(separator: " ")) json" }
            + SettingName.allCases.map { "set \($0.rawValue) 10; show settings" }
            + [#"set mark-header X-A:\ b\;c\\d"#, "help set", "wait drained 5s", ";;", "shwo stat"]
    }

    private static let commandLines = [
        "-D -r0 -uhttp://192.168.41.10:10100", "-Dr0 -V", "--help", "-a ::1 -p 9000 -b 10 -B poll",
        "-c pipelining -casync -F /run/x.pid -i 1m -l w:/x.log -m 1024 -n 3 -r 2h -t 500us",
        "-u https://m.example:1/p -P 30000-30010 --message copy --metrics-address 127.0.0.1:9",
        "--admin-socket /a,level=user,mode=600 --state-file /s --log-level debug --request-log query --request-log-rate 5 --paused",
        "--sample-rate 0.5% --methods GET,PUT --host-header destination --truncated-body send",
        "--sample-key cookie:sid,header:x-user,query:id,source,random --sample-salt pepper",
        "--haproxy-bufsize 32KiB --mark-header none --http-version 2 --tls-insecure --allow-link-local",
        "--max-in-flight 1 --max-queue 2 --max-queue-bytes 64MiB --max-queue-age 1.5s --connect-timeout 1",
        "--header remove:@credentials,add:X-A:1 --header=set:X-B:a\\,b\\\\ --credential-header X-S --trace child",
        "--strip-prefix /api/ --header none --credential-header none --trace drop --header remove:Host",
        "-u http://qa.example:8080/p --allow-destination qa.example --allow-destination=b.example:443 https://B.example.",
        "-u http://[::1]/ --allow-destination [::1]:80 --allow-destination 127.1 http://0x7f.1/ http://127.0.0.1:9/",
        "--timeout 10s --max-response 1MiB --resend never --max-connections 3 --hello-timeout 1d --mark-header=X-M:y",
    ]

    private static let requests = [
        "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /healthz?x=1 HTTP/1.0\n\n",
        "GET /metrics HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "GET http://a/ HTTP/1.1\r\n\r\n", "\r\n\r\n",
    ]

    private static let answers = [
        "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nX-T: 1\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 200\r\n\r\nuntil the end", "HTTP/1.1 304 \nContent-Length : 1, 2\n\n",
        "HTTP/1.1 200 OK\r\n" + String(repeating: "a:\r\n", count: 511),
    ]

    private static let stateFile = """
        # spoa-mirror state 1: settings changed at run time, written by 'save state'
        set url http://mirror.example:8080/p
        set sample-rate 12.5%
        set sample-key cookie:sid,source
        set sample-salt a\\;b
        set mark-header X-Mirrored-By:\\ qa
        set max-queue-bytes 64MiB
        set max-queue-age 90s
        set host-header qa.example
        set headers remove:@credentials,set:X-QA:\\ a\\\\,b,add:X-B:
        set credential-headers X-S
        set strip-prefix /api
        set trace child
        pause until 1900000000
        """

    /// The payloads of the NOTIFYs in a recorded connection that came in one frame, each with its headers in both forms.
    private static func notifies(in stream: [UInt8]) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        var start = 0
        let splitter = FrameSplitter(maxFrameSize: 16380)
        while let length = try? splitter.frameLength(in: stream.span.bytes, at: start),
            start + 4 + length <= stream.count
        {
            let frame = Array(stream[(start + 4)..<(start + 4 + length)])
            start += 4 + length
            var cursor = ByteCursor(frame.span.bytes)
            guard let header = try? cursor.readFrameHeader(), header.type == .notify else { continue }
            let payload = Array(frame[cursor.offset...])
            payloads += [payload, withTextHeaders(payload)].compactMap { $0 }
        }
        return payloads
    }

    private static func withTextHeaders(_ payload: [UInt8]) -> [UInt8]? {
        let span = payload.span.bytes
        var reader = MessageReader(span)
        guard (try? reader.nextMessage()) != nil else { return nil }
        while let argument = try? reader.nextArgument() {
            guard span.text(argument.name) == "arg_hdrs", case .binary(let block) = argument.value else {
                continue
            }
            var text: [UInt8] = []
            var headers = HeaderReader(span.extracting(block))
            while let header = try? headers.next() {
                let bytes = payload[block]
                text +=
                    bytes[
                        (block.lowerBound + header.name.lowerBound)..<(block.lowerBound
                            + header.name.upperBound)]
                text += Array(": ".utf8)
                text +=
                    bytes[
                        (block.lowerBound + header.value.lowerBound)..<(block.lowerBound
                            + header.value.upperBound)]
                text += [13, 10]
            }
            text += [13, 10]
            var value: [UInt8] = [8]
            value.appendVarint(UInt64(text.count))
            return Array(payload[..<argument.name.upperBound]) + value + text + payload[block.upperBound...]
        }
        return nil
    }
}
