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

    // A transfer and its owner hold each other.
    deinit { _ = delivery.abandon() }

    var counters: CounterBank { destination.books.banks[0].counters }

    var outbox: Outbox { outbox(places: destination.books.inFlight) }

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

    /// One pass of the worker's loop.
    func pass() {
        let timer = TimerWatcher(loop: loop) { [loop] in loop.stop() }
        timer.start(after: 0)
        loop.run()
    }
}
