/// The word `null` exactly, which programs print when they hold nothing.
@inline(__always)
func isNullWord(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count == 4 && text.loadUnaligned(as: UInt32.self) == UInt32(littleEndian: 0x6C6C_756E)
}

/// What a sheet shows for a cell it could not compute; an export as CSV writes the same words.
/// https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other#ErrorType
func isErrorWord(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.first == UInt8(ascii: "#"), text.count <= 8 else { return false }
    switch String(decoding: text, as: UTF8.self) {
    case "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!": return true
    default: return false
    }
}
