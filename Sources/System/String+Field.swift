extension String {
    /// Text that a C function has written into an array: what stands in front of its first NUL, or all of it.
    package init(field: [CChar]) {
        self.init(decoding: field.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
