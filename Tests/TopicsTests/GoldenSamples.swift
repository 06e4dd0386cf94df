import JSONText
import Records

/// One record of each type and kind, as the files under `Golden` hold them.
enum GoldenSamples {
    static let origin = Origin(kind: "google-sheets", row: 4120, cell: "買主リスト!A4120")

    static let upsert = ChangeRecord(
        pipeline: "buyers", stream: "buyers", sequence: Sequence(run: 42, ordinal: 4120), key: ["buyer_number": "6666"],
        fields: ["next_call_date": "2026-11-30", "name": "山田 \"太郎\"\n", "follow_up_assignee": nil, "budget_max": 45_000_000, "is_active": true],
        origin: origin, extractedAt: "2026-11-21T02:28:00Z")

    static let delete = ChangeRecord(
        pipeline: "buyers", stream: "buyers", sequence: Sequence(run: 43, ordinal: 1), operation: .delete, key: ["buyer_number": "A/7%"],
        origin: Origin(kind: "csv"), extractedAt: "2026-11-21T03:00:00Z")

    static let partial = ChangeRecord(
        pipeline: "vendors", stream: "vendors", sequence: Sequence(run: 7, ordinal: 2), key: ["region": "東京", "id": 12], fields: ["name": nil],
        isPartial: true, origin: Origin(kind: "csv", row: 3, version: "v9", updatedAt: "2026-11-20T00:00:00Z"), attempt: 2,
        extractedAt: "2026-11-21T02:28:00Z")

    static let refused = FailureRecord(
        pipeline: "buyers", stream: "buyers", recordKey: upsert.recordKey, run: 42, sequence: upsert.sequence, attempt: 1, category: "field_length",
        code: "22001", table: "buyers", column: "past_viewing_2", columnDefinition: "character varying(50)",
        message: "the value has 812 characters, the column takes 50", origin: origin,
        position: .init(topic: "rollcall.buyers.changes", partition: 3, offset: 1180, generation: 1), subject: .change(upsert),
        failedAt: "2026-11-21T02:28:01Z")

    static let unmapped = FailureRecord(
        pipeline: "buyers", stream: "buyers", recordKey: nil, run: 42, sequence: nil, attempt: 1, category: "data_type", code: "key_blank",
        message: "the key column 買主番号 is blank", origin: Origin(kind: "google-sheets", row: 17, cell: "買主リスト!A17"),
        subject: .row(["買主番号": "", "名前": "山田"]), failedAt: "2026-11-21T02:28:00Z")

    static let outcome: OutcomeRecord = {
        var tallies = Tallies()
        (tallies.inserted, tallies.updated, tallies.failed) = (98, 1, 1)
        return OutcomeRecord(
            pipeline: "buyers", topic: "rollcall.buyers.changes", partition: 0, generation: 1, fromOffset: 4100, nextOffset: 4200,
            shares: [.init(stream: "buyers", run: 42, tallies: tallies)], retried: ["buyers/6666@41.7"], appliedAt: "2026-11-21T02:28:02Z")
    }()

    static let alert = AlertRecord(
        kind: "guard_held", severity: .error, pipeline: "buyers", stream: "buyers", run: 42,
        message: "412 of 4,137 rows would be deleted, the guard allows 10 %; run `extractor approve 42` if that is right",
        fingerprint: "buyers/buyers/guard_held",
        raisedAt: "2026-11-21T02:28:00Z")

    static let run = RunRecord(
        run: 42, pipeline: "buyers", status: "complete_with_exceptions", summary: "3,781 rows landed, 356 wait", at: "2026-11-21T02:29:00Z")
}
