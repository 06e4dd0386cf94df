import Pipelines

/// The source that a pipeline file names; nobody is asked before it is opened, but a key file is read.
/// - Parameter sheets: How this service reaches Google Sheets, where the pipeline does not say so itself.
public func makeSource(_ definition: SourceDefinition, sheets: GoogleSheetsAccess) throws(SourceError) -> any Source {
    switch definition {
    case .csv(let file): CSVSource(file)
    case .googleSheets(let tab): try GoogleSheetsSource(tab, access: sheets)
    }
}
