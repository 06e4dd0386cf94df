import Mapping
import Pipelines
import Synchronization

/// One stream of a Square account: the rows that are made of the objects of its feed.
///
/// The first `rows` of any stream of a feed reads the feed; all others replay what it read, so streams of one feed see one state.
public final class SquareSource: Source {
    public let kind = "square"

    private let stream: StreamDefinition
    private let reading: SquareFeedReading
    private let header: [String]
    /// Rows of the last pass; nil before it.
    private let counted = Mutex<Int?>(nil)

    /// Asks nobody.
    /// - Parameter reading: of the stream's feed, with this stream among its streams.
    /// - Throws: `SourceError` for a stream of another feed, or whose columns lead nowhere.
    public init(_ stream: StreamDefinition, reading: SquareFeedReading) throws(SourceError) {
        guard stream.feed?.feed == reading.feed else {
            throw SourceError(.unusable, place: "stream \(stream.name)", "is made of another feed than \(reading.feed.rawValue)")
        }
        do { header = try JSONRowReader(stream).header } catch { throw SourceError(.unusable, place: "stream \(stream.name)", "\(error)") }
        (self.stream, self.reading) = (stream, reading)
    }

    /// The paths of the stream, which need no request: an object leaves out what it does not have, so no path is missing once and for all.
    /// To open what was read already begins anew.
    public func open() async throws -> [String] {
        if counted.withLock({ $0 }) != nil { await reading.forget() }
        counted.withLock { $0 = nil }
        return header
    }

    public func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate {
        try Task.checkCancellation()
        let outcome = try await reading.outcome()
        guard let spool = outcome.spools[stream.name] else {
            throw SourceError(.unusable, place: "stream \(stream.name)", "is none of the streams that were read with \(reading.feed.rawValue)")
        }
        let rows = try spool.each(skipping: outcome.superseded, take)
        counted.withLock { $0 = rows }
        // Invariant 7: complete is what ended with a page without a cursor, for every location.
        return ReadCertificate(
            rows: rows, pages: outcome.certificate.pages, stamp: "listed from \(outcome.began)", isComplete: outcome.certificate.isComplete)
    }

    public var rowsExpected: Int? { get async { counted.withLock { $0 } } }

    public func address(row: Int, column: Int?) -> String {
        let list = stream.feed?.each.map { "\(reading.feed.rawValue), \($0.text)" } ?? reading.feed.rawValue
        guard let column, header.indices.contains(column) else { return "row \(row) of \(list)" }
        return "\(header[column]), row \(row) of \(list)"
    }
}
