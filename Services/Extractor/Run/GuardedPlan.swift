import Kafka
import Mapping
import Pipelines
import Postgres
import Records

/// Decides whether a plan may be carried out: no guard trips, or a person has approved exactly this plan (invariant 7).
struct GuardedPlan: Sendable {
    let work: RunWork
    let preflight: Preflight.Outcome
    let read: Extraction.Outcome

    enum Decision: Sendable {
        case goes
        /// - Parameter approval: the run whose approval was for another plan.
        case held([TrippedGuard], planHash: String, approval: Int64?)
    }

    func decide() async throws -> Decision {
        let before = try await work.ledger.headers()
        let guards = read.streams.map { guardsTripped(by: $0, preflight.headers[$0.definition.name], before) }
        let tripped = guards.flatMap(\.self)
        let planHash = tripped.isEmpty ? "" : try await self.planHash(guards)
        let approval = try await work.ledger.useApproval(run: work.run, planHash: planHash)
        if tripped.isEmpty || approval?.isSamePlan == true { return .goes }
        return .held(tripped, planHash: planHash, approval: approval?.run)
    }

    /// A pass of its own, over the rows to be sent: only a plan that is held needs a name.
    private func planHash(_ guards: [[TrippedGuard]]) async throws -> String {
        var streams = read.streams, digests = [PlanDigest](repeating: PlanDigest(), count: streams.count)
        try await work.pass(.compared, total: read.rows).run { row, index in
            for stream in streams.indices where streams[stream].upserts[index] {
                _ = streams[stream].remap(row)
                let mapped = streams[stream].mapped(index)
                mapped.recordKeyBytes.withUnsafeBytes { digests[stream].upsert(key: $0, hash: mapped.hash.rawValue) }
            }
        }
        for stream in streams.indices where streams[stream].plan.deletes > 0 {
            let absent = AbsentKeys(streams[stream]), digest = digests[stream]
            digests[stream] = try await work.sync.database.perform { session in
                var digest = digest
                try absent.each(session) { key in Array(key.text.utf8).withUnsafeBytes { digest.delete(key: $0) } }
                return digest
            }
        }
        return PlanDigest.name(of: streams.indices.map { (streams[$0].definition.name, digests[$0], guards[$0]) })
    }
}
