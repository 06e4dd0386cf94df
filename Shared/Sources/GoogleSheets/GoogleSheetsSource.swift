import HTTPClient
import Mapping
import Pipelines
import Signing
import Synchronization

/// One tab of a Google spreadsheet, read by a service account.
///
/// The Sheets API has no snapshots, so everything is read by one request and kept in memory as the bytes of the answer; `rows` replays them.
/// Only what people see in number cells needs a second request, and a third proves that no number moved between the two.
public final class GoogleSheetsSource: Source {
    public let kind = "google-sheets"

    /// What `open` read.
    private struct Tab: Sendable {
        var values: SheetValues
        var header: [String]
        var shown: ShownTexts?
        var requests: Int
        var stamp: String
    }

    /// How often a sheet that people are editing is read again before the run gives up.
    private static let readsMax = 3
    /// Google does not say how long an address may be; most servers take 8,000 bytes.
    private static let addressBytesMax = 4_000

    private let definition: GoogleSheetsDefinition
    private let requests: SourceRequests
    private let requestsPerMinute: Int
    private let place: String
    private let tab = Mutex<Tab?>(nil)

    /// Reads the key file; asks nobody. Throws `SourceError` when the pipeline, the access or the key file cannot be right.
    public init(_ definition: GoogleSheetsDefinition, access: GoogleSheetsAccess) throws(SourceError) {
        let place = "spreadsheet \(definition.spreadsheet.prefix(80)), tab \(definition.sheet)"
        guard !definition.spreadsheet.isEmpty, definition.spreadsheet.utf8.allSatisfy(isIDCharacter) else {
            // An id from an environment variable that ended in CR LF has asked for another sheet before.
            throw SourceError(
                .unusable, place: "spreadsheet \(definition.spreadsheet.debugDescription)",
                "is no spreadsheet id; expected the letters, digits, - and _ between /d/ and /edit of its address, and nothing else")
        }
        let endpoint = definition.endpoint ?? access.endpoint
        let base = String((endpoint ?? "https://sheets.googleapis.com").reversed().drop { $0 == "/" }.reversed())
        guard let origin = WebOrigin(base), origin.scheme == "https" || origin.isLoopback else {
            throw SourceError(.unusable, place: place, "the endpoint is no https address; expected https://sheets.googleapis.com or nothing")
        }
        guard let credentials = definition.credentials ?? access.credentialsFile else {
            throw SourceError(
                .unusable, place: place,
                "no service account key; set `credentials:` in the pipeline or GOOGLE_APPLICATION_CREDENTIALS to the path of its key file")
        }
        let key = try ServiceAccountKey(path: credentials, allowsAnyTokenURI: endpoint != nil)
        var settings = HTTPSessionSettings(userAgent: access.userAgent)
        settings.proxy = access.proxy
        let session: HTTPSession
        do { session = try HTTPSession(settings) } catch { throw SourceError(.unreachable, place: place, "\(error)") }
        self.definition = definition
        self.place = place
        requestsPerMinute = access.requestsPerMinute
        requests = SourceRequests(
            session: session, credential: AccessTokens(key, for: .sheets, session, access.clock),
            quota: RequestQuota(perMinute: access.requestsPerMinute, clock: access.clock), clock: access.clock,
            api: SourceRequests.API(
                name: "Google Sheets", endpoint: base, tooLarge: "delete what is not needed in the tab, or split it",
                meaning: SheetsAnswers(endpoint: base, clientEmail: key.clientEmail).meaning),
            bounds: SourceRequests.Bounds(secondsMax: access.requestSecondsMax, bodyBytesMax: access.bodyBytesMax), place: place)
    }

    public func open() async throws -> [String] {
        let opened = try await read()
        tab.withLock { $0 = opened }
        return opened.header
    }

    public func wantShown(_ columns: Set<Int>) async throws {
        var opened = try current()
        for read in 1...Self.readsMax {
            let needed = try ShownTexts.needed(columns.filter { $0 < opened.header.count }, in: opened.values, belowRow: definition.headerRow)
            if needed.isEmpty { return tab.withLock { [opened] in $0 = opened } }
            let spans = SheetRange.spans(needed, spansMax: spansMax)
            let shown = ShownTexts(spans: spans, texts: try await batchGet(spans, "FORMATTED_VALUE"))
            let later = try await batchGet(spans, "UNFORMATTED_VALUE")
            opened.requests += 2
            if try ShownTexts.isUnmoved(opened.values, later, spans: spans, belowRow: definition.headerRow) {
                opened.shown = shown
                return tab.withLock { [opened] in $0 = opened }
            }
            if read < Self.readsMax { opened = try await reread(opened) }
        }
        throw SourceError(
            .changed, place: place, "people changed numbers in it during each of \(Self.readsMax) reads; run again when it is quieter")
    }

    public func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate {
        let opened = try current()
        let count = opened.values.blocks[0].rowStarts.count
        var row = SourceRow()
        for index in definition.headerRow..<max(definition.headerRow, count) {
            if (index - definition.headerRow) % 256 == 0 { try Task.checkCancellation() }
            try fill(&row, from: opened, at: index)
            try take(row)
        }
        // Invariant 7: one answer, checked to its end, is the whole tab.
        return ReadCertificate(rows: max(0, count - definition.headerRow), pages: opened.requests, stamp: opened.stamp, isComplete: true)
    }

    public var rowsExpected: Int? {
        get async { tab.withLock { $0.map { max(0, $0.values.blocks[0].rowStarts.count - definition.headerRow) } } }
    }

    /// The tab, and where a text column shows number cells the texts people see and the proof that nothing moved meanwhile.
    public var ratePlan: RatePlan? { get async { RatePlan(requests: 3, perMinute: requestsPerMinute) } }

