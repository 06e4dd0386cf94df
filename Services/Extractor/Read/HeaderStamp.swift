import Hashing
import Mapping
import Pipelines
import Records

/// What a run remembers of the headers it read by: the pipeline's side and the source's, so that an edit of the pipeline file is not taken
/// for an edit of the source.
struct HeaderStamp: Sendable, Equatable {
    /// `mapping.source`, as `sync_state.header_fingerprint` has it.
    let text: String

    init(stored text: String) { self.text = text }

    init(_ stream: StreamDefinition, _ header: ResolvedHeader) {
        var mapping = ""
        for column in stream.columns { mapping += "\(column.to)\u{0}\(column.from)\u{0}" }
        text = RowHash(rawValue: xxh3(Array(mapping.utf8))).description + "." + header.fingerprint
    }

    /// What the guard compares with `current`: nil when the pipeline file asks for other headers than then.
    func comparable(with current: HeaderStamp) -> String? { mapping.elementsEqual(current.mapping) ? text : nil }

    private var mapping: Substring.UTF8View { text.prefix { $0 != "." }.utf8 }
}
