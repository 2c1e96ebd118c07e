import Stats
import System
import Testing

@testable import Agent

/// One worker's delivery, with a transport that sends nothing: tests say how each transfer ends.
final class DeliveryStage {
    let transport = FakeTransport()
    let memory = MemoryBudget()
    private let loop: EventLoop
    let reporter: DeliveryReporter
    private let maxQueueBytes: Int
    private(set) var destination: Destination
    private(set) var delivery: Delivery

    init(
        maxInFlight: Int = 256, maxQueue: Int = 10_000, maxQueueBytes: Int = 1 << 20, log: LogFile? = nil
    ) throws {
        loop = try EventLoop(backend: nil)
        let loggers = Loggers(try log ?? LogFile(.init(path: "/dev/null", mode: .append)))
        let errors = RepeatedErrors(loop: loop, interval: 60, logger: loggers.events)
        reporter = DeliveryReporter(errors: errors, failures: RecentFailures(), requests: loggers.requests)
        var settings = DestinationSettings(url: try MirrorURL("http://first/"))
        settings.maxInFlight = maxInFlight
        settings.maxQueue = maxQueue
        settings.maxQueueAge = .seconds(3600)
        self.maxQueueBytes = maxQueueBytes
        destination = Destination(settings, workers: 1)
        delivery = Delivery(
            loop: loop, transport: transport, pass: PassBudget(loop: loop), destination: destination,
            worker: 0, maxBytes: QueueBytes(maxQueueBytes), memory: memory, reporter: reporter)
    }

    // A transfer and its owner hold each other.
    deinit { _ = delivery.abandon() }

    var counters: CopyBank { destination.books.banks[0] }

    var outbox: Outbox { outbox(places: destination.books.inFlight) }

    func outbox(places: BoundedCount) -> Outbox {
        Outbox(
            destination, places: places, account: CopyAccount(destination, worker: 0, memory: memory),
            reporter: reporter)
    }

    /// A copy with nothing in it, not even a method.
    func copy(at time: Double = 0) -> MirrorRequest {
        let copy = MirrorRequest.make(
            size: 16, to: destination.settings.url,
            arrival: Arrival(id: 1, receivedAt: time, bufferSize: 16384))
        copy.header.targetEnd = 1
        return copy
    }

    /// Takes `count` copies that come now.
    func enqueue(_ count: Int) throws {
        for _ in 0..<count { try delivery.enqueue(copy(at: MonotonicClock.now)) }
    }

    /// The destination is `url` from now on.
    func replace(by url: String) throws {
        try replaceUnseen(by: url)
        delivery.apply(destination, QueueBytes(maxQueueBytes))
    }

    /// The same, for a worker that does not look there before the next change.
    func replaceUnseen(by url: String) throws {
        var settings = destination.settings
        settings.url = try MirrorURL(url)
        destination = destination.changed(to: settings)
    }

    /// Mirroring is paused from now on.
    func pause() throws { change { $0.isPaused = true } }

    func change(_ change: (inout DestinationSettings) -> Void) {
        var settings = destination.settings
        change(&settings)
        destination = destination.changed(to: settings)
        delivery.apply(destination, QueueBytes(maxQueueBytes))
    }

    /// Has no connection come about for longer than copies may wait; the next try may begin at once.
    func openBreaker() {
        var settings = destination.settings
        settings.maxQueueAge = .milliseconds(1)
        let (now, rules) = (MonotonicClock.now, Breaker.Rules(settings))
        for time in [now, now + 0.01] {
            destination.breaker.ended(.unreachable, nil, startedAt: time, now: time, rules)
        }
        // A try that is given up lets the next one in.
        _ = destination.breaker.start(at: now + 1, rules)
    }

    /// One pass of the worker's loop.
    func pass() {
        let timer = TimerWatcher(loop: loop) { [loop] in loop.stop() }
        timer.start(after: 0)
        loop.run()
    }
}
