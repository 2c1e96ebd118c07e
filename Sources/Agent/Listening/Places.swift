/// A client of a server that has a bounded number of places.
protocol Guest: AnyObject {
    /// Since when it has had no need of its place, in seconds of the monotonic clock; nil while it waits for an answer.
    var idleSince: Double? { get }
    /// Takes what has come: in a crowd, whoever asks at once is answered before the next needs a place.
    func start()
    /// Ends it, so that another can have its place.
    func makeRoom()
}

/// The clients of one server. When all places are taken, whoever has been idle longest makes room: clients that connect and ask
/// nothing cannot keep others out. On the loop's thread.
final class Places<Client: Guest> {
    let count: Int
    private var clients: [ObjectIdentifier: Client] = [:]

    init(count: Int) { self.count = count }

    /// What came of looking for a place.
    enum Search {
        case free
        /// Somebody had to go.
        case made
        /// All wait for an answer.
        case none
    }

    /// Looks for a place for one more, and makes one if need be.
    func find() -> Search {
        guard clients.count >= count else { return .free }
        if let longest = idleLongest {
            longest.makeRoom()
            return .made
        }
        // What has come of them may be no request: it is read before anybody is sent away for it.
        for client in Array(clients.values) { client.start() }
        guard clients.count >= count else { return .free }
        guard let longest = idleLongest else { return .none }
        longest.makeRoom()
        return .made
    }

    private var idleLongest: Client? {
        let idle = clients.values.compactMap { client in client.idleSince.map { (client: client, since: $0) }
        }
        return idle.min { $0.since < $1.since }?.client
    }

    /// The same; false when there is none. When `all` places are taken, by clients of this `kind`, `errors` gets a report.
    func find(for kind: String, at place: String = "", all: String, _ errors: RepeatedErrors) -> Bool {
        let search = find()
        switch search {
        case .free: break
        case .made: errors.report("\(kind) closed", "\(place)idle, and \(all) are taken")
        case .none: errors.report("\(kind) refused", "\(place)\(all) are taken, nobody is idle")
        }
        return search != .none
    }

    /// Gives a place to a client and starts it.
    func serve(_ client: Client) {
        take(client)
        client.start()
    }

    func take(_ client: Client) { clients[ObjectIdentifier(client)] = client }

    func leave(_ client: Client) { clients[ObjectIdentifier(client)] = nil }
}
