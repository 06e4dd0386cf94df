import Pipelines

/// The source that a pipeline file names; nothing is read or reached before it is opened.
public func makeSource(_ definition: SourceDefinition) throws(SourceError) -> any Source {
    switch definition {
    case .csv(let file): CSVSource(file)
    case .googleSheets(let tab): throw SourceError(.unusable, place: tab.sheet, "expected kind: csv; this build cannot read google-sheets")
    }
}
