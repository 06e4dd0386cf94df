import YAMLText

extension StreamDefinition: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            let name = try keys.required("stream", as: NameWord.self).text
            let table = try keys.required("table", as: TableWord.self).text
            let key = try keys.required("key", as: [ColumnWord].self)
            try keys.later("detect", only: "hash")
            let batch = try keys.optional("batch", as: BatchSize.self)?.rows ?? 100
            let columns = try keys.required("columns", as: [ColumnMapping].self)
            let deletes = try keys.optional("deletes", as: DeletesReading.self)
            let guards = try keys.value("guards", default: Guards.standard)
            for (later, word) in [("track", "none"), ("history", "false"), ("onConflict", "source")] { try keys.later(later, only: word) }
            let feed = try StreamFeed(keys)
            let after = try keys.optional("after", as: [NameWord].self)?.map(\.text) ?? []
            try keys.later("parts", only: nil)

            try checkTargets(columns, yaml)
            try checkKey(key, of: columns, yaml)
            try deletes?.check(against: columns)
            return StreamDefinition(
                name: name, table: table, key: key.map(\.text), batch: batch, columns: columns, deletes: deletes?.deletes ?? .ignore, guards: guards,
                feed: feed, after: after, place: yaml.place)
        }
    }
}

/// Each target column has one source, and none is one that Rollcall writes itself.
private func checkTargets(_ columns: [ColumnMapping], _ yaml: YAMLReader) throws {
    guard !columns.isEmpty else { throw yaml.problem("`columns` is empty; expected at least the key's") }
    var lines: [[UInt8]: Int] = [:]
    for column in columns {
        if let line = lines.updateValue(column.place.line, forKey: Array(column.to.utf8)) {
            throw yaml.problem("the column \(column.to) is mapped twice, in lines \(line) and \(column.place.line); one target column has one source")
        }
        if ["synced_at", "db_updated_at"].contains(column.to) {
            throw yaml.problem(
                "the column \(column.to) is mapped in line \(column.place.line), but the loader sets it whenever it writes the row; take the line out")
        }
    }
}

/// A row is found again by its key, so a key column is there, is never blank and is one of the types that compare the same everywhere.
private func checkKey(_ key: [ColumnWord], of columns: [ColumnMapping], _ yaml: YAMLReader) throws {
    guard !key.isEmpty else { throw yaml.problem("`key` is empty; expected the columns that tell one row from another") }
    var seen: Set<[UInt8]> = []
    for word in key {
        guard let column = columns.first(where: { $0.to.utf8.elementsEqual(word.text.utf8) }) else {
            throw word.yaml.expected("a column of `columns`, one of \(columns.prefix(5).map(\.to).joined(separator: ", "))\(columns.count > 5 ? ", …" : "")")
        }
        guard seen.insert(Array(word.text.utf8)).inserted else { throw word.yaml.problem("the column \(word.text) stands in `key` twice") }
        let line = "line \(column.place.line)"
        guard [.text, .integer, .date].contains(column.type) else {
            throw word.yaml.problem("the key column \(column.to) is a \(column.type.rawValue) in \(line); a key is text, integer or date")
        }
        guard column.isRequired else { throw word.yaml.problem("the key column \(column.to) may be blank; write `required: true` in \(line)") }
        guard column.fallback == nil, column.onInvalid == .reject, column.tiers.isEmpty else {
            throw word.yaml.problem(
                "the key column \(column.to) has `default`, `tiers` or `onInvalid` in \(line); rows without a key of their own would become one row")
        }
    }
}

/// Rows read and sent together.
private struct BatchSize: YAMLReadable {
    let rows: Int

    init(reading yaml: YAMLReader) throws {
        rows = try Int(reading: yaml)
        guard (1...1000).contains(rows) else { throw yaml.expected("a number of rows from 1 to 1000") }
    }
}

/// Reads `deletes:` and remembers where it stands.
private struct DeletesReading: YAMLReadable {
    let deletes: Deletes
    private let yaml: YAMLReader

    private enum Mode: String, YAMLReadable, CaseIterable { case ignore, soft, hard }

    init(reading yaml: YAMLReader) throws {
        self.yaml = yaml
        deletes = try yaml.mapping { keys in
            let mode = try keys.required("mode", as: Mode.self)
            let column = try keys.optional("column", as: ColumnWord.self)
            switch (mode, column) {
            case (.ignore, nil): return .ignore
            case (.hard, nil): return .hard
            case (.soft, let column?): return .soft(column: column.text)
            case (.soft, nil):
                throw yaml.problem("the key `column` is missing; a soft delete sets a timestamptz column, as in { mode: soft, column: deleted_at }")
            case (_, let column?): throw column.yaml.problem("`column` belongs to `mode: soft`; with \(mode.rawValue) nothing is written there")
            }
        }
    }

    func check(against columns: [ColumnMapping]) throws {
        guard case .soft(let name) = deletes, let column = columns.first(where: { $0.to.utf8.elementsEqual(name.utf8) }) else { return }
        throw yaml.problem("the column \(name) is mapped in line \(column.place.line); a soft delete needs a column of its own")
    }
}

extension Guards: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            Guards(shrink: try keys.value("shrink", default: Guards.standard.shrink), deletes: try keys.value("deletes", default: Guards.standard.deletes))
        }
    }
}

extension YAMLReader {
    var place: FilePlace { FilePlace(file: fileName, line: mark.line, column: mark.column) }
}
