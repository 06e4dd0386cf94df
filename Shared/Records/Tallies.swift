import JSONText

/// How the changes of one run, stream and partition ended; each ordinal counts once (invariant 4).
public struct Tallies: Sendable, Equatable {
    public var inserted: Int64 = 0
    public var updated: Int64 = 0
    public var unchangedAtTarget: Int64 = 0
    public var keptLocal: Int64 = 0
    public var superseded: Int64 = 0
    public var deleted: Int64 = 0
    public var failed: Int64 = 0

    public init() {}

    public var total: Int64 { inserted + updated + unchangedAtTarget + keptLocal + superseded + deleted + failed }

    public static func + (a: Tallies, b: Tallies) -> Tallies {
        var sum = a
        sum.inserted += b.inserted
        sum.updated += b.updated
        sum.unchangedAtTarget += b.unchangedAtTarget
        sum.keptLocal += b.keptLocal
        sum.superseded += b.superseded
        sum.deleted += b.deleted
        sum.failed += b.failed
        return sum
    }
}

extension Tallies: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("inserted", inserted)
            json.member("updated", updated)
            json.member("unchanged_at_target", unchangedAtTarget)
            json.member("kept_local", keptLocal)
            json.member("superseded", superseded)
            json.member("deleted", deleted)
            json.member("failed", failed)
        }
    }

    init(reading reader: RecordReader) throws(RecordError) {
        inserted = try reader.integer("inserted")
        updated = try reader.integer("updated")
        unchangedAtTarget = try reader.integer("unchanged_at_target")
        keptLocal = try reader.integer("kept_local")
        superseded = try reader.integer("superseded")
        deleted = try reader.integer("deleted")
        failed = try reader.integer("failed")
    }
}
