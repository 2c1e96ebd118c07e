/// One worker's way to the addresses of names, on that worker's thread.
final class Names {
    private let resolver: Resolver
    private let sender = Resolver.Asker()
    private var mailbox: Mailbox<Resolver.Finding>?
    private var waiting: [String: [Waiting]] = [:]

    private struct Waiting {
        weak var asker: (any NameAsker)?
    }

    /// `resolver` is that of all workers.
    init(resolver: Resolver, loop: EventLoop) {
        self.resolver = resolver
        mailbox = Mailbox(loop: loop, sender: sender) { [unowned self] in tell($0) }
    }

    deinit {
        for name in waiting.keys { resolver.forget(name, for: sender) }
    }

    /// The addresses of `name`, if they are known: in numbers, in the order to try them, at least one; one of IPv6
    /// may end with its zone, as in `fe80::1%eth0`.
    ///
    /// If they are not, it returns nil, and `asker` gets addresses or a failure once, in a later pass of the loop. One that asks
    /// again before still gets one answer. There is no time-out.
    func addresses(of name: String, for asker: any NameAsker) -> [String]? {
        if let addresses = resolver.addresses(of: name, for: sender) { return addresses }
        if waiting[name]?.contains(where: { $0.asker === asker }) != true {
            waiting[name, default: []].append(Waiting(asker: asker))
        }
        return nil
    }

    /// `asker` gets no answer for `name` any more.
    func forget(_ name: String, for asker: any NameAsker) {
        waiting[name]?.removeAll { $0.asker === asker }
        guard waiting[name]?.isEmpty == true else { return }
        waiting[name] = nil
        resolver.forget(name, for: sender)
    }

    private func tell(_ finding: Resolver.Finding) {
        for entry in waiting.removeValue(forKey: finding.name) ?? [] {
            entry.asker?.resolved(finding.name, finding.answer)
        }
    }
}

/// Who asks for the addresses of names.
protocol NameAsker: AnyObject {
    /// `name`, which it asked for, has been looked up.
    func resolved(_ name: String, _ answer: NameAnswer)
}

/// What has come of looking up a name.
enum NameAnswer: Equatable, Sendable {
    /// As `Names.addresses` gives them.
    case addresses([String])
    /// Why there are none: one sentence in printable ASCII, with the name.
    case failure(String)
}
