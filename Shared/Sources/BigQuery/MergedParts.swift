import Hashing
import Mapping

/// The parts of a source brought together on the keys of the base: the rows of the source.
///
/// A part's row never makes two: a key that stands in several rows which differ gives none of them, and the fields stay absent (invariant 6).
struct MergedParts: Sendable {
    /// A part that was read, or that could not be.
    struct Part: Sendable {
        var report: PartReport
        /// Its columns in the header.
        var width: Int
        var rows: PartRows?
    }

    let reports: [PartReport]
    private let parts: [Part]
    private let base: PartRows
    /// By part: of each row of the base the part's row, or one of the two below.
    private let matches: [[Int32]]
    private static let noRow: Int32 = -1, unknown: Int32 = -2

    /// - Parameter parts: in the order of the header; the base was read.
    init(_ parts: [Part], base: PartRows) {
        self.base = base
        let keys = PartIndex(base)
        var parts = parts, matches: [[Int32]] = []
        for place in parts.indices {
            guard let rows = parts[place].rows else {
                matches.append([Int32](repeating: MergedParts.unknown, count: base.count))
                continue
            }
            parts[place].report.rows = rows.count
            guard !parts[place].report.isBase else {
                parts[place].report.matched = rows.count
                parts[place].report.withoutKey = (0..<rows.count).count { rows.key($0).isEmpty }
                matches.append((0..<Int32(rows.count)).map { $0 })
                continue
            }
            let index = PartIndex(rows)
            matches.append((0..<base.count).map { MergedParts.match(index.find(base.bytes[base.key($0)])) })
            for row in 0..<rows.count {
                let key = rows.bytes[rows.key(row)]
                if key.isEmpty {
                    parts[place].report.withoutKey += 1
                } else if keys.find(key) == .none {
                    parts[place].report.withoutBase += 1
                } else {
                    parts[place].report.matched += 1
                }
            }
            parts[place].report.repeatedKeys = index.repeatedKeys
        }
        (self.parts, self.matches, reports) = (parts, matches, parts.map(\.report))
    }

    private static func match(_ finding: PartIndex.Finding) -> Int32 {
        switch finding {
        case .none: noRow
        case .row(let row): Int32(row)
        case .repeated: unknown
        }
    }

    /// Rows of the source.
    var count: Int { base.count }

    /// Fills a row of the source, counted from 0; people count from 1.
    func fill(_ source: inout SourceRow, at row: Int) {
        source.begin(number: row + 1)
        for (part, matches) in zip(parts, matches) {
            if matches[row] >= 0, let rows = part.rows {
                rows.append(Int(matches[row]), to: &source)
            } else {
                for _ in 0..<part.width {
                    if matches[row] == MergedParts.noRow { source.appendEmpty() } else { source.appendAbsent() }
                }
            }
        }
    }

    /// Names what was read: equal for equal rows.
    var stamp: String {
        let prints = parts.map { $0.rows?.fingerprint ?? 0 }
        return "xxh3:" + hexadecimal(prints.withUnsafeBytes { xxh3($0) })
    }
}
