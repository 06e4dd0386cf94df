import YAMLText

/// Binds the streams of a Square account to its feeds: every column is a path into the objects of its stream's feed.
struct SquareStreams {
    let yaml: YAMLReader

    /// The streams, their alternatives tried in order by value: an API leaves out what it does not have, so no path is missing once and for all.
    func bound(_ streams: [StreamDefinition]) throws -> [StreamDefinition] {
        let names = streams.map(\.name)
        for stream in streams {
            guard stream.feed != nil else {
                throw yaml.problem("the stream \(stream.name) has no `feed`; expected one of \(SquareFeed.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            for column in stream.columns { try check(column, of: stream) }
            for parent in stream.after where !names.contains(where: { $0.utf8.elementsEqual(parent.utf8) }) {
                throw yaml.problem("the stream \(stream.name) is `after` \(parent), which is no stream here; expected some of \(names.joined(separator: ", "))")
            }
        }
        guard parentsFirst(streams) != nil else {
            throw yaml.problem("the streams wait for each other in a circle; one of them must be `after` none of the others")
        }
        return streams.map { stream in stream.replacing(columns: stream.columns.map { $0.reading($0.from.alternativesByValue) }) }
    }

    private func check(_ column: ColumnMapping, of stream: StreamDefinition) throws {
        let line = "in line \(column.place.line)"
        if case .header(_, _?) = column.from { throw yaml.problem("the column \(column.to) has `occurrence` \(line); an object has each member once") }
        for text in column.from.headers {
            let path: JSONPath
            do throws(JSONPathError) { path = try JSONPath(parsing: text) } catch { throw yaml.problem("the column \(column.to) \(line): \(error)") }
            let depth = stream.feed?.each?.depth ?? 0
            guard path.up <= depth, !path.isPlace || depth > 0 else {
                throw yaml.problem(
                    "the column \(column.to) \(line): the path \"\(text)\" leads out of more lists than the stream's `each` goes through, which is \(depth)")
            }
            let isJSON = column.type == .json
            if let other = stream.columns.first(where: { ($0.type == .json) != isJSON && $0.from.headers.contains { $0.utf8.elementsEqual(text.utf8) } }) {
                throw yaml.problem(
                    "the path \"\(text)\" is mapped as json to \(isJSON ? column.to : other.to) and otherwise to \(isJSON ? other.to : column.to); map it once")
            }
        }
    }
}

/// `feed` and `after` say something only where a source has several kinds of objects.
func checkOneTable(_ streams: [StreamDefinition], _ yaml: YAMLReader) throws {
    guard let stream = streams.first(where: { $0.feed != nil || !$0.after.isEmpty }) else { return }
    let key = stream.feed == nil ? "after" : "feed"
    throw yaml.problem("`\(key)` is not yet supported here; leave the key out of the stream \(stream.name) in line \(stream.place.line)")
}

extension ColumnOrigin {
    /// Other names for one header become places to be tried; a single one stays what it is.
    fileprivate var alternativesByValue: ColumnOrigin {
        if case .header(let alternatives, _) = self, alternatives.count > 1 { byValue } else { self }
    }
}
