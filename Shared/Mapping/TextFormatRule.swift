/// One address: something, one `@`, and a domain with a dot, of the characters mail servers take in practice.
///
/// Only the shape is tried: `なし`, two addresses on two lines and a full-width `＠` are found, addresses nobody has are not.
func checkEmail(_ text: [UInt8]) throws(InvalidCell) {
    let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard text.count <= 254, parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy(isLocalPart) else { throw .notAnEmail }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isHostPart) }) else { throw .notAnEmail }
}

/// Dots may stand anywhere: Japanese carriers gave out addresses that end in one.
private func isLocalPart(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && !#""(),:;<>[\]@"#.utf8.contains(byte) }

private func isHostPart(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-") }

/// 9 to 15 digits (E.164's most), with `+` before and spaces, hyphens, dots and brackets between; plain ASCII.
func checkPhone(_ text: [UInt8]) throws(InvalidCell) {
    let number = text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    guard number.allSatisfy({ isDigit($0) || " -.()".utf8.contains($0) }), (9...15).contains(number.count(where: isDigit)) else { throw .notAPhone }
}
