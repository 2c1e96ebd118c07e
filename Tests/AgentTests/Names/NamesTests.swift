import Testing

@testable import Agent

@Suite("Names")
struct NamesTests {
    private let lookUps = LookUps()
    private let worker: AskingWorker

    init() throws { worker = try AskingWorker(lookUps) }

    /// Has `name` known.
    private func learn(_ name: String, _ answer: NameAnswer = .addresses(["192.0.2.1"])) {
        lookUps.answer(name, answer)
        #expect(worker.ask(name) == nil)
        worker.listen()
    }

    @Test("are looked up once for all workers, who are told on their own threads")
    func shared() throws {
        let other = try AskingWorker(lookUps)
        #expect(worker.ask("a") == nil && worker.ask("a") == nil && other.ask("a") == nil)
        lookUps.answer("a", .addresses(["192.0.2.1", "2001:db8::1"]))
        worker.listen()
        other.listen()
        let addresses = ["192.0.2.1", "2001:db8::1"]
        #expect(worker.told == ["a": [.addresses(addresses)]])
        #expect(other.told == ["a": [.addresses(addresses)]])
        #expect(worker.ask("a") == addresses && other.ask("a") == addresses)
        #expect(lookUps.started(1) == ["a"])
    }

    @Test(
        "are looked up again when they are asked for after 10 s; the old addresses serve until the next ones come"
    )
    func again() {
        learn("a")
        lookUps.pass(9.9)
        #expect(worker.ask("a") == ["192.0.2.1"])
        #expect(lookUps.started(1) == ["a"])
        lookUps.pass(0.2)
        #expect(worker.ask("a") == ["192.0.2.1"] && worker.ask("a") == ["192.0.2.1"])
        #expect(lookUps.started(2) == ["a", "a"])
        lookUps.pass(100)
        #expect(worker.ask("a") == ["192.0.2.1"])
        // Too old by now.
        lookUps.pass(20)
        #expect(worker.ask("a") == nil)
        lookUps.answer("a", .addresses(["192.0.2.2"]))
        worker.listen()
        #expect(worker.ask("a") == ["192.0.2.2"])
        #expect(lookUps.started(2) == ["a", "a"])
    }

    @Test("a look-up that fails replaces what was known")
    func fails() {
        learn("a")
        lookUps.pass(11)
        #expect(worker.ask("a") == ["192.0.2.1"])
        #expect(worker.ask("b") == nil)
        #expect(lookUps.started(3).dropFirst().sorted() == ["a", "b"])
        // The thread is back for the next one when it has left the answer.
        lookUps.answer("a", .failure("gone"))
        while worker.ask("a") != nil {}
        worker.listen()
        #expect(worker.told["a"]?.last == .failure("gone"))
        lookUps.answer("b", .failure("gone"))
    }

    @Test("a failure is told to all who ask within a second, never at once, and then tried again")
    func failure() {
        learn("a", .failure("no"))
        #expect(worker.told == ["a": [.failure("no")]])
        lookUps.pass(0.9)
        #expect(worker.ask("a") == nil)
        #expect(worker.told["a"]?.count == 1)
        worker.listen()
        #expect(worker.told == ["a": [.failure("no"), .failure("no")]])
        #expect(lookUps.started(1) == ["a"])
        lookUps.pass(0.2)
        learn("a")
        #expect(worker.told["a"]?.last == .addresses(["192.0.2.1"]))
        #expect(lookUps.started(2) == ["a", "a"])
    }

    @Test(
        "four look-ups hang at once at most; of the names that wait, the one that was asked for last comes first"
    )
    func newestFirst() {
        let names = (0..<200).map { "name\($0)" }
        for name in names { #expect(worker.ask(name) == nil) }
        let hung = Set(lookUps.started(4))
        #expect(hung.count == 4)
        let waiting = names.filter { !hung.contains($0) }
        // Asked for once more, it is the newest.
        #expect(worker.ask(waiting[7]) == nil)
        let first = lookUps.started(4)[0]
        lookUps.answer(first, .failure("no"))
        #expect(lookUps.started(5).last == waiting[7])
        lookUps.answer(waiting[7], .failure("no"))
        #expect(lookUps.started(6).last == waiting.last)
        #expect(lookUps.started(0).count == 6)
        // The others are not looked up for nobody.
        worker.end()
        for name in names { lookUps.answer(name, .failure("no")) }
    }

    @Test("a name that nobody asks for any more is not looked up, and nobody is told of it")
    func forgotten() throws {
        for name in ["a", "b", "c", "d"] { #expect(worker.ask(name) == nil) }
        _ = lookUps.started(4)
        let other = try AskingWorker(lookUps)
        for name in ["e", "f"] { #expect(worker.ask(name) == nil && other.ask(name) == nil) }
        for name in ["a", "e", "f"] { worker.forget(name) }
        other.forget("e")
        for name in ["a", "b", "f"] { lookUps.answer(name, .failure("no")) }
        other.listen()
        worker.listen()
        #expect(other.told == ["f": [.failure("no")]] && worker.told == ["b": [.failure("no")]])
        #expect(!lookUps.started(5).contains("e"))
        for name in ["c", "d"] { lookUps.answer(name, .failure("no")) }
    }

    @Test("whoever is gone is not told")
    func gone() {
        final class Passer: NameAsker {
            func resolved(_ name: String, _ answer: NameAnswer) { Issue.record("told of \(name)") }
        }
        var passer: Passer? = Passer()
        #expect(passer.flatMap { worker.names?.addresses(of: "a", for: $0) } == nil)
        passer = nil
        #expect(worker.ask("a") == nil)
        lookUps.answer("a", .addresses(["192.0.2.1"]))
        worker.listen()
    }

    @Test("the system's own: an address is its own name, and what is no name has a sentence")
    func system() {
        #expect(HostAddresses.lookUp("192.0.2.7") == .addresses(["192.0.2.7"]))
        guard case .failure(let text) = HostAddresses.lookUp("a..b") else {
            Issue.record("an address of a..b")
            return
        }
        #expect(text.hasPrefix("Could not resolve host: a..b ("))
    }
}
