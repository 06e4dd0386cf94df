/// Two pipelines or streams that can't both be.
struct PipelineConflict: Equatable {
    /// The pipelines concerned.
    let names: [String]
    let problem: String
}

/// Names are given once, and a table is written by one stream: two would each take the other's rows for deleted.
func conflicts(among pipelines: [PipelineDefinition]) -> [PipelineConflict] {
    var found: [PipelineConflict] = []
    var files: [String: String] = [:]
    var owners: [String: (pipeline: PipelineDefinition, stream: StreamDefinition)] = [:]
    for pipeline in pipelines {
        if let other = files.updateValue(pipeline.file, forKey: pipeline.name) {
            found.append(
                PipelineConflict(
                    names: [pipeline.name], problem: "\(pipeline.file): the pipeline `\(pipeline.name)` is also in \(other); give one another name"))
        }
        var streams: [String: Int] = [:]
        for stream in pipeline.streams {
            if let line = streams.updateValue(stream.place.line, forKey: stream.name) {
                let problem = "\(stream.place): the stream `\(stream.name)` was already given in line \(line); give one another name"
                found.append(PipelineConflict(names: [pipeline.name], problem: problem))
            }
            let table = stream.table.contains(".") ? stream.table : "public." + stream.table
            if let other = owners[table] {
                let problem =
                    "\(stream.place): the table `\(stream.table)` is already written by the stream `\(other.stream.name)` (\(other.stream.place)); one table has one stream"
                found.append(PipelineConflict(names: [pipeline.name, other.pipeline.name], problem: problem))
            } else {
                owners[table] = (pipeline, stream)
            }
        }
    }
    return found
}
