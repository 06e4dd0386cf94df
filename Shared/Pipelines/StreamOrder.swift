/// The streams in an order in which each comes after those it is `after`; else in the order of the file. Nil when they wait in a circle.
func parentsFirst(_ streams: [StreamDefinition]) -> [StreamDefinition]? {
    var waiting = streams, ordered: [StreamDefinition] = []
    while !waiting.isEmpty {
        let names = waiting.map(\.name)
        guard let next = waiting.firstIndex(where: { stream in !stream.after.contains { parent in names.contains { $0.utf8.elementsEqual(parent.utf8) } } })
        else { return nil }
        ordered.append(waiting.remove(at: next))
    }
    return ordered
}

extension PipelineDefinition {
    /// Parents before their children, so that foreign keys hold.
    public var streamsParentsFirst: [StreamDefinition] { parentsFirst(streams) ?? streams }
}
