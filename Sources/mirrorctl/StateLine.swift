/// The first line of the status: what the agent does, and why. The daemon has decided it.
struct StateLine {
    let info: Figures

    func lines(_ columns: Columns, _ paint: Paint) -> [String] {
        let title = "spoa-mirror \(info["Version"] ?? "")"
        var lines = columns.paragraph("\(title)  \(text)")
        let first = lines[0]
        guard first.hasPrefix(title) else { return lines.map { paint.in(colour, $0) } }
        lines[0] = ""
        return [paint.bold(title) + paint.in(colour, String(first.dropFirst(title.count)))]
            + lines.dropFirst().map { paint.in(colour, $0) }
    }

    private var state: String { info["State"] ?? "unknown" }

    private var colour: Paint.Colour {
        switch state {
        case "mirroring": .green
        case "unreachable": .red
        case "idle": .none
        default: .yellow
        }
    }

    /// `UNREACHABLE for 3 min: no connection (Connection refused), last answer 4 min ago`
    private var text: String {
        let word = state.uppercased()
        if let left = info["Pause_left_sec"] { return "\(word) for another \(Readable.age(Int(left) ?? 0))" }
        guard state != "mirroring", let age = info["State_since_sec"].flatMap({ Int($0) }) else {
            return word
        }
        let reason = info["State_reason"] ?? ""
        let parts = (reason.isEmpty ? [] : [reason]) + (state == "unreachable" ? [lastAnswer] : [])
        return "\(word) for \(Readable.age(age))\(parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))")"
    }

    private var lastAnswer: String {
        info["Last_answer_age_sec"].flatMap { Int($0) }.map { "last answer \(Readable.age($0)) ago" }
            ?? "no answer so far"
    }
}
