/// `Benchmarks load`: one load, one line.
struct LoadCommand {
    private var port: UInt16 = 12_345
    private var shape = LoadShape()

    init(_ arguments: some Sequence<String>) throws {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let number = Double(parts[1]), number >= 0 else {
                throw Failure("'\(argument)' is not a name and a number")
            }
            switch parts[0] {
            case "port": port = UInt16(clamping: Int(number))
            case "connections": shape.connections = max(1, Int(number))
            case "window": shape.window = max(1, Int(number))
            case "rate": shape.rate = number
            case "seconds": shape.seconds = number
            case "headers": shape.headers = Int(number)
            case "bodyBytes": shape.bodyBytes = Int(number)
            default: throw Failure("there is no '\(parts[0])'")
            }
        }
    }

    func run() throws {
        let result = try LoadGenerator(shape, port: port).run()
        let faults = result.faults.map { ", \($0.count) \($0.name)" }.joined()
        print(
            "\(Format.grouped(result.acknowledged)) ACKs, \(Format.decimal(result.perSecond))/s,",
            "p50 \(Format.decimal(result.p50)) p99 \(Format.decimal(result.p99))",
            "p99.9 \(Format.decimal(result.p999)) us, generator \(Format.decimal(result.generatorLoad * 100)) %"
                + faults)
    }
}
