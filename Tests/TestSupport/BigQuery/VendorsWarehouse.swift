/// The vendors' warehouse, of any size, and what the table must hold when it was synced: an oracle that maps nothing, it just knows.
///
/// Vendors that differ in what they lack: every fifth has no shop name, every third no e-mail, every fourth no telephone, every second no zone.
/// The sign-up table has no `name`, as with the users.
public struct VendorsWarehouse: Sendable {
    public enum Part: String, Sendable, CaseIterable { case vendors, signUp = "sign_up", orders, ratings }

    /// Rows of the four parts; their keys all count from `vendor-0`.
    public var vendors: Int
    public var signUps: Int
    public var orders: Int
    public var ratings: Int
    /// Another version has other values in every field.
    public private(set) var version = 1

    public init(vendors: Int, signUps: Int, orders: Int, ratings: Int) {
        (self.vendors, self.signUps, self.orders, self.ratings) = (vendors, signUps, orders, ratings)
    }

    public func at(version: Int) -> VendorsWarehouse {
        var warehouse = self
        warehouse.version = version
        return warehouse
    }

    /// The tables and prepared answers that `ops/pipelines/vendors.yaml` asks for.
    public func tables() -> [WarehouseTable] {
        func value(_ text: String?) -> WarehouseTable.Value { text.map { .text($0) } ?? .null }
        func columns(_ names: [String]) -> [WarehouseTable.Column] { names.map { .init($0) } }
        return [
            WarehouseTable(
                "aurora_postgres_public.vendors",
                columns: columns(["handle", "shop_name", "email", "phone", "zone", "profile_image", "description", "status"]),
                rows: (0..<vendors).map { vendor in
                    [value(handle(vendor))]
                        + ["name", "email", "phone", "zone", "profile_picture", "description"].map { value(says(.vendors, $0, vendor)) } + ["ACTIVE"]
                }),
            WarehouseTable(
                "fleek_vendor_app.sign_up",
                columns: columns(["handle", "first_name", "last_name", "email", "phone_number", "origin"]) + [.init("timestamp", "TIMESTAMP")],
                rows: (0..<signUps).map { vendor in
                    [
                        value(handle(vendor)), value("First \(vendor) v\(version)"), vendor % 2 == 0 ? .null : value("Last \(vendor)"),
                        value(says(.signUp, "email", vendor)), value(says(.signUp, "phone", vendor)), value(says(.signUp, "origin", vendor)),
                        "1709210096789012",
                    ]
                }),
            WarehouseTable(
                "fleek_hub.order_line_details",
                columns: [.init("vendor"), .init("gmv_90_day", "NUMERIC"), .init("orders_90_day", "INTEGER"), .init("zone")],
                rows: (0..<orders).map { vendor in
                    [value(handle(vendor)), value(says(.orders, "gmv_90_day", vendor)), "3", value(says(.orders, "zone", vendor))]
                }),
            WarehouseTable(
                "fleek_customer_app.product_detail_page_viewed", columns: [.init("vendor"), .init("average_rating", "FLOAT")],
                rows: (0..<ratings).map { vendor in [value(handle(vendor)), value(says(.ratings, "average_rating", vendor))] }),
        ]
    }

    public static let table: [Part: String] = [
        .vendors: "aurora_postgres_public.vendors", .signUp: "fleek_vendor_app.sign_up", .orders: "fleek_hub.order_line_details",
        .ratings: "fleek_customer_app.product_detail_page_viewed",
    ]

    public func handle(_ vendor: Int) -> String { "vendor-\(vendor)" }

    /// The target's columns besides the key, in the order of `row`.
    public static let fields = [
        "name", "email", "phone", "zone", "gmv_90_day", "gmv_tier", "origin", "profile_picture", "description", "average_rating",
    ]

    /// What the table must hold of a vendor after a run that could not read one part.
    /// - Parameter before: what it held until then; nil for a vendor it did not have.
    /// - Returns: nil if the row can't be made without that part.
    public func row(_ vendor: Int, without unread: Part? = nil, before: [String?]? = nil) -> [String?]? {
        var row: [String?] = []
        for (place, field) in Self.fields.enumerated() {
            var found: String??
            for part in Self.order(of: field) where found == nil {
                if part == unread { found = .some(before?[place] ?? nil) } else if let said = says(part, field, vendor) { found = .some(said) }
            }
            row.append(found ?? (field == "gmv_90_day" ? "0" : field == "gmv_tier" ? "S" : nil))
        }
        return row[0] == nil ? nil : row
    }

    /// The parts that may feed a field, the one to prefer first (REQUIREMENTS V3).
    private static func order(of field: String) -> [Part] {
        switch field {
        case "name", "email", "phone": [.vendors, .signUp]
        case "zone": [.vendors, .orders]
        case "gmv_90_day", "gmv_tier": [.orders]
        case "origin": [.signUp]
        case "average_rating": [.ratings]
        default: [.vendors]
        }
    }

    private func says(_ part: Part, _ field: String, _ vendor: Int) -> String? {
        let text = "\(field) \(vendor) v\(version)"
        switch (part, field) {
        case (.vendors, "name"): return vendor % 5 == 0 ? nil : "Shop \(vendor) \"v\(version)\""
        case (.vendors, "email"): return vendor % 3 == 0 ? nil : "Q2lwaGVy\(vendor)v\(version)=="  // Ciphertext, as the users' columns hold it.
        case (.vendors, "phone"): return vendor % 4 == 0 ? nil : "+44 20 7946 0\(100 + (vendor + version) % 900)"
        case (.vendors, "zone"): return vendor % 2 == 0 ? nil : text
        case (.vendors, "description"): return "Vintage 古着,\nno. \(vendor) v\(version)"
        case (.vendors, "profile_picture"): return "https://cdn.example.org/\(vendor)/\(version).jpg"
        case (.signUp, "name") where vendor < signUps: return "First \(vendor) v\(version)" + (vendor % 2 == 0 ? "" : " Last \(vendor)")
        case (.signUp, "email") where vendor < signUps: return "v\(version)-\(vendor)@example.org"
        case (.signUp, "phone") where vendor < signUps: return "+1 202 555 0\(100 + (vendor + version) % 900)"
        case (.signUp, "origin") where vendor < signUps: return text
        case (.orders, "zone") where vendor < orders: return text
        case (.orders, "gmv_90_day") where vendor < orders: return "\(gmv(vendor)).5"
        case (.orders, "gmv_tier") where vendor < orders: return tier(gmv(vendor))
        case (.ratings, "average_rating") where vendor < ratings: return "\(1 + (vendor + version) % 4).25"
        default: return nil
        }
    }

    private func gmv(_ vendor: Int) -> Int { (vendor * 791_919 + version * 1_000_003) % 6_000_000 }

    private func tier(_ gmv: Int) -> String {
        switch gmv {
        case 5_000_000...: "Platinum"
        case 2_500_000...: "XL"
        case 1_000_000...: "Gold"
        case 500_000...: "L"
        case 250_000...: "Silver"
        case 100_000...: "M"
        case 50_000...: "Bronze"
        default: "S"
        }
    }
}
