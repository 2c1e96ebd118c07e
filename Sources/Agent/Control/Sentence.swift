extension String {
    /// With a full stop, unless it ends as a sentence does.
    var asSentence: String { last.map { ".?!".contains($0) } ?? true ? self : "\(self)." }
}
