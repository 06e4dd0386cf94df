import YAMLText

extension BigQueryDefinition {
    /// The parts have no columns yet: which are read, the streams say.
    init(_ keys: YAMLKeys, _ yaml: YAMLReader, timeZone: String) throws {
        let parts = try keys.required("parts", as: [BigQueryPart].self)
        self.init(
            project: try keys.required("project", as: ProjectWord.self).text, location: try keys.required("location", as: LocationWord.self).text,
            timeZone: timeZone, endpoint: try keys.optional("endpoint", as: Endpoint.self)?.text,
            credentials: try keys.optional("credentials", as: SomeText.self)?.text, parts: parts)
        let bases = parts.filter(\.isBase)
        guard bases.count == 1 else {
            throw yaml.problem(
                "\(bases.count) of the \(parts.count) parts have `base: true`; expected exactly one, whose rows are the rows of the source")
        }
        for (place, part) in parts.enumerated() where parts[..<place].contains(where: { $0.name == part.name }) {
            throw yaml.problem("the part \(part.name) stands in `parts` twice, again in line \(part.place.line); give one another name")
        }
    }

    func reading(_ parts: [BigQueryPart]) -> BigQueryDefinition {
        BigQueryDefinition(project: project, location: location, timeZone: timeZone, endpoint: endpoint, credentials: credentials, parts: parts)
    }
}

extension BigQueryPart: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            let name = try keys.required("part", as: NameWord.self).text
            let isBase = try keys.value("base", default: false)
            let key = try keys.required("key", as: SomeText.self).text
            let table = try keys.optional("table", as: TablePath.self)?.text
            let query = try keys.optional("query", as: SomeText.self)?.text
            let filter = try keys.optional("where", as: SomeText.self)?.text
            let newest = try keys.optional("newest", as: SomeText.self)?.text
            let origin: Origin
            switch (table, query) {
            case (let table?, nil): origin = .table(name: table, filter: filter, newest: newest)
            case (nil, let query?):
                guard filter == nil, newest == nil else {
                    throw yaml.problem("`where` and `newest` belong to `table`; a query says so itself")
                }
                origin = .query(query)
            default: throw yaml.problem("the part \(name) needs either `table`, as in dataset.table, or `query`, a SELECT")
            }
            return BigQueryPart(name: name, isBase: isBase, key: key, origin: origin, columns: [], place: yaml.place)
        }
    }
}

/// A project's id; one that ended in CR LF has asked somebody else's project before.
private struct ProjectWord: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "a Google Cloud project's id, as in my-project-123"
        text = try yaml.scalar(what).text
        guard isPlain(text, besides: "-.:") else { throw yaml.expected(what) }
    }
}

private struct LocationWord: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "where the data sets live, as in us-west1, US or EU"
        text = try yaml.scalar(what).text
        guard isPlain(text, besides: "-") else { throw yaml.expected(what) }
    }
}

/// `dataset.table` or `project.dataset.table`, of the signs that need no quoting in an address or in SQL.
private struct TablePath: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "a table, as in dataset.table or project.dataset.table (one with other signs in its name goes into a `query`)"
        text = try yaml.scalar(what).text
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(words.count), words.allSatisfy({ isPlain(String($0), besides: "-_") }) else { throw yaml.expected(what) }
    }
}

private func isPlain(_ text: String, besides signs: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || signs.utf8.contains($0) }
}
