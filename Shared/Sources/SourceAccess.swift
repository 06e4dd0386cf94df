/// How this service reaches the places that pipelines name; what a pipeline file says of its own wins.
public struct SourceAccess: Sendable {
    public var sheets: GoogleSheetsAccess
    public var bigQuery: BigQueryAccess

    public init(sheets: GoogleSheetsAccess, bigQuery: BigQueryAccess) { (self.sheets, self.bigQuery) = (sheets, bigQuery) }
}
