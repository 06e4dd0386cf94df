import CUTF8Proc

/// How many columns of a terminal `text` takes: a Japanese letter two, a combining mark none, a control character none.
///
/// Unicode Standard Annex 11 (East Asian width), as utf8proc knows it: https://www.unicode.org/reports/tr11/
public func displayWidth(_ text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + Int(utf8proc_charwidth(Int32(bitPattern: $1.value))) }
}

/// `text` in at most `columns` columns of a terminal; what was cut is marked by `…`.
public func clipped(_ text: String, toColumns columns: Int) -> String {
    guard displayWidth(text) > columns else { return text }
    var result = ""
    var left = columns - 1  // The mark takes one.
    for character in text {
        left -= displayWidth(String(character))
        if left < 0 { break }
        result.append(character)
    }
    return columns > 0 ? result + "…" : ""
}
