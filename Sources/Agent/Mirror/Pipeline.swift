internal import SPOP
internal import Stats

/// The whole way of a request through one worker: gate, renderer, queue. Whatever stops it is counted by its reason.
final class Pipeline {
    private let delivery: Delivery
    private let counters: CounterBank
    private var gate: Gate
    private var renderer: RequestRenderer

    init(
        loop: EventLoop, settings: Settings, budget: DeliveryBudget, counters: CounterBank,
        errors: RepeatedErrors
    ) throws {
        self.counters = counters
        delivery = try Delivery(
            loop: loop, settings: settings, budget: budget, counters: counters, errors: errors)
        gate = Gate(settings)
        renderer = RequestRenderer(destination: settings.destination, style: settings.style)
    }

    /// Uses `settings` from the next request on.
    func apply(_ settings: Settings) {
        gate = Gate(settings)
        renderer = RequestRenderer(destination: settings.destination, style: settings.style)
        delivery.apply(settings)
    }

    /// Mirrors one message whose NOTIFY is answered, or counts why not.
    func mirror(_ arguments: MirrorArguments, payload: RawSpan, receivedAt: Double) {
        counters.add(to: .received)
        if let reason = gate.refusal(arguments, payload: payload) {
            counters.add(to: reason.counter)
            return
        }
        do throws(Refusal) {
            let request = try renderer.render(arguments, payload: payload, receivedAt: receivedAt)
            try delivery.enqueue(request)
        } catch {
            counters.add(to: error.counter)
        }
    }

    /// Counts a message that was let go before it was whole.
    func drop(_ reason: Refusal) {
        counters.add(to: .received)
        counters.add(to: reason.counter)
    }

    /// Calls back once, when every copy is gone.
    func drain(_ drained: @escaping () -> Void) { delivery.drain(drained) }

    /// Drops what is left; returns how many.
    func abandon() -> Int { delivery.abandon() }
}
