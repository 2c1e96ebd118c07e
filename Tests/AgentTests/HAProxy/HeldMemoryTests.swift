import Testing

@testable import Agent
@testable import System

@Suite("Memory of frames that have begun")
struct HeldMemoryTests {
    @Test("Frames that have begun have as much as copies, 16 MiB at least, and no more than fits in")
    func frames() throws {
        var settings = Settings()
        #expect(HeldMemory.mostOfFrames(settings) == 64 << 20)
        settings.maxQueueBytes = 1 << 20
        #expect(HeldMemory.mostOfFrames(settings) == 16 << 20)
        #expect(HeldMemory.free(settings) == 16 << 10)
        settings.memoryLimit = MemoryLimit(name: "test", bytes: 128 << 20, room: 32 << 20)
        #expect(HeldMemory.mostOfFrames(settings) == 8 << 20)
        #expect(HeldMemory.free(settings) == 2 << 10)
    }
}
