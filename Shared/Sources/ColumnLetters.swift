/// The letters spreadsheets give a column that counts from 0: A, Z, AA, GC.
func columnLetters(_ column: Int) -> String {
    var left = column, letters: [UInt8] = []
    repeat {
        letters.append(UInt8(ascii: "A") + UInt8(left % 26))
        left = left / 26 - 1
    } while left >= 0
    return String(decoding: letters.reversed(), as: UTF8.self)
}
