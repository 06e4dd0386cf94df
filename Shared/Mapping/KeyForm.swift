import Text

/// A text as keys are compared: without white space around it and in NFKC, so that wide digits and plain ones name one row.
func normalKey(_ text: [UInt8]) -> [UInt8] {
    let trimmed = trimmingWhiteSpace(text)
    if trimmed.allSatisfy({ $0 < 0x80 }) { return trimmed }
    guard let composed = trimmed.withUnsafeBufferPointer({ nfkc($0) }) else { return trimmed }
    return trimmingWhiteSpace(composed)  // U+00A8 and its like become a space with a mark.
}

/// The key that a cell makes, as the mapper would write it: for sources that bring rows together before they are mapped.
/// - Returns: empty for a cell that is blank or holds no key.
public func comparedKey(_ kind: SourceRow.Kind, _ content: [UInt8]) -> [UInt8] {
    switch kind {
    case .number: (try? DecimalText(json: content)).map { Array($0.text.utf8) } ?? []
    case .text: content.withUnsafeBytes { isNullWord($0) } ? [] : normalKey(content)
    case .empty, .absent, .boolean, .error: []
    }
}
