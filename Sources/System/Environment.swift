internal import Glibc

/// What whoever started the program has left for it in the environment.
package enum Environment {
    /// The variable's value; nil when it is not set, or empty.
    package static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
