import JSONText

/// Walks through a listing from page to page.
struct SquarePages: Sendable {
    /// How often one listing is begun again before the run gives up.
    static let restartsMax = 3

    let requests: SourceRequests

    /// Tells the objects of one listing page by page.
    ///
    /// A page that was cut is asked for again; a cursor that Square refuses begins the listing again, and then the rows of earlier pages
    /// are told once more. An empty page is a page: whether nothing can be true is for the guards to decide.
    /// - Parameter take: gives false to end the listing here.
    func each(of listing: SquareListing, _ take: ([JSONObject]) async throws -> Bool) async throws -> SquareCertificate {
        var certificate = SquareCertificate()
        var cursor: String?
        while true {
            try Task.checkCancellation()
            let page: SquarePage
            do { page = try await ask(listing, after: cursor) } catch is SquareAnswers.CursorRefused {
                guard cursor != nil, certificate.restarts < Self.restartsMax else {
                    throw SourceError(
                        .changed, place: listing.place,
                        "Square refused its own cursor in each of \(certificate.restarts + 1) listings; run again when less is changed there")
                }
                certificate.restarts += 1
                cursor = nil
                continue
            }
            certificate.pages += 1
            certificate.objects += page.objects.count
            certificate.latestTime = certificate.latestTime ?? page.latestTime
            guard try await take(page.objects) else { return certificate }
            guard let next = page.cursor else {
                certificate.isComplete = true  // Invariant 7: only the page that says it is the last one makes a read complete.
                return certificate
            }
            guard !next.utf8.elementsEqual((cursor ?? "").utf8) else {
                throw SourceError(.changed, place: listing.place, "Square gave the same cursor twice, so the listing would never end; run again")
            }
            cursor = next
        }
    }

    private func ask(_ listing: SquareListing, after cursor: String?) async throws -> SquarePage {
        let requests = requests.at(listing.place)
        let read = { (body: [UInt8]) throws(JSONScan.Problem) in try SquarePage(parsing: body, list: listing.list) }
        guard let body = listing.body(after: cursor) else { return try await requests.get(listing.address(after: cursor), read) }
        return try await requests.post(listing.address(after: cursor), body, read)
    }
}
