/// All runs of a row.
struct RowResult {
    let name: String
    let mirror: MirrorKind
    /// Nil for wrk through HAProxy.
    let shape: LoadShape?
    /// In the order in which they were taken.
    var samples: [Sample] = []

    init(_ row: Row) {
        name = row.name
        mirror = row.mirror
        if case .spop(let shape) = row.load { self.shape = shape } else { shape = nil }
    }

    func samples(of subject: String) -> [Sample] { samples.filter { $0.subject == subject } }

    /// The median of one value over all runs of `subject`; nil where there is no value.
    func median(_ subject: String, _ value: (Sample) -> Double?) -> Double? {
        let values = samples(of: subject).compactMap(value).sorted()
        guard let low = values.dropLast(values.count / 2).last else { return nil }
        return values.count % 2 == 1 ? low : (low + values[values.count / 2]) / 2
    }

    /// The median of one subject divided by that of another.
    func ratio(_ subject: String, to other: String, _ value: (Sample) -> Double?) -> Double? {
        guard let above = median(subject, value), let below = median(other, value), below > 0 else {
            return nil
        }
        return above / below
    }

    /// Those that ran, the baseline first.
    var subjects: [String] {
        samples.reduce(into: []) { names, sample in
            if !names.contains(sample.subject) { names.append(sample.subject) }
        }
    }
}
