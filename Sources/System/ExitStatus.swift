/// How the process ends, by sysexits(3).
package enum ExitStatus {
    package static let usage: Int32 = 64
    package static let unavailable: Int32 = 69
    package static let software: Int32 = 70
    package static let osError: Int32 = 71
    package static let cannotCreate: Int32 = 73
    package static let noPermission: Int32 = 77
    package static let config: Int32 = 78
}
