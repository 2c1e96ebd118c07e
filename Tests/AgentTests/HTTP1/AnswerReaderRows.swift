import Testing

@testable import Agent

/// Answers, and what is read from them with at most 1000 bytes of body.
extension AnswerReaderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        let state: AnswerState
        let status: Int
        let body: Int
        var isToHEAD = false
        var ends = false

        init(
            _ description: String, _ answer: String, _ state: AnswerState, status: Int = 200, body: Int = 0,
            isToHEAD: Bool = false, ends: Bool = false
        ) {
            testDescription = description
            (self.answer, self.state, self.status, self.body) = (answer, state, status, body)
            (self.isToHEAD, self.ends) = (isToHEAD, ends)
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"
    private static let old = "HTTP/1.0 200 OK\r\n"
    static let two = "Content-Length: 2\r\n\r\nok"
    static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"

    static let rows: [Row] = [
        Row("a length", ok + two, .complete, body: 2),
        Row("a length of nothing", ok + "Content-Length: 0\r\n\r\n", .complete),
        Row(
            "a name in capitals, blanks around the value", ok + "CONTENT-LENGTH:\t 2 \r\n\r\nok", .complete,
            body: 2),
        Row("a length with zeros", ok + "Content-Length: 0002\r\n\r\nok", .complete, body: 2),
        Row("part of a body", ok + "Content-Length: 9\r\n\r\nok", .unfinished, body: 2),
        Row("part of a head", ok + "Content-Le", .unfinished),
        Row("part of a status line", "HTTP/1.1 200", .unfinished, status: 0),
        Row("nothing", "", .unfinished, status: 0),
        Row("no reason", "HTTP/1.1 404\r\n" + two, .complete, status: 404, body: 2),
        Row("an empty reason", "HTTP/1.1 404 \r\n" + two, .complete, status: 404, body: 2),
        Row(
            "a reason of any bytes", "HTTP/1.1 404 N\u{fc}\t\u{1}x\r\n" + two, .complete, status: 404, body: 2
        ),
        Row("a status above all classes", "HTTP/1.1 999 ?\r\n" + two, .complete, status: 999, body: 2),
        Row(
            "names that look like those that matter",
            ok + "Content-Lengthy: 5\r\nX-Content-Length: 5\r\n" + two, .complete, body: 2),
        Row("values of any bytes", ok + "X:\u{1}\u{7f}\u{ff}\t\r\nY:\r\n" + two, .complete, body: 2),
        Row("chunks", chunked + "2\r\nok\r\nA\r\n0123456789\r\n0\r\n\r\n", .complete, body: 12),
        Row(
            "chunks with extensions and trailers",
            chunked + "2;x=y\r\nok\r\n000 ; a=\"b;\"\r\nX-T: 1\r\nY-T:\r\n\r\n", .complete, body: 2),
        Row(
            "chunks, their sizes filled up with blanks", chunked + "2   \r\nok\r\n0\t\r\n\r\n", .complete,
            body: 2),
        Row("part of chunks", chunked + "2\r\nok\r\n0\r\n", .unfinished, body: 2),
        Row("no length", ok + "\r\nuntil the end", .unfinished, body: 13),
        Row("no length, ended", ok + "\r\nuntil the end", .last(.untilClose), body: 13, ends: true),
        Row("no body, ended", ok + "\r\n", .last(.untilClose), ends: true),
        Row("HTTP/1.0", old + two, .last(.closing), body: 2),
        Row(
            "HTTP/1.0 that keeps its connection", old + "Connection: Keep-Alive\r\n" + two, .complete, body: 2
        ),
        Row(
            "HTTP/1.0 that says both", old + "Connection: keep-alive, close\r\n" + two, .last(.closing),
            body: 2),
        Row("Connection: close", ok + "connection:x,,\tCLOSE\t,y\r\n" + two, .last(.closing), body: 2),
        Row(
            "Connection: other words", ok + "Connection: closed, Upgrade, not close\r\n" + two, .complete,
            body: 2),
        Row("204", "HTTP/1.1 204 No Content\r\n\r\n", .complete, status: 204),
        Row(
            "204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", .complete,
            status: 204),
        Row(
            "304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n", .complete,
            status: 304),
        Row(
            "304 with chunks", "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n", .complete, status: 304),
        Row("HEAD", ok + "Content-Length: 5000\r\n\r\n", .complete, isToHEAD: true),
        Row("HEAD, chunks", chunked, .complete, isToHEAD: true),
        Row("HEAD, no length", ok + "\r\n", .complete, isToHEAD: true),
        Row(
            "interim answers",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </x>\r\n\r\n" + ok + two, .complete,
            body: 2),
        Row("interim, and no more", "HTTP/1.1 100 Continue\r\n\r\n", .unfinished, status: 100),
        Row(
            "a long field", ok + "X: " + String(repeating: "x", count: 300) + "\r\n" + two, .complete, body: 2
        ),

        Row("101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nxyz", .last(.switchedProtocols), status: 101),
        Row("two lengths", ok + "Content-Length: 2\r\n" + two, .last(.unclear)),
        Row("two lengths in one", ok + "Content-Length: 2, 2\r\n\r\nok", .last(.unclear)),
        Row("a length and more", ok + "Content-Length: 2x\r\n\r\nok", .last(.unclear)),
        Row("two lengths to HEAD", ok + "Content-Length: 2\r\n" + two, .last(.unclear), isToHEAD: true),
        Row(
            "a length and chunks", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            .last(.unclear)),
        Row("chunks and a length", ok + "TRANSFER-ENCODING: CHUNKED\r\n" + two, .last(.unclear)),
        Row(
            "chunks twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .last(.unclear)),
        Row("chunks twice in one", ok + "Transfer-Encoding: chunked, chunked\r\n\r\n", .last(.unclear)),
        Row("another coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", .last(.unclear)),
        Row("chunks not last", ok + "Transfer-Encoding: chunked, identity\r\n\r\n", .last(.unclear)),
        Row("a coding that is none", ok + "Transfer-Encoding: \u{b}chunked\r\n\r\n", .last(.unclear)),
        Row("no coding", ok + "Transfer-Encoding:\r\n\r\n", .last(.unclear)),
        Row("chunks in HTTP/1.0", old + "Transfer-Encoding: chunked\r\n\r\n", .last(.unclear)),
        Row(
            "chunks of 204", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n", .last(.unclear),
            status: 204),
        Row(
            "a length of an interim answer", "HTTP/1.1 103 X\r\nContent-Length: 0\r\n\r\n" + ok + "\r\n",
            .last(.unclear)),
        Row("a blank before the colon", ok + "Content-Length : 2\r\n\r\nok", .last(.unclear)),
        Row("no name", ok + ": 2\r\n" + two, .last(.unclear)),
        Row("a name that is no token", ok + "X(y): 2\r\n" + two, .last(.unclear)),
        Row("a line that goes on", ok + "X: y\r\n z\r\n" + two, .last(.unclear)),
        Row("a first line that goes on", ok + "\tContent-Length: 5\r\n" + two, .last(.unclear)),
        Row("a line of blanks", ok + " \r\n" + two, .last(.unclear)),
        Row("lines without CR", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", .last(.unclear)),
        Row("an empty line without CR", ok + "Content-Length: 2\r\n\nok", .last(.unclear)),
        Row("CR in a line", ok + "X: y\rContent-Length: 5\r\n" + two, .last(.unclear)),
        Row("CR in a reason", "HTTP/1.1 200 O\rK\r\n" + two, .last(.unclear)),
        Row("CR behind a code", "HTTP/1.1 200\r OK\r\n" + two, .last(.unclear)),
        Row("two CR before LF", ok + "X: y\r\r\n" + two, .last(.unclear)),
        Row(
            "a length too far in a line",
            ok + "Content-Length:" + String(repeating: " ", count: 250) + "2\r\n\r\nok", .last(.unclear)),
        Row("a long name", ok + String(repeating: "x", count: 300) + ": y\r\n" + two, .last(.unclear)),
        Row(
            "a long Connection", ok + "Connection: " + String(repeating: "x,", count: 200) + "\r\n" + two,
            .last(.closing), body: 2),
        Row("chunk lines without CR", chunked + "2\nok\r\n0\r\n\r\n", .last(.unclear)),
        Row("chunk data without CR", chunked + "2\r\nok\n0\r\n\r\n", .last(.unclear), body: 2),
        Row("CR in a chunk line", chunked + "2\rx\r\nok", .last(.unclear)),
        Row("CR in an extension", chunked + "2;\rx\r\nok", .last(.unclear)),
        Row("a NUL in an extension", chunked + "2;\0\r\nok", .last(.unclear)),
        Row("a size and more", chunked + "2zz\r\nok", .last(.unclear)),
        Row("trailers without CR", chunked + "0\r\nX: y\n\r\n", .last(.unclear)),
        Row("a length in the trailers", chunked + "0\r\nContent-Length: 5\r\n\r\n", .last(.unclear)),
        Row("a trailer without a colon", chunked + "0\r\nx\r\n\r\n", .last(.unclear)),
        Row("a NUL in the trailers", chunked + "0\r\nx: \0\r\n\r\n", .last(.unclear)),

        Row("bytes behind", ok + two + "x", .last(.bytesBehind), body: 2),
        Row("an empty line behind", ok + two + "\r\n", .last(.bytesBehind), body: 2),
        Row("two answers", ok + two + ok + two, .last(.bytesBehind), body: 2),
        Row("two answers, the first in chunks", chunked + "0\r\n\r\n" + ok, .last(.bytesBehind)),
        Row("a body to HEAD", ok + two, .last(.bytesBehind), isToHEAD: true),
        Row("a body to 204", "HTTP/1.1 204 X\r\n" + two, .last(.bytesBehind), status: 204),
        Row("a body to 304", "HTTP/1.1 304 X\r\n" + two, .last(.bytesBehind), status: 304),
        Row(
            "bytes behind the last answer", ok + "Connection: close\r\n" + two + "x", .last(.bytesBehind),
            body: 2),

        Row("a body that is announced too long", ok + "Content-Length: 1001\r\n\r\n", .last(.cutOff)),
        Row(
            "a length beyond all numbers", ok + "Content-Length: 99999999999999999999999\r\n\r\n",
            .last(.cutOff)),
        Row("a chunk too long", chunked + "2\r\nok\r\n3e7\r\n", .last(.cutOff), body: 2),
        Row("a chunk beyond all numbers", chunked + "ffffffffffffffff\r\n", .last(.cutOff)),
        Row("a body too long", ok + "\r\n" + String(repeating: "x", count: 1100), .last(.cutOff), body: 1000),
        Row("as much as is read", ok + "\r\n" + String(repeating: "x", count: 1000), .unfinished, body: 1000),

        Row("another protocol", "SSH-2.0-other\r\n", .failed(.statusLine), status: 0),
        Row("another protocol, no end of a line", "220 ", .failed(.statusLine), status: 0),
        Row("an empty line first", "\r\n" + ok + two, .failed(.statusLine), status: 0),
        Row("lower case", "http/1.1 200 OK\r\n" + two, .failed(.statusLine), status: 0),
        Row("another version", "HTTP/1.2 200 OK\r\n" + two, .failed(.statusLine), status: 0),
        Row("HTTP/2", "HTTP/2 200 OK\r\n" + two, .failed(.statusLine), status: 0),
        Row("a code of four digits", "HTTP/1.1 2000 OK\r\n\r\n", .failed(.statusLine), status: 0),
        Row("a code of two digits", "HTTP/1.1 20\r\n\r\n", .failed(.statusLine), status: 0),
        Row("a code below all classes", "HTTP/1.1 099 OK\r\n\r\n", .failed(.statusLine), status: 0),
        Row("two blanks", "HTTP/1.1  200 OK\r\n\r\n", .failed(.statusLine), status: 0),
        Row("a tab", "HTTP/1.1\t200 OK\r\n\r\n", .failed(.statusLine), status: 0),
        Row("no blank behind the code", "HTTP/1.1 200OK\r\n\r\n", .failed(.statusLine), status: 0),
        Row("no code", "HTTP/1.1\r\n\r\n", .failed(.statusLine), status: 0),
        Row("no final status line", "HTTP/1.1 100 Continue\r\n\r\nok\r\n", .failed(.statusLine), status: 100),
        Row("a NUL in the status line", "HTTP/1.1 200 O\0K\r\n" + two, .failed(.nulByte)),
        Row("a NUL in a field", ok + "X: \0\r\n" + two, .failed(.nulByte)),
        Row("an empty line with two CR", ok + "Content-Length: 2\r\n\r\r\nok", .failed(.noColon)),
        Row("a line without a colon", ok + "Content-Length\r\n" + two, .failed(.noColon)),
        Row("a length below zero", ok + "Content-Length: -1\r\n\r\n", .failed(.contentLength)),
        Row("a length with a sign", ok + "Content-Length: +2\r\n\r\nok", .failed(.contentLength)),
        Row("an empty length", ok + "Content-Length: \r\n\r\n", .failed(.contentLength)),
        Row("a chunk without a size", chunked + "\r\nok", .failed(.chunks)),
        Row("a chunk with a blank before its size", chunked + " 2\r\nok", .failed(.chunks)),
        Row("a chunk below zero", chunked + "-2\r\nok", .failed(.chunks)),
        Row("a chunk of 17 digits", chunked + "00000000000000002\r\nok", .failed(.chunks)),
        Row("more than a chunk has", chunked + "2\r\nokok\r\n0\r\n\r\n", .failed(.chunks), body: 2),
        Row("CR alone behind a chunk", chunked + "2\r\nok\rx", .failed(.chunks), body: 2),
        Row("ended before it began", "", .failed(.noByte), status: 0, ends: true),
        Row("ended in its status line", "H", .failed(.brokenOff), status: 0, ends: true),
        Row(
            "ended behind an interim answer", "HTTP/1.1 100 X\r\n\r\n", .failed(.brokenOff), status: 100,
            ends: true),
        Row("ended in its head", ok + "X: y\r\n", .failed(.brokenOff), ends: true),
        Row(
            "ended in its body", ok + "Content-Length: 3\r\n\r\nok", .failed(.brokenOff), body: 2, ends: true),
        Row("ended in its chunks", chunked + "2\r\nok\r\n", .failed(.brokenOff), body: 2, ends: true),
        Row("ended in its trailers", chunked + "0\r\n", .failed(.brokenOff), ends: true),
        Row("ended behind it", ok + two, .complete, body: 2, ends: true),
        Row("ended behind one that fails", "SSH", .failed(.statusLine), status: 0, ends: true),
    ]
}
