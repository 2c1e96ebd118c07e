import Testing

@testable import Agent

@Suite("Numbers of selected requests")
struct RequestIDsTests {
    @Test("fit in 53 bits, whatever the instance and the worker")
    func bits() {
        var last = RequestIDs(instance: RequestIDs.instances.upperBound - 1, worker: 63)
        let id = last.next()
        #expect(id > 0)
        #expect(id < 1 << 53)
        #expect(Int64(exactly: Double(id)) == id, "a JSON reader loses nothing")
    }

    @Test("differ between requests, workers and instances")
    func unique() {
        var seen: Set<Int64> = []
        for instance: Int64 in [0, 1, RequestIDs.instances.upperBound - 1] {
            for worker in [0, 1, 63] {
                var ids = RequestIDs(instance: instance, worker: worker)
                for _ in 0..<100 { #expect(seen.insert(ids.next()).inserted) }
            }
        }
    }

    @Test("are never 0, so that a variable that was never set is told from one")
    func first() {
        var ids = RequestIDs(instance: 0, worker: 0)
        #expect(ids.next() == 1)
        #expect(ids.next() == 2)
    }
}
