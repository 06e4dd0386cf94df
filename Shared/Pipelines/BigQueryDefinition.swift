/// Tables and queries of BigQuery whose rows are merged by key: one is the base, the others add columns to its rows.
public struct BigQueryDefinition: Sendable, Equatable {
    /// The project that runs the queries and pays for them.
    public let project: String
    /// Where the data sets live, as in `us-west1`. It is never guessed: a query sent elsewhere finds no data set.
    public let location: String
    public let timeZone: String
    /// Where the API answers; nil: Google's.
    public let endpoint: String?
    /// The path of the service account's key file; nil: `GOOGLE_APPLICATION_CREDENTIALS` says.
    public let credentials: String?
    /// In the order of the file; exactly one is the base.
    public let parts: [BigQueryPart]

    public init(project: String, location: String, timeZone: String = "UTC", endpoint: String? = nil, credentials: String? = nil, parts: [BigQueryPart]) {
        (self.project, self.location, self.timeZone) = (project, location, timeZone)
        (self.endpoint, self.credentials, self.parts) = (endpoint, credentials, parts)
    }
}

/// One small query of its own, whose columns are headers of the merged row: `vendors.shop_name`.
public struct BigQueryPart: Sendable, Equatable {
    public enum Origin: Sendable, Equatable {
        /// The mapped columns of a table or view.
        /// - Parameters:
        ///   - name: `dataset.table`, or `project.dataset.table`.
        ///   - filter: a condition in GoogleSQL.
        ///   - newest: of rows with one key, the one with the highest value in this column is taken.
        case table(name: String, filter: String?, newest: String?)
        /// A SELECT in GoogleSQL.
        case query(String)
    }
    /// Unique in its source.
    public let name: String
    /// Its rows are the rows of the source; without it there is no run.
    public let isBase: Bool
    /// The column whose value says to which row of the base a row belongs.
    public let key: String
    public let origin: Origin
    /// The columns that some stream maps, without the key unless it is mapped too, in the order of the file.
    public let columns: [String]
    public let place: FilePlace

    public init(name: String, isBase: Bool = false, key: String, origin: Origin, columns: [String], place: FilePlace) {
        (self.name, self.isBase, self.key, self.origin, self.columns, self.place) = (name, isBase, key, origin, columns, place)
    }

    /// A column of the part as streams name it.
    public func header(_ column: String) -> String { "\(name).\(column)" }
}
