internal import System

/// From when on the state of a destination has another name.
struct StateRules: Sendable, Equatable {
    /// How long no connection may come about, while copies are tried.
    var unreachableAfter = Duration.seconds(10)
    /// The share of copies that may come to nothing.
    var degradedShare = SampleRate.tolerated
    /// The time that this share is taken over, and after which no request is the last one.
    var window = Duration.seconds(60)

    /// Seconds between two looks: ten for each of the times, and never more than one.
    var interval: Double { min(1, min(unreachableAfter.inSeconds, window.inSeconds) / 10) }
}
