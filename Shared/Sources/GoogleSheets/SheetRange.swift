import Mapping

/// Ranges in A1 notation, as the Sheets API reads them (https://developers.google.com/workspace/sheets/api/guides/concepts).
enum SheetRange {
    /// A whole tab. Always in quotes: a name like `A1` or one with a space means something else without them.
    static func tab(_ name: String) -> String { "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }

    /// Whole columns of a tab, counted from 0.
    static func columns(_ columns: ClosedRange<Int>, tab name: String) -> String {
        "\(tab(name))!\(columnLetters(columns.lowerBound)):\(columnLetters(columns.upperBound))"
    }

    /// The runs of neighbours among `columns`; the nearest runs are joined until at most `spansMax` are left, since an address has a length limit.
    static func spans(_ columns: Set<Int>, spansMax: Int) -> [ClosedRange<Int>] {
        var spans: [ClosedRange<Int>] = []
        for column in columns.sorted() {
            if let last = spans.last, last.upperBound + 1 == column {
                spans[spans.count - 1] = last.lowerBound...column
            } else {
                spans.append(column...column)
            }
        }
        while spans.count > max(1, spansMax) {
            let gaps = zip(spans, spans.dropFirst()).map { $1.lowerBound - $0.upperBound }
            guard let smallest = gaps.min(), let index = gaps.firstIndex(of: smallest) else { break }
            spans[index] = spans[index].lowerBound...spans[index + 1].upperBound
            spans.remove(at: index + 1)
        }
        return spans
    }
}
