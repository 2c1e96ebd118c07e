import Foundation

/// Certificates made for one test, by the openssl program.
struct Certificates {
    let directory: TemporaryDirectory

    /// A certificate and its key.
    struct Identity {
        let certificate: String
        let key: String
    }

    init(in directory: TemporaryDirectory) { self.directory = directory }

    /// An authority of its own.
    func authority(_ name: String) throws -> Identity {
        let identity = identity(name)
        try openssl(
            [
                "req", "-x509", "-subj", "/CN=\(name)", "-days", "1", "-addext",
                "basicConstraints=critical,CA:TRUE",
            ]
                + newKey(identity.key) + ["-out", identity.certificate])
        return identity
    }

    /// A certificate for `names`, written as `DNS:...` or `IP:...`, signed by `authority`; it may sign others if it is to be an
    /// authority, too.
    func issue(
        _ name: String, names: [String], by authority: Identity, isExpired: Bool = false,
        isAuthority: Bool = false
    ) throws -> Identity {
        let identity = identity(name)
        let request = directory.file("\(name).csr")
        try openssl(["req", "-subj", "/CN=\(name)", "-out", request] + newKey(identity.key))
        let extensions = try directory.write(
            "subjectAltName=\(names.joined(separator: ","))\nbasicConstraints=CA:\(isAuthority)\n",
            to: "\(name).ext")
        try openssl([
            "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key,
            "-CAcreateserial", "-days", isExpired ? "-1" : "1", "-extfile", extensions, "-out",
            identity.certificate,
        ])
        return identity
    }

    private func identity(_ name: String) -> Identity {
        Identity(certificate: directory.file("\(name).pem"), key: directory.file("\(name).key"))
    }

    private func newKey(_ file: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file]
    }

    func openssl(_ arguments: [String]) throws {
        let output = directory.file("openssl.out")
        let process = try ChildProcess(
            try Executables.find("openssl"), arguments, outputFile: output, errorFile: output)
        guard try process.wait() == .status(0) else { throw HarnessError("openssl: \(process.output)") }
    }
}
