import JSONText

/// Where a row was found, so that a person can go there: `{"kind":"google-sheets","row":4120,"cell":"買主リスト!A4120",…}`.
public struct Origin: Sendable, Equatable {
    /// The source's kind as in pipeline files.
    public var kind: String
    /// Counts from 1 as the source shows it: the sheet's row number, the line number of a file.
    public var row: Int?
    /// The row's first cell, or another address people can follow.
    public var cell: String?
    /// The source's own version of the row, where it has one.
    public var version: String?
    /// The source's own time of the row's last change, RFC 3339.
    public var updatedAt: String?

    public init(kind: String, row: Int? = nil, cell: String? = nil, version: String? = nil, updatedAt: String? = nil) {
        (self.kind, self.row, self.cell, self.version, self.updatedAt) = (kind, row, cell, version, updatedAt)
    }
}

extension Origin: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("kind", kind)
            json.member("row", row)
            json.member("cell", cell)
            json.member("version", version)
            json.member("updated_at", updatedAt)
        }
    }

    init(reading reader: RecordReader) throws(RecordError) {
        kind = try reader.text("kind")
        row = try reader.optionalInteger("row").map(Int.init)
        cell = try reader.optionalText("cell")
        version = try reader.optionalText("version")
        updatedAt = try reader.optionalText("updated_at")
    }
}
