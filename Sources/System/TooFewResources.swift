/// What the kernel lets the process have is not enough to start with; the text is one line for the operator.
package struct TooFewResources: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
