import JSONText
import Pipelines

extension SquareClient {
    /// All objects of a feed, as they are now. Orders and payments are those of every location, so the locations are asked for first.
    public func objects(of feed: SquareFeed, _ take: Taker) async throws -> SquareCertificate {
        let everything = SquareWindow(.created)  // By creation, which no change moves while pages are read.
        switch feed {
        case .locations: return try await locations(take)
        case .categories: return try await catalog(["CATEGORY"], take)
        case .items: return try await catalog(["ITEM"], take)
        case .variations: return try await catalog(["ITEM_VARIATION"], take)
        case .counts: return try await counts(take)
        case .vendors: return try await vendors(take)
        case .orders: return try await afterLocations { try await orders(of: $0, in: everything, take) }
        case .payments: return try await afterLocations { try await payments(of: $0, in: everything, take) }
        case .refunds: return try await refunds(in: everything, take)
        }
    }

    private func afterLocations(_ read: ([String]) async throws -> SquareCertificate) async throws -> SquareCertificate {
        var ids: [String] = []
        let listed = try await locations { objects in
            for object in objects { if case .string(let id)? = object["id"], !ids.contains(id) { ids.append(id) } }
            return true
        }
        var certificate = try await read(ids)
        certificate.pages += listed.pages
        certificate.isComplete = certificate.isComplete && listed.isComplete
        return certificate
    }
}
