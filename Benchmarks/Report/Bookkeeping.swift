/// Looks for requests that were lost on the way, or counted twice.
enum Bookkeeping {
    static func findings(_ sample: Sample, mirror: MirrorKind) -> [String] {
        var findings: [String] = []
        func check(_ isRight: Bool, _ text: @autoclosure () -> String) {
            if !isRight { findings.append(text()) }
        }
        for fault in sample.load?.faults ?? [] { findings.append("\(fault.count) frames \(fault.name)") }
        if let wrk = sample.wrk { check(wrk.failures == 0, "\(wrk.failures) requests failed in HAProxy") }
        guard let counters = sample.counters else { return findings }

        check(counters.missing == 0, "received is off by \(counters.missing)")
        check(counters.missingOutcomes == 0, "completed is off by \(counters.missingOutcomes)")
        let received = counters["received"]
        if sample.load != nil {
            check(received == sample.requests, "\(sample.requests) ACKs for \(received) copies received")
        } else {
            check(received >= sample.requests, "only \(received) copies of \(sample.requests) requests")
        }
        guard let requests = sample.mirror?.requests else { return findings }
        let answered = counters.sum("responses_")
        let sent = counters["completed"] + counters["in_flight"]
        check(requests <= sent, "the mirror got \(requests) requests, \(sent) were sent")
        if sample.isDrained {
            check(requests >= answered, "the mirror got \(requests) requests, \(answered) were answered")
        }
        if mirror == .healthy {
            check(counters.sum("failed_") == 0, "\(counters.sum("failed_")) copies failed")
        }
        return findings
    }
}
