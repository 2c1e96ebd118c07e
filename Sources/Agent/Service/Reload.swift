internal import Logging

/// SIGHUP: reopens the log and reads certificates again. A file that cannot be read leaves the old one in use.
struct Reload {
    let log: LogFile
    let settings: SettingsController
    let logger: Logger

    func callAsFunction() {
        attempt(keeping: "the old one stays") {
            try log.reopen()
            logger.info("log reopened")
        }
        attempt(keeping: "the old authorities stay") {
            if try settings.readAuthoritiesAgain() { logger.info("authorities read again") }
        }
        attempt(keeping: "the old certificate and key stay") {
            guard try settings.readIdentityAgain() else { return }
            logger.info("certificate and key read again")
            if let warning = settings.settings.destination.transport.identity?.warning {
                logger.warning("\(warning)")
            }
        }
    }

    private func attempt(keeping old: String, _ body: () throws -> Void) {
        do { try body() } catch { logger.error("\(error); \(old) in use") }
    }
}