    public func address(row: Int, column: Int?) -> String { "\(definition.sheet)!\(columnLetters(column ?? 0))\(row)" }

    private func reread(_ before: Tab) async throws -> Tab {
        var again = try await read()
        guard again.header.elementsEqual(before.header, by: { $0.utf8.elementsEqual($1.utf8) }) else {
            throw SourceError(.changed, place: place, "its header was changed while it was read; run again")
        }
        again.requests += before.requests
        return again
    }

    private func current() throws -> Tab {
        guard let opened = tab.withLock({ $0 }) else { throw SourceError(.unusable, place: place, "was not opened") }
        return opened
    }

    /// Cells behind the last header belong to no column and are left out.
    private func fill(_ row: inout SourceRow, from opened: Tab, at index: Int) throws {
        let values = opened.values, width = opened.header.count
        var shown = [JSONScan.Scalar?](repeating: nil, count: opened.shown == nil ? 0 : width)
        try opened.shown?.fill(&shown, from: index)
        row.begin(number: index + 1)
        try values.cells(block: 0, row: index) { column, cell in
            guard column < width else { return }
            row.append(cell, of: values)
            if cell.isShownByFormat, column < shown.count, let texts = opened.shown?.texts { row.show(texts.text(shown[column])) }
        }
        row.pad(to: width)
    }
}

extension GoogleSheetsSource {
    /// How many column ranges one address may name.
    private var spansMax: Int {
        max(1, Self.addressBytesMax / ("&ranges=".utf8.count + percentEncoded(SheetRange.columns(0...20_000, tab: definition.sheet)).utf8.count))
    }

    private var spreadsheetPath: String { "/v4/spreadsheets/\(definition.spreadsheet)" }

    /// Reads the whole tab: one request is the only consistent read there is.
    private func read() async throws -> Tab {
        let path = "\(spreadsheetPath)/values/\(percentEncoded(SheetRange.tab(definition.sheet)))"
        let options = "?majorDimension=ROWS&valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=SERIAL_NUMBER&prettyPrint=false"
        let values: SheetValues
        do {
            values = try await requests.get(path + options) { body throws(JSONScan.Problem) in try SheetValues(valuesGet: body) }
        } catch let refusal as SheetsAnswers.BadRequest {
            throw try await explained(refusal)
        }
        let range = values.blocks[0].range
        guard let corner = range.split(separator: "!").last?.split(separator: ":").first, corner == "A1" else {
            throw SourceError(.unusable, place: place, "Google gave the range \(range.prefix(120)); expected one that begins at A1, as a whole tab does")
        }
        let header = try header(values)
        guard !header.isEmpty else {
            let rows = values.blocks[0].rowStarts.count
            throw SourceError(.unusable, place: place, "row \(definition.headerRow), the header, is empty; the tab has \(rows) rows. Is headerRow right?")
        }
        return Tab(values: values, header: header, requests: 1, stamp: "sha256:\(hexadecimal(sha256(values.body)))")
    }

    private func header(_ values: SheetValues) throws -> [String] {
        var row = SourceRow()
        try values.cells(block: 0, row: definition.headerRow - 1) { _, cell in row.append(cell, of: values) }
        var header = row.cells.indices.map { row.text($0) }
        while header.last?.isEmpty == true { header.removeLast() }
        return header
    }

    private func batchGet(_ spans: [ClosedRange<Int>], _ render: String) async throws -> SheetValues {
        let ranges = spans.map { "&ranges=" + percentEncoded(SheetRange.columns($0, tab: definition.sheet)) }.joined()
        let options = "?majorDimension=ROWS&valueRenderOption=\(render)&dateTimeRenderOption=SERIAL_NUMBER&prettyPrint=false"
        do {
            return try await requests.get("\(spreadsheetPath)/values:batchGet\(options)\(ranges)") { body throws(JSONScan.Problem) in
                let values = try SheetValues(batchGet: body)
                guard values.blocks.count == spans.count else { throw JSONScan.Problem(offset: body.count, expected: "\(spans.count) ranges") }
                return values
            }
        } catch let refusal as SheetsAnswers.BadRequest {
            throw try await explained(refusal)
        }
    }

    /// Why the API refused a range: nearly always a tab that is not there.
    private func explained(_ refusal: SheetsAnswers.BadRequest) async throws -> SourceError {
        let tabs = try await requests.get("\(spreadsheetPath)?fields=sheets.properties.title&prettyPrint=false", sheetTitles)
        guard !tabs.contains(where: { $0.utf8.elementsEqual(definition.sheet.utf8) }) else {
            return SourceError(.unusable, place: place, "the Sheets API refused the request: \(refusal.message)")
        }
        return SourceError(.unusable, place: place, unknownTab(definition.sheet, among: tabs))
    }
}

private func isIDCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
    default: false
    }
}

extension SourceRow {
    /// Adds a cell as the API gave it. A formula that yields "" counts as empty, as it does for the person who looks.
    fileprivate mutating func append(_ cell: JSONScan.Scalar, of values: SheetValues) {
        switch cell {
        case .null: appendEmpty()
        case .number(let digits): append(.number, values.body[digits])
        case .boolean(let value): append(.boolean, (value ? "true" : "false").utf8)
        case .string(let range, _) where range.isEmpty: appendEmpty()
        case .string(let range, hasEscapes: false): append(isSheetError(values.body[range]) ? .error : .text, values.body[range])
        case .string(_, hasEscapes: true):
            let text = values.text(cell)
            append(isSheetError(text[...]) ? .error : .text, text)
        }
    }
}
