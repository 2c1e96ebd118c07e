/// The ranges of budgets, the same at the start and while the agent runs.
enum BudgetParsers {
    static let maxInFlight = OptionParsers.number(1...100_000)
    static let maxQueue = OptionParsers.number(1...10_000_000)
    static let maxQueueBytes = OptionParsers.size(1 << 10...1 << 40)
    static let maxResponse = OptionParsers.size(0...1 << 40)
    static let maxConnections = OptionParsers.number(1...100_000)
    static let haproxyBufsize = OptionParsers.size(1 << 10...1 << 30)
}
