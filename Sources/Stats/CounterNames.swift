extension Counter {
    /// The name operators see: `queue_full` drops are `dropped_queue_full`.
    package var name: String {
        var result = ""
        var wasUpper = false
        for character in "\(self)" {
            let isUpper = character.isUppercase
            if isUpper, !wasUpper { result.append("_") }
            result += character.lowercased()
            wasUpper = isUpper
        }
        return result.replacingDigits
    }
}

extension String {
    /// `responses2xx` reads `responses_2xx`.
    fileprivate var replacingDigits: String {
        guard let digit = firstIndex(where: \.isNumber) else { return self }
        return "\(self[..<digit])_\(self[digit...])"
    }
}
