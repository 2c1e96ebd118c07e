/// Which release daemon and client are of; the package and the documents carry the same number.
package enum Release {
    /// By semantic versioning.
    package static let number = "0.1.0"
}
