extension String {
    /// The text that a C function wrote into an array: the characters before the first NUL, or all of them.
    package init(field: [CChar]) {
        self.init(decoding: field.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
