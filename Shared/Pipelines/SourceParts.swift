import YAMLText

/// Binds the columns of the streams to the parts of their source: `vendors.shop_name` is the column shop_name of the part vendors.
struct SourceParts {
    let parts: [BigQueryPart]
    let yaml: YAMLReader

    /// The streams, their columns tried in order by value; a part of a merged row is a fact of its own and no other name for a header.
    func streams(_ streams: [StreamDefinition]) throws -> [StreamDefinition] {
        try streams.map { stream in
            for column in stream.columns {
                if case .header(_, _?) = column.from {
                    throw yaml.problem("the column \(column.to) has `occurrence` in line \(column.place.line); a part has each column once")
                }
                for header in column.from.headers { _ = try place(header, of: column) }
            }
            try checkKey(of: stream)
            return stream.replacing(columns: stream.columns.map { $0.reading($0.from.byValue) })
        }
    }

    /// The parts, each with the columns that the streams read of it.
    func parts(feeding streams: [StreamDefinition]) throws -> [BigQueryPart] {
        var columns = [[String]](repeating: [], count: parts.count)
        for column in streams.flatMap(\.columns) {
            for header in column.from.headers {
                let (part, name) = try place(header, of: column)
                if !columns[part].contains(where: { $0.utf8.elementsEqual(name.utf8) }) { columns[part].append(name) }
            }
        }
        return zip(parts, columns).map { part, columns in
            BigQueryPart(name: part.name, isBase: part.isBase, key: part.key, origin: part.origin, columns: columns, place: part.place)
        }
    }

    private func place(_ header: String, of column: ColumnMapping) throws -> (part: Int, column: String) {
        let words = header.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, !words[1].isEmpty, let part = parts.firstIndex(where: { $0.name.utf8.elementsEqual(words[0].utf8) }) else {
            throw yaml.problem(
                "the column \(column.to) reads `\(header)` in line \(column.place.line); expected a part and a column of it, as in "
                    + parts.map { "\($0.name).…" }.joined(separator: ", "))
        }
        return (part, String(words[1]))
    }

    /// A row of the source is a row of the base, so it is found again by what the base says.
    private func checkKey(of stream: StreamDefinition) throws {
        guard let base = parts.first(where: \.isBase) else { return }
        for name in stream.key {
            guard let column = stream.column(to: name), !column.from.headers.allSatisfy({ $0.utf8.starts(with: "\(base.name).".utf8) }) else { continue }
            throw yaml.problem(
                "the key column \(name) reads \(column.from.headers.joined(separator: ", ")) in line \(column.place.line); a key comes from the base, here \(base.name)"
            )
        }
    }
}

extension StreamDefinition {
    func replacing(columns: [ColumnMapping]) -> StreamDefinition {
        StreamDefinition(
            name: name, table: table, key: key, batch: batch, columns: columns, deletes: deletes, guards: guards, feed: feed, after: after, place: place)
    }
}

/// A list with a `join` in it says what to take instead where nothing stands: only parts of a source can be asked that.
func checkNothingTriedByValue(_ streams: [StreamDefinition], _ yaml: YAMLReader) throws {
    guard let column = streams.lazy.flatMap(\.columns).first(where: \.from.isTriedByValue) else { return }
    throw yaml.problem(
        "the column \(column.to) has a `join` in a list in line \(column.place.line); in a sheet or a file a list is other names for one header, "
            + "so write the header or the join alone")
}
