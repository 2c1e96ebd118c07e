internal import AdminSocket

/// The destinations of the running agent and their states, on the main thread.
final class StateWatches {
    /// In the order of the operator; the first is always there.
    private(set) var all: [StateWatch]
    private let make: (Destination) -> StateWatch
    /// The agent ends.
    var isStopping = false {
        didSet { for watch in all { watch.isStopping = isStopping } }
    }

    /// `make` makes the watch of one destination. There is one at least.
    init(_ destinations: [Destination], make: @escaping (Destination) -> StateWatch) {
        self.make = make
        all = destinations.map(make)
    }

    /// That of `--mirror-url`.
    var standard: StateWatch { all[0] }

    /// Nil when there is no such destination.
    subscript(name: DestinationName) -> StateWatch? { all.first { $0.destination.name == name } }

    /// To be called when settings have changed, with the destinations that are in force.
    func settingsChanged(_ destinations: [Destination]) {
        let old = all
        all = destinations.map { destination in
            old.first { $0.destination.books === destination.books } ?? make(destination)
        }
        for (watch, destination) in zip(all, destinations) {
            watch.isStopping = isStopping
            watch.settingsChanged(destination)
        }
    }
}
