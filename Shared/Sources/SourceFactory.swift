import Pipelines

/// The source that a pipeline file names; nobody is asked before it is opened, but a key file is read.
/// - Parameter access: how this service reaches sources on the network, where the pipeline does not say so itself.
public func makeSource(_ definition: SourceDefinition, access: SourceAccess) throws(SourceError) -> any Source {
    switch definition {
    case .csv(let file): CSVSource(file)
    case .googleSheets(let tab): try GoogleSheetsSource(tab, access: access.sheets)
    case .bigQuery(let warehouse): try BigQuerySource(warehouse, access: access.bigQuery)
    case .square:
        throw SourceError(
            .unusable, place: "source of kind square",
            "is not yet supported by the extractor: no run reads it so far; keep its file out of the folder of pipelines until one does")
    }
}
