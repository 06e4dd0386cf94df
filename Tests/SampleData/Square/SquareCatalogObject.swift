import JSONText

/// A category, an item or a variation of an item, as the catalog holds it.
public struct SquareCatalogObject: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case category = "CATEGORY"
        case item = "ITEM"
        case variation = "ITEM_VARIATION"

        /// The member in which the kind's own data stand.
        public var dataName: String { rawValue.lowercased() + "_data" }
    }

    public let kind: Kind
    public let id: String
    /// Grows with each change of this very object; a change of a variation is none of its item.
    public var version: Int64
    public var createdAt: SquareMoment
    public var updatedAt: SquareMoment
    /// A tombstone: still told to those who ask for deleted objects, with its id and its last version, without its data.
    public var isDeleted = false
    /// Nil: at all locations.
    public var presentAt: [String]?
    /// What stands in `item_data` and its kin; an item's variations are objects of their own and are nested when it is written.
    public var data: JSONObject

    /// The item of a variation.
    public var itemID: String? {
        guard kind == .variation, case .string(let id)? = data["item_id"] else { return nil }
        return id
    }

    /// Writes the object as the API tells it.
    /// - Parameter variations: of an item that is alive, nested in it.
    public func write(to json: inout JSONWriter, variations: [SquareCatalogObject] = []) {
        json.object { json in
            json.member("type", kind.rawValue)
            json.member("id", id)
            json.member("updated_at", updatedAt.text)
            json.member("created_at", createdAt.text)
            json.member("version", version)
            json.member("is_deleted", isDeleted)
            json.member("present_at_all_locations", presentAt == nil)
            if let presentAt { json.array("present_at_location_ids") { for id in presentAt { $0.value(id) } } }
            guard !isDeleted else { return }
            json.object(kind.dataName) { json in
                for member in data.members { json.member(member.name, member.value) }
                guard !variations.isEmpty else { return }
                json.array("variations") { for variation in variations { variation.write(to: &$0) } }
            }
        }
    }
}
