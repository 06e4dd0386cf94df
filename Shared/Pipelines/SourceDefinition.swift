/// Where a pipeline's rows come from.
public enum SourceDefinition: Sendable, Equatable {
    case csv(CSVDefinition)
    case googleSheets(GoogleSheetsDefinition)
    case bigQuery(BigQueryDefinition)
    case square(SquareDefinition)

    /// The word in pipeline files and in `origin.kind`.
    public var kind: String {
        switch self {
        case .csv: "csv"
        case .googleSheets: "google-sheets"
        case .bigQuery: "bigquery"
        case .square: "square"
        }
    }

    /// The zone in which the source's dates and times are meant; an IANA name that was found in this machine's zone data.
    public var timeZone: String {
        switch self {
        case .csv(let csv): csv.timeZone
        case .googleSheets(let sheet): sheet.timeZone
        case .bigQuery(let warehouse): warehouse.timeZone
        case .square(let account): account.timeZone
        }
    }
}

/// A CSV file.
public struct CSVDefinition: Sendable, Equatable {
    public enum Encoding: String, Sendable, CaseIterable {
        /// By the byte order mark; without one UTF-8.
        case auto
        case utf8 = "utf-8"
        case utf16 = "utf-16"
        case utf16le = "utf-16le"
        case utf16be = "utf-16be"
        /// With Microsoft's additions (CP932), as Excel writes it.
        case shiftJIS = "shift_jis"
    }
    /// As written; relative to the working directory.
    public let path: String
    public let encoding: Encoding
    /// One ASCII character.
    public let delimiter: UInt8
    /// Counts records from 1.
    public let headerRow: Int
    public let timeZone: String

    public init(path: String, encoding: Encoding = .auto, delimiter: UInt8 = UInt8(ascii: ","), headerRow: Int = 1, timeZone: String = "UTC") {
        (self.path, self.encoding, self.delimiter, self.headerRow, self.timeZone) = (path, encoding, delimiter, headerRow, timeZone)
    }
}

/// One tab of a Google spreadsheet.
public struct GoogleSheetsDefinition: Sendable, Equatable {
    /// The id in the spreadsheet's address.
    public let spreadsheet: String
    /// The tab's name, exactly as written on it.
    public let sheet: String
    /// Counts from 1.
    public let headerRow: Int
    public let timeZone: String
    /// Where the API answers; nil: Google's.
    public let endpoint: String?
    /// The path of the service account's key file; nil: `GOOGLE_APPLICATION_CREDENTIALS` says.
    public let credentials: String?

    public init(spreadsheet: String, sheet: String, headerRow: Int = 1, timeZone: String, endpoint: String? = nil, credentials: String? = nil) {
        (self.spreadsheet, self.sheet, self.headerRow) = (spreadsheet, sheet, headerRow)
        (self.timeZone, self.endpoint, self.credentials) = (timeZone, endpoint, credentials)
    }
}
