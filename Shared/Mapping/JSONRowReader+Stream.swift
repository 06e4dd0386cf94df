import Pipelines

extension JSONRowReader {
    /// The reader of what a stream maps, element by element of its `each`: every `from` is a path, once, in the order of the file.
    /// - Throws: `JSONPathError` also for a path that one column wants as JSON and another as it stands.
    public init(_ stream: StreamDefinition) throws(JSONPathError) {
        var columns: [Column] = []
        for mapping in stream.columns {
            for header in mapping.from.headers {
                let column = Column(try JSONPath(parsing: header), isJSON: mapping.type == .json)
                guard let known = columns.first(where: { $0.path == column.path }) else {
                    columns.append(column)
                    continue
                }
                guard known.isJSON == column.isJSON else {
                    throw JSONPathError(path: header, problem: "is mapped as json and as another type too; map it once, and derive the other in the database")
                }
            }
        }
        try self.init(each: stream.feed?.each, columns: columns)
    }

    /// The paths as the stream writes them: what a source gives as its header.
    public var header: [String] { columns.map(\.path.text) }
}
