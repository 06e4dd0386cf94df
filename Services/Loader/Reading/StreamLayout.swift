import JSONText
import Pipelines
import Records

/// The columns of one stream in the order in which the loader holds them: those of the key as the pipeline lists them, then the others by name.
///
/// A change record lists its fields by name, so a scan walks this list once beside the record.
struct StreamLayout: Sendable {
    struct Column: Sendable {
        let name: String
        /// `"name":` as a record writes it.
        let member: [UInt8]
        /// The pipeline maps JSON there, so a value goes in as written and not as the text it stands for.
        let holdsJSON: Bool
    }

    let stream: String
    let keyCount: Int
    let columns: [Column]
    /// `"stream":"name",` as a record writes it.
    let streamMember: [UInt8]

    init(_ definition: StreamDefinition) {
        stream = definition.name
        keyCount = definition.key.count
        let isKey = Set(definition.key.map { KeyBytes($0) })
        let others = definition.columns.map(\.to).filter { !isKey.contains(KeyBytes($0)) }
        let names = definition.key + others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        columns = names.map { name in
            Column(name: name, member: StreamLayout.quoted(name) + [UInt8(ascii: ":")], holdsJSON: definition.column(to: name)?.type == .json)
        }
        streamMember = Array(#""stream":"#.utf8) + StreamLayout.quoted(definition.name) + [UInt8(ascii: ",")]
    }

    /// A change's id, as `ChangeRecord.id`.
    /// - Parameter key: `record_key`.
    func id(of key: String, _ sequence: Records.Sequence) -> String {
        "\(RecordKey(encoded: key).messageKey(stream: stream))@\(sequence.run).\(sequence.ordinal)"
    }

    static func quoted(_ text: String) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: text.utf8.count + 2)
        json.string(text)
        return json.bytes
    }
}
