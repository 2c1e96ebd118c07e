import Testing

/// The agent as its users meet it: the real program between a real HAProxy and a mirror.
///
/// The suites run one after the other, because each has several processes and dozens of threads of its own.
@Suite("End to end", .serialized)
enum EndToEnd {}
