import YAMLText

/// What the tests read: every kind of value that a pipeline file has.
struct OrderForm: YAMLReadable {
    enum Mode: String, CaseIterable, YAMLReadable { case ignore, soft, hard }
    struct Line: YAMLReadable {
        let from: [String]
        let isRequired: Bool

        init(reading yaml: YAMLReader) throws {
            (from, isRequired) = try yaml.mapping { (try $0.required("from"), try $0.value("required", default: false)) }
        }
    }

    let name: String
    let batch: Int
    let mode: Mode
    let lines: [Line]
    let after: String?

    init(reading yaml: YAMLReader) throws {
        (name, batch, mode, lines, after) = try yaml.mapping { keys in
            (
                try keys.required("name"), try keys.value("batch", default: 100), try keys.value("mode", default: .ignore), try keys.required("lines"),
                try keys.optional("after")
            )
        }
    }

    static func read(_ text: String, environment: [String: String] = [:]) throws -> OrderForm {
        let node = try YAMLNode(parsing: Array(text.utf8), file: "form.yaml")
        return try OrderForm(reading: YAMLReader(node, file: "form.yaml", environment: environment))
    }
}
