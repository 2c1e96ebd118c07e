internal import CLibcurl

/// An easy handle of libcurl's, with each option set in the type that it wants. An option of another type is an error of ours, and
/// so is a pointer that does not live as long as libcurl may follow it.
@safe struct EasyHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer

    /// Nil when libcurl has no memory.
    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_easy_cleanup(pointer) }

    /// A `long` or a `curl_off_t`.
    func set(_ option: CURLoption, _ value: Int) {
        if option.rawValue >= UInt32(CURLOPTTYPE_OFF_T) {
            precondition(option.rawValue < UInt32(CURLOPTTYPE_BLOB))
            unsafe shim_easy_set_offset(pointer, option, curl_off_t(value))
        } else {
            precondition(option.rawValue < UInt32(CURLOPTTYPE_OBJECTPOINT))
            unsafe shim_easy_set_long(pointer, option, value)
        }
    }

    func set(_ option: CURLoption, _ isOn: Bool) { set(option, isOn ? 1 : 0) }

    /// A string, which libcurl copies; nil for none.
    func set(_ option: CURLoption, _ text: String?) { unsafe set(option, cString: text) }

    /// The same of a string that ends with a NUL.
    @unsafe func set(_ option: CURLoption, cString text: UnsafePointer<CChar>?) {
        precondition(Self.takesPointer(option))
        unsafe shim_easy_set_string(pointer, option, text)
    }

    /// A pointer that libcurl keeps.
    @unsafe func set(_ option: CURLoption, pointer value: UnsafeRawPointer) {
        precondition(Self.takesPointer(option))
        unsafe shim_easy_set_pointer(pointer, option, value)
    }

    /// What is known of the transfer, a `long` or a `curl_off_t`; 0 while it is not.
    func value(of info: CURLINFO) -> Int {
        if info.rawValue & UInt32(CURLINFO_TYPEMASK) == UInt32(CURLINFO_OFF_T) {
            var value: curl_off_t = 0
            unsafe shim_easy_get_offset(pointer, info, &value)
            return Int(value)
        }
        precondition(info.rawValue & UInt32(CURLINFO_TYPEMASK) == UInt32(CURLINFO_LONG))
        var value = 0
        unsafe shim_easy_get_long(pointer, info, &value)
        return value
    }

    private static func takesPointer(_ option: CURLoption) -> Bool {
        (UInt32(CURLOPTTYPE_OBJECTPOINT)..<UInt32(CURLOPTTYPE_FUNCTIONPOINT)).contains(option.rawValue)
    }
}

/// The object at the pointer that a callback gets from libcurl; nil for none. Whoever gave the pointer to libcurl keeps the object
/// alive.
@unsafe func object<Object: AnyObject>(
    at pointer: UnsafeMutableRawPointer?, as _: Object.Type = Object.self
) -> Object? {
    unsafe pointer.map { unsafe Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
}
