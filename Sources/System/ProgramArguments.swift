internal import CLinux
internal import Glibc

/// What this program was started with, as the kernel gave it.
package enum ProgramArguments {
    /// An argument that is no text: what it names cannot be written down, and something like it is something else.
    package struct NotText: Error, CustomStringConvertible {
        /// From 1.
        package let position: Int
        package let bytes: [UInt8]

        package var description: String {
            let text = bytes.map { byte in
                byte >= 0x20 && byte < 0x7F && byte != 0x5C
                    ? String(Unicode.Scalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "Argument \(position) is not UTF-8 text: \"\(text.joined())\""
        }
    }

    /// Those behind the program's name.
    package static func all() throws(NotText) -> [String] {
        var arguments: [String] = []
        for index in 1..<max(1, linux_argument_count()) {
            guard let argument = unsafe linux_argument(index) else { break }
            guard let text = unsafe String(validatingCString: argument) else {
                let bytes = unsafe UnsafeRawBufferPointer(start: argument, count: strlen(argument))
                throw NotText(position: Int(index), bytes: unsafe Array(bytes))
            }
            arguments.append(text)
        }
        return arguments
    }
}
