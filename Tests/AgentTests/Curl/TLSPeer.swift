import COpenSSL
import CLinux
import Foundation
import Testing

@testable import Agent

/// A certificate for 127.0.0.1 and mirror.example.test that vouches for itself, and its key, in files made by the openssl program.
final class OwnCertificate {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("spoa-\(UUID().uuidString)")
    var certificate: String { directory.appendingPathComponent("own.pem").path }
    var key: String { directory.appendingPathComponent("own.key").path }

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let program = try Program(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj",
            "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1,DNS:mirror.example.test", "-days", "1",
            "-keyout", key, "-out", certificate)
        try #require(program.status == 0, "\(program.output)")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }
}

/// What servers of a test speak TLS with.
final class TLSServer {
    let context: OpaquePointer
    /// The protocols that the last client asked for (ALPN), each behind its length.
    fileprivate(set) var askedFor: [UInt8] = []

    init(_ own: OwnCertificate, version: Int32 = TLS1_3_VERSION, wantsCertificate: Bool = false) throws {
        context = try #require(SSL_CTX_new(TLS_server_method()))
        try #require(SSL_CTX_use_certificate_chain_file(context, own.certificate) == 1)
        try #require(SSL_CTX_use_PrivateKey_file(context, own.key, SSL_FILETYPE_PEM) == 1)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        if wantsCertificate {
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, length, asked, count, server in
                guard let asked, let server else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                Unmanaged<TLSServer>.fromOpaque(server).takeUnretainedValue().askedFor =
                    Array(UnsafeBufferPointer(start: asked, count: Int(count)))
                chosen?.pointee = asked + 1
                length?.pointee = asked[0]
                return SSL_TLSEXT_ERR_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { SSL_CTX_free(context) }
}

/// The other end of a connection that speaks TLS. It does something only when a test lets it `step`, reads or writes.
final class TLSPeer {
    let tcp: LoopbackListener.Peer
    private let tls: OpaquePointer

    init(_ tcp: LoopbackListener.Peer, _ server: TLSServer) throws {
        self.tcp = tcp
        tls = try #require(SSL_new(server.context))
        SSL_set_fd(tls, tcp.descriptor.rawValue)
        SSL_set_accept_state(tls)
    }

    deinit { SSL_free(tls) }

    /// Goes on with the handshake; true when it is over, also when it failed.
    func step() -> Bool {
        let result = SSL_do_handshake(tls)
        return result == 1 || SSL_get_error(tls, result) != SSL_ERROR_WANT_READ
    }

    /// Sends all, which has to find room.
    func send(_ bytes: [UInt8]) { #expect(SSL_write(tls, bytes, Int32(bytes.count)) == bytes.count) }

    /// What has come.
    func receive() -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while case let count = SSL_read(tls, &buffer, Int32(buffer.count)), count > 0 {
            all += buffer[..<Int(count)]
        }
        return all
    }

    /// Says goodbye.
    func end() { SSL_shutdown(tls) }
}
