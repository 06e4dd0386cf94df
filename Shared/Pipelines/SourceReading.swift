import YAMLText

/// Reads `source:`; each kind has keys of its own.
struct SourceReading: YAMLReadable {
    let definition: SourceDefinition
    private let hasZone: Bool
    private let yaml: YAMLReader

    private enum Kind: String, YAMLReadable, CaseIterable {
        case csv
        case googleSheets = "google-sheets"
        case bigQuery = "bigquery"
        case square
    }

    init(reading yaml: YAMLReader) throws {
        self.yaml = yaml
        (definition, hasZone) = try yaml.mapping { keys in
            let kind = try keys.required("kind", as: Kind.self)
            let zone = try keys.optional("timeZone", as: ZoneWord.self)
            let definition: SourceDefinition
            switch kind {
            case .csv: definition = .csv(try CSVDefinition(keys, timeZone: zone?.name ?? "UTC"))
            case .googleSheets: definition = .googleSheets(try GoogleSheetsDefinition(keys, timeZone: zone?.name ?? "UTC"))
            case .bigQuery: definition = .bigQuery(try BigQueryDefinition(keys, yaml, timeZone: zone?.name ?? "UTC"))
            case .square: definition = .square(try SquareDefinition(keys, timeZone: zone?.name ?? "UTC"))
            }
            return (definition, zone != nil)
        }
    }

    /// The source and the streams, each as the other needs it.
    func binding(_ streams: [StreamDefinition]) throws -> (SourceDefinition, [StreamDefinition]) {
        if case .square = definition { return (definition, try SquareStreams(yaml: yaml).bound(streams)) }
        try checkOneTable(streams, yaml)
        guard case .bigQuery(let warehouse) = definition else {
            try checkNothingTriedByValue(streams, yaml)
            return (definition, streams)
        }
        let parts = SourceParts(parts: warehouse.parts, yaml: yaml)
        let bound = try parts.streams(streams)
        return (.bigQuery(warehouse.reading(try parts.parts(feeding: bound))), bound)
    }

    /// A default would put every date an ocean away, and nobody would see it for months.
    func checkZone(for streams: [StreamDefinition]) throws {
        // Square's times carry their offset; only a day needs to be told where.
        let saysOffsets = if case .square = definition { true } else { false }
        guard !hasZone, let column = streams.lazy.flatMap(\.columns).first(where: { $0.type == .date || $0.type == .timestamp && !saysOffsets }) else { return }
        throw yaml.problem(
            "the key `timeZone` is missing; the column \(column.to) is a \(column.type.rawValue), so say which zone the source means, as in Asia/Tokyo")
    }
}

extension CSVDefinition {
    fileprivate init(_ keys: YAMLKeys, timeZone: String) throws {
        self.init(
            path: try keys.required("path", as: SomeText.self).text, encoding: try keys.value("encoding", default: .auto),
            delimiter: try keys.optional("delimiter", as: Delimiter.self)?.byte ?? UInt8(ascii: ","),
            headerRow: try keys.optional("headerRow", as: RowNumber.self)?.value ?? 1, timeZone: timeZone)
    }
}

extension CSVDefinition.Encoding: YAMLReadable {}

extension GoogleSheetsDefinition {
    fileprivate init(_ keys: YAMLKeys, timeZone: String) throws {
        self.init(
            spreadsheet: try keys.required("spreadsheet", as: SpreadsheetID.self).text, sheet: try keys.required("sheet", as: SomeText.self).text,
            headerRow: try keys.optional("headerRow", as: RowNumber.self)?.value ?? 1, timeZone: timeZone,
            endpoint: try keys.optional("endpoint", as: Endpoint.self)?.text, credentials: try keys.optional("credentials", as: SomeText.self)?.text)
    }
}

/// The long word in a spreadsheet's address.
private struct SpreadsheetID: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "a spreadsheet's id: the part of its address between /d/ and /edit"
        text = try yaml.scalar(what).text
        let isPlain = text.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
        guard !text.isEmpty, isPlain else { throw yaml.expected(what) }
    }
}

/// Where an API answers.
struct Endpoint: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "an address, as in https://sheets.googleapis.com"
        text = try yaml.scalar(what).text
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { throw yaml.expected(what) }
    }
}

/// What stands between two cells.
private struct Delimiter: YAMLReadable {
    let byte: UInt8

    init(reading yaml: YAMLReader) throws {
        let what = "one of \",\" \";\" \"|\" tab"
        switch try yaml.scalar(what).text {
        case "tab", "\t": byte = 0x09
        case let text where text.utf8.count == 1 && ",;|:".contains(text): byte = text.utf8[text.utf8.startIndex]
        default: throw yaml.expected(what)
        }
    }
}

private struct RowNumber: YAMLReadable {
    let value: Int

    init(reading yaml: YAMLReader) throws {
        value = try Int(reading: yaml)
        guard (1...10_000).contains(value) else { throw yaml.expected("a row number from 1 on") }
    }
}
