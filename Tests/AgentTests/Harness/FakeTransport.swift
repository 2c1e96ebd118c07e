import Testing

@testable import Agent

/// Takes copies and waits to be told what becomes of them.
final class FakeTransport: Transport {
    weak var client: (any TransportClient)?
    private(set) var underWay: [Transfer] = []
    /// What was given up, and why.
    private(set) var givenUp: [(url: String, reason: FailureReason, cause: String)] = []
    /// There is no memory for another transfer.
    var isFull = false

    func begin() {}
    func apply(_ settings: DestinationSettings) {}
    func beginPass() {}
    func kick() {}

    func start(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) -> Transfer? {
        guard !isFull else { return nil }
        let transfer = Transfer()
        transfer.begin(copy, for: owner, now: now)
        underWay.append(transfer)
        return transfer
    }

    func giveUp(_ transfer: Transfer, as reason: FailureReason, because cause: String) {
        givenUp.append((transfer.copy?.header.url.text ?? "", reason, cause))
        end(transfer, .failed(reason), cause)
    }

    func takeBack(_ transfer: Transfer) -> MirrorRequest? {
        underWay.removeAll { $0 === transfer }
        return transfer.letGo()
    }

    func end(_ transfer: Transfer, _ outcome: Outcome, _ detail: String? = nil) {
        let end = TransferEnd(
            outcome: outcome, bytesSent: 10, bytesReceived: 20, connectionsOpened: 1, httpVersion: "HTTP/1.1",
            wasResent: false, wasAmbiguous: false, detail: detail)
        transfer.owner?.ended(transfer, end)
        _ = takeBack(transfer)
    }

    func endAll(_ outcome: Outcome) {
        for transfer in underWay { end(transfer, outcome) }
    }

    /// The destinations of what is under way.
    var urls: [String] { underWay.compactMap { $0.copy?.header.url.text } }
}
