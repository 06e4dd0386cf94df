import Hashing
import Pipelines
import Text

/// Binds the headers of a mapping to the headers a source has; nothing is guessed, because a wrong column is worse than none.
///
/// A header matches byte for byte. Failing that, a single header that is equal after NFKC and without any white space is taken and
/// reported: people's `●内覧日(最新）` and `【問合メール】　メール返信` differ from one copy to the next by widths and spaces only.
public struct HeaderContract {
    private let header: [String]
    private let exact: [ByteText: [Int]]
    private let folded: [ByteText: [Int]]

    private init(_ header: [String]) {
        self.header = header
        var exact: [ByteText: [Int]] = [:], folded: [ByteText: [Int]] = [:]
        for (place, name) in header.enumerated() where !name.isEmpty {
            exact[ByteText(name), default: []].append(place)
            folded[ByteText(HeaderContract.fold(name)), default: []].append(place)
        }
        (self.exact, self.folded) = (exact, folded)
    }

    /// - Parameter header: as `Source.open` gave it.
    /// - Throws: `HeaderError` with every mapped header that is missing, or stands in several places without `occurrence`.
    public static func resolve(_ header: [String], for stream: StreamDefinition) throws(HeaderError) -> ResolvedHeader {
        let contract = HeaderContract(header)
        var columns: [ResolvedColumn] = [], unfed: [ColumnMapping] = [], problems: [HeaderError.Problem] = []
        for mapping in stream.columns {
            switch contract.cells(of: mapping) {
            case .found(let choices): columns.append(resolved(mapping, choices))
            case .not(let problem): problems.append(problem)
            case .nothing: unfed.append(mapping)
            }
        }
        guard problems.isEmpty else { throw HeaderError(stream: stream.name, problems: problems) }
        let read = Set(columns.flatMap(\.cells))
        var mapped: [UInt8] = []
        for column in columns where !column.mapping.from.isTriedByValue {
            for cell in column.cells { mapped += Array(header[cell].utf8) + [0] }
        }
        return ResolvedHeader(
            header: header, columns: columns, unfed: unfed, unmapped: header.indices.filter { !read.contains($0) }, fingerprint: hexadecimal(xxh3(mapped)))
    }

    private struct Match {
        let place: Int
        let inexact: InexactHeader?
    }
    private enum Finding {
        case found([(matches: [Match], separator: String)])
        case not(HeaderError.Problem)
        case nothing
    }

    private static func resolved(_ mapping: ColumnMapping, _ choices: [(matches: [Match], separator: String)]) -> ResolvedColumn {
        ResolvedColumn(
            mapping: mapping, choices: choices.map { ResolvedChoice(cells: $0.matches.map(\.place), separator: $0.separator) },
            inexact: choices.flatMap(\.matches).compactMap(\.inexact))
    }

    private func cells(of mapping: ColumnMapping) -> Finding {
        switch mapping.from {
        case .header(let alternatives, let occurrence):
            for wanted in alternatives {
                let places = self.places(of: wanted)
                if places.isEmpty { continue }
                if let occurrence {
                    guard places.indices.contains(occurrence - 1) else { return .not(tooFew(wanted, mapping.to, places, occurrence)) }
                    return .found([([match(wanted, places[occurrence - 1])], "")])
                }
                return places.count == 1 ? .found([([match(wanted, places[0])], "")]) : .not(ambiguous(wanted, mapping.to, places))
            }
            return .not(missing(alternatives, mapping.to))
        case .joined(let parts, let separator):
            var matches: [Match] = []
            for wanted in parts {
                let places = self.places(of: wanted)
                if places.isEmpty { return .not(missing([wanted], mapping.to)) }
                if places.count > 1 { return .not(ambiguous(wanted, mapping.to, places)) }
                matches.append(match(wanted, places[0]))
            }
            return .found([(matches, separator)])
        case .firstValue(let choices):
            let found = choices.compactMap(present)
            if !found.isEmpty { return .found(found) }
            return mapping.isRequired ? .not(missing(choices.flatMap(\.headers), mapping.to)) : .nothing
        }
    }

    /// What the source has of an alternative; nil when it has nothing of it. Its headers are names out of the pipeline file, so none is near another.
    private func present(_ choice: ColumnChoice) -> (matches: [Match], separator: String)? {
        let places = choice.headers.compactMap { exact[ByteText($0)]?.first }
        return places.isEmpty ? nil : (places.map { Match(place: $0, inexact: nil) }, choice.separator)
    }

    private func places(of wanted: String) -> [Int] { exact[ByteText(wanted)] ?? folded[ByteText(HeaderContract.fold(wanted))] ?? [] }

    private func match(_ wanted: String, _ place: Int) -> Match {
        let found = header[place]
        let isExact = found.utf8.elementsEqual(wanted.utf8)
        return Match(place: place, inexact: isExact ? nil : InexactHeader(wanted: wanted, found: found, column: place))
    }

    /// NFKC without white space: `訪問日 \nY/M/D` and `訪問日Y/M/D` are one.
    static func fold(_ header: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in nfkc(header).unicodeScalars where !scalar.properties.isWhitespace { scalars.append(scalar) }
        return String(scalars)
    }
}

// What to say when a header does not match.
extension HeaderContract {
    private func missing(_ alternatives: [String], _ to: String) -> HeaderError.Problem {
        var near: [String] = []
        for wanted in alternatives {
            if let name = nearest(wanted, in: header.filter { !$0.isEmpty && !near.contains($0) }) { near.append(name) }
        }
        let wanted = alternatives.map(quoted).joined(separator: " nor ")
        let hint = near.isEmpty ? "no header is near it" : "nearest: \(near.map(quoted).joined(separator: ", "))"
        return HeaderError.Problem(
            kind: .missing, wanted: alternatives[0], to: to, places: [], nearest: near,
            description: "column \(to): the source has no header \(wanted); \(hint). Correct `from`, or the header in the source")
    }

    private func ambiguous(_ wanted: String, _ to: String, _ places: [Int]) -> HeaderError.Problem {
        HeaderError.Problem(
            kind: .ambiguous, wanted: wanted, to: to, places: places, nearest: [],
            description:
                "column \(to): the header \(quoted(wanted)) stands in columns \(letters(places)); say which with `occurrence: 1` to `occurrence: \(places.count)`"
        )
    }

    private func tooFew(_ wanted: String, _ to: String, _ places: [Int], _ occurrence: Int) -> HeaderError.Problem {
        HeaderError.Problem(
            kind: .missing, wanted: wanted, to: to, places: places, nearest: [],
            description: "column \(to): `occurrence: \(occurrence)`, but the header \(quoted(wanted)) stands only in columns \(letters(places))")
    }

    private func letters(_ places: [Int]) -> String { places.map(columnLetters).joined(separator: ", ") }
}

/// A header the way it is written in a pipeline file, so that a newline or an ideographic space in it can be seen.
func quoted(_ header: String) -> String {
    var text = "\""
    for scalar in header.unicodeScalars {
        switch scalar {
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\"": text += "\\\""
        case "\u{3000}": text += "\\u3000"
        case "\u{A0}": text += "\\u00a0"
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text + "\""
}

/// A column as a spreadsheet names it: 0 is A, 26 is AA.
public func columnLetters(_ column: Int) -> String {
    var letters: [UInt8] = [], rest = column
    repeat {
        letters.append(UInt8(ascii: "A") + UInt8(rest % 26))
        rest = rest / 26 - 1
    } while rest >= 0
    return String(decoding: letters.reversed(), as: UTF8.self)
}
