import HTTPServer
import SampleData
import Synchronization

/// A Square that speaks the real protocol on a free port of this machine: bearer tokens, cursor paging, the limits and defaults of each endpoint,
/// Square's errors in Square's shapes. It has no other state than its account and its dials.
///
/// Written from https://developer.squareup.com/reference/square; what it does not know, it refuses.
public final class SquareStandIn: Sendable {
    /// What an endpoint setting must say: `http://127.0.0.1:12345`.
    public let url: String
    /// The only access token that is good here.
    public let token = "EAAA-stand-in-token"

    private let state: Mutex<SquareStandInState>
    private let listener: Mutex<HTTPListener?> = Mutex(nil)

    /// Serves from the moment it is made.
    /// - Parameter port: 0: a free one.
    public init(_ account: SquareAccount, port: UInt16 = 0) throws {
        state = Mutex(SquareStandInState(account: account, token: token))
        let hub = Hub()
        var settings = HTTPListenerSettings()
        settings.port = port
        let listener = try HTTPListener(settings) { request in await hub.answer(request) }
        url = "http://127.0.0.1:\(listener.port)"
        hub.owner.withLock { $0 = .init(standIn: self) }
        self.listener.withLock { $0 = listener }
    }

    /// The listener is made before `self` is whole, so it asks here for whom it answers.
    private final class Hub: Sendable {
        struct Owner: Sendable { weak var standIn: SquareStandIn? }
        let owner = Mutex(Owner())

        func answer(_ request: ServerRequest) async -> ServerResponse {
            guard let standIn = owner.withLock({ $0.standIn }) else { return ServerResponse(status: 503) }
            return standIn.answer(request)
        }
    }

    /// Frees the port.
    public func stop() async {
        let listener = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        await listener?.stop(deadline: .seconds(1))
    }

    // MARK: What people do, and what goes wrong

    /// What it holds now.
    public var account: SquareAccount { state.withLock { $0.account } }

    /// Changes the account as people do between two requests.
    public func edit(_ change: @Sendable (inout SquareAccount) -> Void) {
        state.withLock { state in
            change(&state.account)
            state.paging.forgetRows()
        }
    }

    /// No page holds more than so many objects.
    public func limitPages(to count: Int) { state.withLock { $0.paging.pageSizeMax = count } }

    /// Every cursor handed out so far is refused from now on.
    public func expireCursors() { state.withLock { $0.paging.expireCursors() } }

    /// The next requests meet these, one each, in this order.
    public func fail(_ faults: SquareFault...) { state.withLock { $0.faults += faults } }

    /// The request with this count, from 1, meets this.
    public func fail(request: Int, _ fault: SquareFault) { state.withLock { $0.faultsAt[request] = fault } }

    /// All requests meet this; nil ends it.
    public func failAlways(_ fault: SquareFault?) { state.withLock { $0.lastingFault = fault } }

    /// Runs after each answered request, with its count from 1: the place to edit between two pages.
    public func afterEachRequest(_ hook: (@Sendable (Int) -> Void)?) { state.withLock { $0.afterRequest = hook } }

    /// The requests so far, oldest first.
    public var log: [SquareExchange] { state.withLock { $0.log } }

    private func answer(_ request: ServerRequest) -> ServerResponse {
        let (response, hook, count) = state.withLock { state in (state.answer(request), state.afterRequest, state.log.count) }
        hook?(count)  // Outside of the lock: it edits.
        return response
    }
}

/// Runs `body` with a stand-in that is stopped whatever happens.
public func withSquareStandIn<Result>(_ account: SquareAccount = SquareAccount(), _ body: (SquareStandIn) async throws -> Result) async throws -> Result {
    let square = try SquareStandIn(account)
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(square)) } catch { outcome = .failure(error) }
    await square.stop()
    return try outcome.get()
}
