internal import CLinux
internal import Glibc

/// Gives memory back to the machine that the agent does not need any more.
package enum Footprint {
    /// Unmaps the pages of the program's own code that only the start has used, option parsing above all: a third of what
    /// a resting agent would hold. They stay in the page cache, and what is needed again is mapped again by the
    /// kernel when it is touched (madvise(2), MADV_DONTNEED on a private file mapping that was never written).
    package static func releaseStartUpCode() {
        // Not the libraries': somebody may have patched those in memory.
        guard let program = programPath() else { return }
        for range in codeRanges(of: program) {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            _ = unsafe madvise(start, Int(range.upperBound - range.lowerBound), MADV_DONTNEED)
        }
    }

    /// Gives back what malloc keeps after a burst (malloc_trim(3)): a queue that was full leaves megabytes of free chunks.
    package static func releaseFreedMemory() { linux_trim_memory() }

    private static func programPath() -> String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        return count > 0 ? String(field: path) : nil
    }

    /// The mappings of `program` that can be executed and not written (proc_pid_maps(5)).
    private static func codeRanges(of program: String) -> [Range<UInt>] {
        KernelFile.contents(of: "/proc/self/maps", upTo: 64 << 10).split(separator: "\n").compactMap {
            line in
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "r-xp", line.hasSuffix(program) else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
