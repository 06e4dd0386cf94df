import Glibc
import Pipelines

/// How the bytes of one particular file are to be read, once its first bytes are known.
struct CSVEncoding: Equatable {
    /// iconv's name; nil: UTF-8, read as it is.
    let decodedAs: String?
    /// The word for it in pipeline files.
    let word: CSVDefinition.Encoding
    /// Length of the byte order mark, which belongs to no cell.
    let markLength: Int

    /// Holds what the pipeline says against the byte order mark (https://www.unicode.org/faq/utf_bom.html); a mark that contradicts is an error.
    static func decide(_ declared: CSVDefinition.Encoding, beginning: some Collection<UInt8>) -> Result<CSVEncoding, EncodingConflict> {
        let mark = Mark(beginning)
        func encoding(_ word: CSVDefinition.Encoding, _ name: String?, allowed: Mark?) -> Result<CSVEncoding, EncodingConflict> {
            guard mark == nil || mark == allowed else {
                return .failure(.init(sentence: "begins with the byte order mark of \(mark?.word ?? ""), but encoding: says \(word.rawValue)"))
            }
            return .success(CSVEncoding(decodedAs: name, word: word, markLength: mark?.length ?? 0))
        }
        switch (declared, mark) {
        case (.auto, nil), (.auto, .utf8), (.utf8, _): return encoding(.utf8, nil, allowed: .utf8)
        case (.auto, .utf16le), (.utf16, .utf16le), (.utf16le, _): return encoding(.utf16le, "UTF-16LE", allowed: .utf16le)
        case (.auto, .utf16be), (.utf16, .utf16be), (.utf16be, _): return encoding(.utf16be, "UTF-16BE", allowed: .utf16be)
        case (.utf16, _): return .failure(.init(sentence: "has no UTF-16 byte order mark; say which it is: encoding: utf-16le or utf-16be"))
        case (.shiftJIS, _): return encoding(.shiftJIS, "CP932", allowed: nil)
        }
    }

    private enum Mark {
        case utf8, utf16le, utf16be

        init?(_ beginning: some Collection<UInt8>) {
            if beginning.starts(with: [0xEF, 0xBB, 0xBF]) {
                self = .utf8
            } else if beginning.starts(with: [0xFF, 0xFE]) {
                self = .utf16le
            } else if beginning.starts(with: [0xFE, 0xFF]) {
                self = .utf16be
            } else {
                return nil
            }
        }

        var length: Int { self == .utf8 ? 3 : 2 }
        var word: String {
            switch self {
            case .utf8: "UTF-8"
            case .utf16le: "UTF-16, little end first"
            case .utf16be: "UTF-16, big end first"
            }
        }
    }
}

/// The file's first bytes contradict the pipeline.
struct EncodingConflict: Error, Equatable { let sentence: String }
