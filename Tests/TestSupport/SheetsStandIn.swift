import FoundationEssentials
import HTTPServer
import JSONText
import SampleData
import Synchronization

/// A Google Sheets that speaks the real protocol on a free port of this machine: tokens by signed assertion, `values.get`,
/// `values.batchGet`, `spreadsheets.get`, Google's errors in Google's shapes. It has no other state than its grids and its dials.
///
/// Written from https://developers.google.com/workspace/sheets/api/reference/rest; what it does not know, it refuses.
public final class SheetsStandIn: Sendable {
    /// The spreadsheet's id in every address.
    public let spreadsheet: String
    /// What a pipeline's `endpoint:` must say: `http://127.0.0.1:12345`.
    public let url: String
    /// A key file as Google hands it out, whose `token_uri` is this stand-in. Gone after `stop`.
    public let credentialsFile: String
    public let clientEmail = "reader@stand-in.iam.gserviceaccount.com"

    public var tokenURI: String { url + "/token" }

    private let state: Mutex<SheetsStandInState>
    private let listener: Mutex<HTTPListener?> = Mutex(nil)
    private let folder: URL
    private let ownsFolder: Bool

    /// Serves from the moment it is made.
    /// - Parameters:
    ///   - grids: The tabs, in their order.
    ///   - port: 0: a free one.
    ///   - readsPerMinute: Google's quota is 60; nil: none, for tests that would have to wait.
    ///   - folder: Where the key file goes; nil: a temporary folder, which `stop` removes.
    public init(
        _ grids: [SheetGrid], spreadsheet: String = "stand-in-1BuYeRs", port: UInt16 = 0, readsPerMinute: Int? = nil, folder: String? = nil
    ) throws {
        self.spreadsheet = spreadsheet
        state = Mutex(SheetsStandInState(grids: grids, readsPerMinute: readsPerMinute))
        ownsFolder = folder == nil
        let folder = folder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory.appending(path: "rollcall-sheets-\(UUID().uuidString)")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        credentialsFile = folder.appending(path: "service-account.json").path(percentEncoded: false)

        let hub = Hub()
        var settings = HTTPListenerSettings()
        settings.port = port
        let listener = try HTTPListener(settings) { request in await hub.answer(request) }
        url = "http://127.0.0.1:\(listener.port)"
        hub.owner.withLock { $0 = .init(standIn: self) }
        self.listener.withLock { $0 = listener }
        try Data(keyFile()).write(to: URL(filePath: credentialsFile))
    }

    /// The listener is made before `self` is whole, so it asks here for whom it answers.
    private final class Hub: Sendable {
        struct Owner: Sendable { weak var standIn: SheetsStandIn? }
        let owner = Mutex(Owner())

        func answer(_ request: ServerRequest) async -> ServerResponse {
            guard let standIn = owner.withLock({ $0.standIn }) else { return ServerResponse(status: 503) }
            return standIn.answer(request)
        }
    }

    /// Frees the port and removes the key file.
    public func stop() async {
        let listener = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        await listener?.stop(deadline: .seconds(1))
        try? FileManager.default.removeItem(at: ownsFolder ? folder : URL(filePath: credentialsFile))  // A file left under /tmp fails no test.
    }

    /// The key file's text; tests spoil copies of it.
    public func keyFile(tokenURI: String? = nil) throws -> [UInt8] {
        try StandInKey.file(clientEmail: clientEmail, tokenURI: tokenURI ?? self.tokenURI)
    }

    // MARK: What people do to the sheet, and what goes wrong

    /// Changes the tabs as people do between two requests.
    public func edit(_ change: @Sendable (inout [SheetGrid]) -> Void) {
        state.withLock { state in
            change(&state.grids)
            state.rendered = [:]
        }
    }

    /// The next requests for data meet these, one each, in this order.
    public func fail(_ faults: SheetsFault...) { state.withLock { $0.faults += faults } }

    /// The next requests for data all meet this; nil ends it.
    public func failAlways(_ fault: SheetsFault?) { state.withLock { $0.lastingFault = fault } }

    /// The next requests for tokens meet these, one each.
    public func failTokens(_ faults: SheetsFault...) { state.withLock { $0.tokens.faults += faults } }

    /// Every token handed out so far is worth nothing from now on, as after a revocation.
    public func revokeTokens() { state.withLock { $0.tokens.revoke() } }

    /// No request is served with any token: the account itself is refused.
    public func refuseAllTokens(_ refused: Bool = true) { state.withLock { $0.tokens.refusesAll = refused } }

    /// Whether the spreadsheet is shared with the account.
    public func share(_ shared: Bool) { state.withLock { $0.isShared = shared } }

    /// Runs after each answered request for data, with its count from 1: the place to edit between two reads.
    public func afterEachRead(_ hook: (@Sendable (Int) -> Void)?) { state.withLock { $0.afterRead = hook } }

    /// The requests so far, as method and decoded path with query, oldest first.
    public var log: [String] { state.withLock { $0.log } }
    /// How many tokens were handed out.
    public var tokensIssued: Int { state.withLock { $0.tokens.issued } }

    // MARK: Answering

    private func answer(_ request: ServerRequest) -> ServerResponse {
        let (response, hook, reads) = state.withLock { state -> (ServerResponse, (@Sendable (Int) -> Void)?, Int) in
            state.log.append("\(request.method) \(request.path)\(request.rawQuery.isEmpty ? "" : "?\(request.rawQuery)")")
            if request.path == "/token" { return (state.tokens.answer(request, clientEmail), nil, 0) }
            let response = state.dataAnswer(request, spreadsheet)
            state.reads += 1
            return (response, state.afterRead, state.reads)
        }
        hook?(reads)  // Outside of the lock: it edits.
        return response
    }
}

/// Runs `body` with a stand-in that is stopped whatever happens.
public func withSheetsStandIn<Result>(
    _ grids: SheetGrid..., readsPerMinute: Int? = nil, _ body: (SheetsStandIn) async throws -> Result
) async throws -> Result {
    let google = try SheetsStandIn(grids, readsPerMinute: readsPerMinute)
    do {
        let result = try await body(google)
        await google.stop()
        return result
    } catch {
        await google.stop()
        throw error
    }
}
