internal import Stats

extension Breaker {
    /// Where a breaker is, in one word that is exchanged as a whole.
    struct Position: Equatable {
        /// From the lowest bit: a time of 42 bits (139 years in milliseconds), the number of the last try in 16, answers in 2, the
        /// reason and whether somebody tries in one each, and the phase in 2.
        private(set) var rawValue: UInt64

        /// Free, as all at 0.
        init() { rawValue = 0 }

        @inline(__always)
        init(rawValue: UInt64) { self.rawValue = rawValue }

        enum Phase: UInt64 {
            /// Closed, and copies are sent.
            case free
            /// Closed, and no connection comes about: one copy at a time tries.
            case waiting
            case halfOpen
            case open

            @inline(__always)
            var refuses: Bool { self == .halfOpen || self == .open }

            var shown: State {
                switch self {
                case .free, .waiting: .closed
                case .halfOpen: .halfOpen
                case .open: .open
                }
            }
        }

        @inline(__always)
        private func field(_ shift: UInt64, _ width: UInt64) -> UInt64 {
            rawValue >> shift & (1 << width - 1)
        }

        private mutating func put(_ value: UInt64, _ shift: UInt64, _ width: UInt64) {
            let mask: UInt64 = (1 << width - 1) << shift
            rawValue = rawValue & ~mask | value << shift & mask
        }

        /// From when on a copy may try; while one does, when that one no longer keeps others back. In milliseconds.
        private(set) var time: Int {
            get { Int(field(0, 42)) }
            set { put(UInt64(newValue), 0, 42) }
        }

        private(set) var tryNumber: UInt64 {
            get { field(42, 16) }
            set { put(newValue, 42, 16) }
        }

        private(set) var answers: Int {
            get { Int(field(58, 2)) }
            set { put(UInt64(newValue), 58, 2) }
        }

        private(set) var reason: Reason {
            get { field(60, 1) == 0 ? .unreachable : .failures }
            set { put(newValue == .unreachable ? 0 : 1, 60, 1) }
        }

        private(set) var isTrying: Bool {
            get { field(61, 1) == 1 }
            set { put(newValue ? 1 : 0, 61, 1) }
        }

        private(set) var phase: Phase {
            get { Phase(rawValue: field(62, 2)) ?? .free }
            set { put(newValue.rawValue, 62, 2) }
        }

        // MARK: what happens. Each returns whether anything has changed.

        /// Somebody begins to try at `now`, and keeps others back for `lease`.
        mutating func takeTry(_ now: Int, lease: Int) -> Bool {
            guard phase != .free, time <= now else { return false }
            (isTrying, time) = (true, now + lease)
            tryNumber &+= 1
            return true
        }

        /// The try of this number is given up.
        mutating func giveBack(_ number: UInt64) -> Bool {
            guard isTrying, tryNumber == number else { return false }
            (isTrying, time) = (false, 0)
            return true
        }

        /// Opens a breaker that is closed.
        mutating func open(_ reason: Reason, _ now: Int) -> Bool {
            guard !phase.refuses else { return false }
            reopen(reason, now)
            return true
        }

        private mutating func reopen(_ reason: Reason, _ now: Int) {
            (phase, self.reason, answers) = (.open, reason, 0)
            waitUnlessTrying(until: now + Int(Breaker.openInterval * 1000))
        }

        /// Who tries has the time to itself.
        private mutating func waitUnlessTrying(until time: Int) { if !isTrying { self.time = time } }

        /// How a copy has ended.
        struct News {
            let ending: Ending
            /// Of its try; nil when it was none.
            let number: UInt64?
            /// It got no connection, and none has come about for longer than copies may wait.
            let isOutage: Bool
            let mode: BreakerMode
            let time: Int

            /// It shows that copies get through. One that was under way before shows that only with an answer.
            func isGood(isTry: Bool) -> Bool {
                switch ending {
                case .answered: true
                case .failed: isTry && mode != .failures
                case .unreachable: false
                }
            }
        }

        mutating func note(_ news: News) -> Bool {
            let old = self
            let isTry = isTrying && news.number == tryNumber
            if isTry { isTrying = false }
            switch phase {
            case .free where news.ending != .unreachable: return false
            case .free, .waiting: noteClosed(news, isTry: isTry)
            case .halfOpen, .open: noteRefusing(news, isTry: isTry)
            }
            return self != old
        }

        private mutating func noteClosed(_ news: News, isTry: Bool) {
            if news.ending != .unreachable {
                close()
            } else if news.isOutage {
                reopen(.unreachable, news.time)
            } else if phase == .free || isTry {
                phase = .waiting
                waitUnlessTrying(until: news.time + Int(Breaker.interval * 1000))
            }
        }

        private mutating func noteRefusing(_ news: News, isTry: Bool) {
            if news.isGood(isTry: isTry) {
                if phase == .open { (phase, answers) = (.halfOpen, 0) }
                answers += 1
                waitUnlessTrying(until: news.time)
                if answers == Breaker.answersToClose { close() }
            } else if phase == .open {
                if isTry { time = news.time + Int(Breaker.openInterval * 1000) }
            } else if news.isOutage {
                reopen(.unreachable, news.time)
            } else if isTry, news.ending == .failed {
                reopen(.failures, news.time)
            } else if isTry {
                time = news.time + Int(Breaker.interval * 1000)
            }
        }

        /// The number stays: a try of before must not be taken for one that comes.
        private mutating func close() {
            let number = tryNumber
            self = Position()
            tryNumber = number
        }
    }
}
