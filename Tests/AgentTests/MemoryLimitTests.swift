import Testing

@testable import Agent
@testable import System

@Suite("What the kernel lets the agent have")
struct MemoryLimitTests {
    @Test("Control groups bound by their own files and by those above")
    func groups() {
        #expect(
            MemoryLimit.groupFiles("0::/system.slice/spoa-mirror.service\n") == [
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.high",
                "/sys/fs/cgroup/system.slice/memory.max", "/sys/fs/cgroup/system.slice/memory.high",
                "/sys/fs/cgroup/system.slice/spoa-mirror.service/memory.max",
                "/sys/fs/cgroup/system.slice/spoa-mirror.service/memory.high",
            ])
        #expect(
            MemoryLimit.groupFiles("4:cpu,memory:/a\n3:cpuset:/b\nnonsense\n0::/\n") == [
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.high",
            ])
        #expect(MemoryLimit.groupFiles("") == [])
    }

    @Test(
        "What their files say",
        arguments: [("67108864\n", 64 << 20), ("max\n", nil), ("9223372036854771712\n", nil), ("", nil)])
    func values(text: String, bytes: Int?) {
        #expect(MemoryLimit.groupLimit(text) == bytes)
    }

    @Test(
        "A quarter of what is left is for copies, and never nothing",
        arguments: [(128 << 20, 32 << 20), (9001, 2048), (0, 1024)])
    func room(left: Int, forCopies: Int) {
        #expect(MemoryLimit(name: "test", bytes: 128 << 20, room: left).forCopies == forCopies)
    }

    @Test("Frames that have begun have as much as copies, 16 MiB at least, and no more than fits in")
    func frames() throws {
        var settings = Settings(destination: DestinationSettings(url: try MirrorURL("http://mirror:1/")))
        #expect(HeldMemory.mostOfFrames(settings) == 64 << 20)
        settings.maxQueueBytes = 1 << 20
        #expect(HeldMemory.mostOfFrames(settings) == 16 << 20)
        #expect(HeldMemory.free(settings) == 16 << 10)
        settings.memoryLimit = MemoryLimit(name: "test", bytes: 128 << 20, room: 32 << 20)
        #expect(HeldMemory.mostOfFrames(settings) == 8 << 20)
        #expect(HeldMemory.free(settings) == 2 << 10)
    }
}
