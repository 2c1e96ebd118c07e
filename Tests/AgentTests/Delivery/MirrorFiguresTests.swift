import Stats
import Testing

@testable import Agent

/// What the state of a destination is judged by, while it is replaced by another.
@Suite("Delivery: figures of one mirror")
struct MirrorFiguresTests {
    private func figures(_ stage: DeliveryStage, mirror: Int) -> CopyFigures {
        CopyFigures([stage.counters], mirror: mirror)
    }

    @Test("what was counted before a worker knew of another mirror is not counted for it")
    func replaced() throws {
        let stage = try DeliveryStage()
        try stage.enqueue(3)
        stage.counters.counters(leads: true).add(3, to: .received)
        #expect(figures(stage, mirror: 0).received == 3 && figures(stage, mirror: 0).underWay == 3)
        #expect(figures(stage, mirror: 1) == CopyFigures(), "no worker knows of it")
        try stage.replace(by: "http://second/")
        #expect(figures(stage, mirror: 1) == CopyFigures())
        try stage.enqueue(2)
        stage.counters.counters(leads: true).add(2, to: .received)
        #expect(figures(stage, mirror: 1).received == 2 && figures(stage, mirror: 1).underWay == 2)
        _ = stage.delivery.abandon()
        #expect(figures(stage, mirror: 1).underWay == 0)
        #expect(figures(stage, mirror: 1)[.droppedShutdown] == 2, "the others are those of the first")
    }

    @Test("with other settings it stays the same mirror, and one that comes back keeps its copies")
    func same() throws {
        let stage = try DeliveryStage()
        try stage.enqueue(1)
        try stage.pause()
        #expect(figures(stage, mirror: 0).underWay == 1)
        try stage.replaceUnseen(by: "http://second/")
        try stage.replace(by: "http://first/")
        #expect(figures(stage, mirror: 2).underWay == 1)
    }
}
