import Pipelines

/// What is asked of BigQuery for one part. Names come from the table's own schema or the pipeline file, and stand in backticks.
struct PartQuery: Sendable, Equatable {
    let text: String

    /// The mapped columns of a table.
    init(table: String, project: String, key: String, columns: [String], filter: String?, newest: String?) {
        let path = table.split(separator: ".").count == 3 ? table : "\(project).\(table)"
        var names: [String] = []
        for name in [key] + columns where !names.contains(name) { names.append(name) }
        // The closing bracket stands on a line of its own, in case the condition ends in a comment.
        var text = "SELECT \(names.map { "`\($0)`" }.joined(separator: ", ")) FROM `\(path)`\nWHERE (\(filter ?? "TRUE")\n)"
        if let newest { text += "\nQUALIFY ROW_NUMBER() OVER (PARTITION BY `\(key)` ORDER BY `\(newest)` DESC) = 1" }
        self.text = text
    }

    init(_ text: String) { self.text = text }
}
