import JSONText
import Mapping
import Pipelines

/// One reading of one feed, shared by all streams that are made of it: orders are listed once for the orders, their lines, tenders and returns.
///
/// An object that is told twice, within a list that lives while it is read or after a restart, counts as told last. What is read is the whole
/// feed as it is now; what changed since a moment is asked for elsewhere.
public actor SquareFeedReading {
    /// What a reading came to.
    struct Outcome: Sendable {
        /// By the name of the stream.
        var spools: [String: RowSpool] = [:]
        /// Objects, by their place among all told, that were told again later.
        var superseded: Set<UInt32> = []
        var certificate = SquareCertificate()
        /// When it began, in UTC.
        var began = ""
    }

    public nonisolated let feed: SquareFeed
    private let client: SquareClient
    private let streams: [(name: String, reader: JSONRowReader)]
    private let folder: String
    private var reading: Task<Outcome, any Error>?

    /// Asks nobody.
    /// - Parameters:
    ///   - streams: those that are made of the feed.
    ///   - folder: where rows lie between two passes; about as many bytes as the answers have.
    /// - Throws: `SourceError` for a stream whose columns lead nowhere.
    public init(_ feed: SquareFeed, streams: [StreamDefinition], client: SquareClient, folder: String) throws(SourceError) {
        (self.feed, self.client, self.folder) = (feed, client, folder)
        var readers: [(name: String, reader: JSONRowReader)] = []
        for stream in streams {
            do { readers.append((stream.name, try JSONRowReader(stream))) } catch {
                throw SourceError(.unusable, place: "stream \(stream.name)", "\(error)")
            }
        }
        self.streams = readers
    }

    /// The first call reads, and all others get the same.
    func outcome() async throws -> Outcome {
        let task = reading ?? Task { try await self.read() }
        reading = task
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            if reading == task { reading = nil }  // Who asks again after a failure tries again.
            throw error
        }
    }

    /// The next call of `outcome` reads again.
    func forget() { reading = nil }

    private func read() async throws -> Outcome {
        var writer = FeedSpools(streams: streams, feed: feed)
        try writer.open(folder)
        let began = client.now
        let certificate = try await client.objects(of: feed) { objects in
            try writer.take(objects)
            return true
        }
        return try writer.finish(certificate, began: began)
    }
}

/// The spools of a feed's streams while they are filled.
private struct FeedSpools: ~Copyable {
    let streams: [(name: String, reader: JSONRowReader)]
    let feed: SquareFeed
    private var writers: [String: SpoolBox] = [:]
    private var lastTold: [[UInt8]: UInt32] = [:]
    private var superseded: Set<UInt32> = []
    private var told: UInt32 = 0
    private var row = SourceRow()

    /// A writer has one owner, and a dictionary wants values that can be copied.
    private final class SpoolBox {
        var writer: RowSpoolWriter?
        init(_ writer: consuming RowSpoolWriter) { self.writer = consume writer }
    }

    init(streams: [(name: String, reader: JSONRowReader)], feed: SquareFeed) { (self.streams, self.feed) = (streams, feed) }

    mutating func open(_ folder: String) throws {
        for stream in streams { writers[stream.name] = SpoolBox(try RowSpoolWriter(folder: folder, place: "Square \(feed.rawValue)")) }
    }

    mutating func take(_ objects: [JSONObject]) throws {
        for object in objects {
            if let before = lastTold.updateValue(told, forKey: try feed.identity(of: object)) { superseded.insert(before) }
            for stream in streams {
                guard let box = writers[stream.name] else { continue }
                do {
                    _ = try stream.reader.rows(of: .object(object), from: 1, &row) { try box.writer?.append($0, group: told) }
                } catch let error as JSONPathError {
                    throw SourceError(.unusable, place: "Square \(feed.rawValue), stream \(stream.name)", "\(error)")
                }
            }
            told += 1
        }
    }

    consuming func finish(_ certificate: SquareCertificate, began: String) throws -> SquareFeedReading.Outcome {
        var outcome = SquareFeedReading.Outcome(superseded: superseded, certificate: certificate, began: began)
        for (name, box) in writers {
            if let writer = box.writer.take() { outcome.spools[name] = try writer.finish() }
        }
        return outcome
    }
}

extension SquareFeed {
    /// What tells an object from the others of its feed: its id; for a count, of what, where and in which state.
    fileprivate func identity(of object: JSONObject) throws(SourceError) -> [UInt8] {
        var identity: [UInt8] = []
        for name in self == .counts ? ["catalog_object_id", "location_id", "state"] : ["id"] {
            guard case .string(let text)? = object[name] else {
                throw SourceError(.unusable, place: "Square \(rawValue)", "an object has no \(name), by which it is known. Has the API changed its answers?")
            }
            identity += Array(text.utf8) + [0]
        }
        return identity
    }
}
