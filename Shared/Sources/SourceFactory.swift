import Pipelines

/// The source that a pipeline file names; nobody is asked before it is opened, but a key file is read.
/// - Parameter access: how this service reaches sources on the network, where the pipeline does not say so itself.
public func makeSource(_ definition: SourceDefinition, access: SourceAccess) throws(SourceError) -> any Source {
    switch definition {
    case .csv(let file): CSVSource(file)
    case .googleSheets(let tab): try GoogleSheetsSource(tab, access: access.sheets)
    case .bigQuery(let warehouse): try BigQuerySource(warehouse, access: access.bigQuery)
    }
}
