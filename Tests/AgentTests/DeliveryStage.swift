import Stats
import System
import Testing

@testable import Agent

/// One worker's delivery, with a transport that sends nothing: tests say how each transfer ends.
final class DeliveryStage {
    let transport = FakeTransport()
    let memory = MemoryBudget()
    private let loop: EventLoop
    private let reporter: DeliveryReporter
    private(set) var settings: Settings
    private(set) var destination: Destination
    private(set) var delivery: Delivery

    init(maxInFlight: Int = 256, maxQueue: Int = 10_000, maxQueueBytes: Int = 1 << 20) throws {
        loop = try EventLoop(backend: nil)
        let loggers = Loggers(try LogFile(.init(path: "/dev/null", mode: .append)))
        let errors = RepeatedErrors(loop: loop, interval: 60, logger: loggers.events)
        reporter = DeliveryReporter(errors: errors, failures: RecentFailures(), requests: loggers.requests)
        settings = Settings(destination: DestinationSettings(url: try MirrorURL("http://first/")))
        settings.destination.maxInFlight = maxInFlight
        settings.destination.maxQueue = maxQueue
        settings.destination.maxQueueAge = .seconds(3600)
        settings.maxQueueBytes = maxQueueBytes
        destination = Destination(settings.destination.url, workers: 1)
        delivery = Delivery(
            loop: loop, transport: transport, pass: PassBudget(loop: loop), settings: settings,
            destination: destination, worker: 0, memory: memory, reporter: reporter)
    }

    var counters: CounterBank { destination.books.banks[0].counters }

    var outbox: Outbox { outbox(places: destination.inFlight) }

    func outbox(places: BoundedCount) -> Outbox {
        Outbox(
            places: places, account: CopyAccount(destination, worker: 0, memory: memory), reporter: reporter)
    }

    /// A copy with nothing in it, not even a method.
    func copy(at time: Double = 0) -> MirrorRequest {
        let copy = MirrorRequest.make(
            size: 16, destination: destination, arrival: Arrival(id: 1, receivedAt: time, bufferSize: 16384))
        copy.header.targetEnd = 1
        return copy
    }

    /// Takes `count` copies that come now.
    func enqueue(_ count: Int) throws {
        for _ in 0..<count { try delivery.enqueue(copy(at: MonotonicClock.now)) }
    }

    /// The destination is `url` from now on.
    func replace(by url: String) throws {
        settings.destination.url = try MirrorURL(url)
        destination = destination.replaced(by: settings.destination.url)
        delivery.apply(settings, destination)
    }

    /// One turn of the worker's loop.
    func turn() {
        let timer = TimerWatcher(loop: loop) { [loop] in loop.stop() }
        timer.start(after: 0)
        loop.run()
    }
}

/// Takes copies and waits to be told what becomes of them.
final class FakeTransport: Transport {
    weak var client: (any TransportClient)?
    private(set) var underWay: [Transfer] = []
    /// What was given up, and why.
    private(set) var givenUp: [(url: String, reason: FailureReason, cause: String)] = []
    /// There is no memory for another transfer.
    var isFull = false

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
        givenUp.append((transfer.copy?.header.destination.url.text ?? "", reason, cause))
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
    var urls: [String] { underWay.compactMap { $0.copy?.header.destination.url.text } }
}
