import Pipelines

/// What can be wrong within a CSV file, and how a person cures it.
enum CSVProblem: Equatable {
    case strayQuote
    case textAfterQuote
    case openQuote
    case zeroByte
    case tooLong(bytesMax: Int)
    case tooManyCells(expected: Int)
    case notUTF8(offset: Int)
    case undecodable(CSVDefinition.Encoding, offset: Int)
    case cutCharacter(offset: Int)

    var sentence: String {
        switch self {
        case .strayQuote: "a quote stands inside a cell that does not begin with one; put the whole cell in quotes and double the quotes in it (RFC 4180)"
        case .textAfterQuote: "text follows a closing quote; expected a delimiter or a line break. A quote inside a quoted cell is written twice (RFC 4180)"
        case .openQuote: "the quote opened here is never closed: the file is cut, or a quote is missing"
        case .zeroByte: "a zero byte: this is no text. Expected a CSV file; if it is UTF-16 without a byte order mark, set encoding: utf-16le or utf-16be"
        case .tooLong(let most): "this record is longer than \(most) bytes; most likely a closing quote is missing before here"
        case .tooManyCells(let expected):
            "more cells than the header has (\(expected)); most likely a cell holds the delimiter and is not quoted"
        case .notUTF8(let offset):
            "the bytes at offset \(offset) are not UTF-8; if the file was saved by Excel in Japan, set encoding: shift_jis"
        case .undecodable(let encoding, let offset):
            "the bytes at offset \(offset) are not \(encoding.rawValue); set encoding: to what the file was saved as"
        case .cutCharacter(let offset): "the file ends in the middle of a character at offset \(offset): it is cut"
        }
    }
}
