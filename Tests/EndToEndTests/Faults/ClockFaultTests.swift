import Foundation
import Testing

extension EndToEnd {
    /// The machine's clock is not for a test to set: a library that is loaded before the others tells the agent another time.
    @Suite("Faults: the clock")
    struct ClockFaultTests {
        @Test("a jump of a day forth and two back moves no time-out and loses no copy")
        func jumps() throws {
            let directory = try TemporaryDirectory()
            let clock = try FalseClock(in: directory)
            let mirror = try RecordingMirror()
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--max-queue-age", "2s"],
                environment: clock.environment, in: directory)
            let counters = try stage.withTraffic { _ in
                try stage.more(of: "responses_2xx")
                try clock.set(86_400)
                #expect(stage.agent.isRunning)
                try stage.more(of: "responses_2xx")
                // A pause is as long as it was told to be, whatever the clock says meanwhile.
                #expect(try stage.ask("pause 1s").contains("Mirroring paused"))
                try clock.set(-86_400)
                try stage.more(of: "skipped_paused")
                try stage.more(of: "responses_2xx")
            }
            #expect(counters["dropped_expired"] == 0)
            #expect(counters["failed_timeout"] == 0)
            let days = Set(
                stage.agent.log.split(separator: "\n").compactMap { $0.split(separator: "T").first })
            #expect(days.count > 1, "the clock did not jump: \(stage.agent.log.suffix(500))")
        }

        @Test("an ACK that is held back comes when the clock is set back meanwhile")
        func delayedAck() throws {
            let directory = try TemporaryDirectory()
            let clock = try FalseClock(in: directory)
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--processing-delay", "1s"],
                environment: clock.environment, in: directory)
            let peer = try Socket.connect(to: agent.endpoint)
            try peer.write(SPOPFrame.hello().bytes)
            _ = try peer.read()
            let message = SPOPClient.Message(target: "/held").payload
            try peer.write(SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: message).bytes)
            try eventually("the NOTIFY is there") { try agent.counters()["notify_frames"] == 1 }
            try clock.set(-86_400)
            #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
        }
    }
}

/// Adds seconds, which a file holds, to CLOCK_REALTIME of a process.
private struct FalseClock {
    private let file: String
    private let library: String

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <time.h>

        static volatile long *shift;

        __attribute__((constructor)) static void begin(void) {
            int file = open(getenv("FALSE_CLOCK"), O_RDONLY | O_CLOEXEC);
            shift = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, now);
            if (clock == CLOCK_REALTIME && shift && shift != MAP_FAILED) now->tv_sec += *shift;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
            struct timespec time;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &time);
            now->tv_sec = time.tv_sec;
            now->tv_usec = time.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """

    init(in directory: TemporaryDirectory) throws {
        file = directory.file("clock")
        library = directory.file("falseclock.so")
        let source = try directory.write(Self.source, to: "falseclock.c")
        let compiler = ["cc", "clang"].compactMap { try? Executables.find($0) }.first
        guard let compiler else { throw HarnessError("there is no C compiler") }
        let process = try ChildProcess(
            compiler, ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
            outputFile: directory.file("cc.out"), errorFile: directory.file("cc.err"))
        guard try process.wait() == .status(0) else { throw HarnessError("cc: \(process.errors)") }
        try set(0)
    }

    var environment: [String: String] { ["LD_PRELOAD": library, "FALSE_CLOCK": file] }

    /// In place: the agent has the file mapped.
    func set(_ seconds: Int) throws {
        let number = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(number) }
        var value = seconds
        guard write(number, &value, MemoryLayout<Int>.size) == MemoryLayout<Int>.size else {
            throw HarnessError("cannot write \(file)")
        }
    }
}
