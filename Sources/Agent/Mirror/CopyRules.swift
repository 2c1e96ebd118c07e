/// What the renderer asks of a `CopyStyle` for each copy, worked out once when settings change.
///
/// A class, since every copy of a request would else retain and release each array in it, also those that are empty: an operator who
/// has no rule would pay for all of them.
final class CopyRules {
    /// By which a copy is known again.
    let mark: CopyStyle.Mark?
    let strippedPrefix: PathPrefix?
    let truncatedBody: CopyStyle.TruncatedBody
    let unknownLength: CopyStyle.UnknownLength
    /// HAProxy's tune.bufsize, in bytes; nil goes by what each HAProxy says.
    let bufferSize: Int?
    /// What the operator's rules for fields come to.
    let edits: FieldEdits

    init(_ style: CopyStyle) {
        mark = style.mark
        strippedPrefix = style.strippedPrefix
        truncatedBody = style.truncatedBody
        unknownLength = style.unknownLength
        bufferSize = style.bufferSize
        edits = FieldEdits(style)
    }
}
