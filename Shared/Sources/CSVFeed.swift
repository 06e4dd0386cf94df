import Pipelines

/// The text of a CSV file as UTF-8, in pieces as large as asked for.
struct CSVFeed: ~Copyable {
    private(set) var file: StableFile
    let encoding: CSVEncoding
    /// Why no more comes, when that is not the end of the file.
    private(set) var problem: CSVProblem?
    private(set) var pieces = 0

    /// Nil: the file is UTF-8 and is read straight into the reader's memory.
    private let decoder: CSVDecoder?
    private var input: [UInt8] = []
    /// What of `input` is still to be decoded.
    private var waiting = 0..<0

    init(_ definition: CSVDefinition, pieceBytes: Int) throws(SourceError) {
        var file = try StableFile(path: definition.path)
        let encoding: CSVEncoding
        switch CSVEncoding.decide(definition.encoding, beginning: try file.beginning(4)) {
        case .success(let found): encoding = found
        case .failure(let conflict): throw SourceError(.unusable, place: definition.path, conflict.sentence)
        }
        var decoder: CSVDecoder?
        if let name = encoding.decodedAs {
            decoder = CSVDecoder(from: name)
            guard decoder != nil else {
                throw SourceError(
                    .unreachable, place: definition.path, "this machine's C library cannot read \(name); install its gconv modules (Debian: libc6)")
            }
            input = [UInt8](repeating: 0, count: pieceBytes)
        }
        var mark = [UInt8](repeating: 0, count: encoding.markLength)
        _ = try Self.read(&file, &mark, from: 0)  // The mark belongs to no cell; its length is known to be there.
        (self.encoding, self.decoder) = (encoding, decoder)
        self.file = file
    }

    /// Fills `space`, at least 16 bytes, as far as possible. 0: the end, or a `problem`.
    mutating func fill(_ space: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        guard problem == nil else { return 0 }
        pieces += 1
        guard encoding.decodedAs != nil else { return try file.read(into: space) }
        var filled = 0
        while filled < space.count {
            if waiting.isEmpty, try readMore() == 0 { break }
            let (taken, written, stop) = decode(into: UnsafeMutableRawBufferPointer(rebasing: space[filled...]))
            waiting = waiting.lowerBound + taken..<waiting.upperBound
            filled += written
            switch stop {
            case .done: break
            case .outputFull: return filled
            case .cut:
                guard try readMore() == 0 else { continue }
                problem = .cutCharacter(offset: offsetOfWaiting)
                return filled
            case .undecodable:
                problem = .undecodable(encoding.word, offset: offsetOfWaiting)
                return filled
            }
        }
        return filled
    }

    private var offsetOfWaiting: Int { file.bytesRead - waiting.count }

    /// Moves what waits to the front and reads behind it.
    private mutating func readMore() throws(SourceError) -> Int {
        let left = waiting.count
        for index in 0..<left { input[index] = input[waiting.lowerBound + index] }
        let got = try Self.read(&file, &input, from: left)
        waiting = 0..<left + got
        return got
    }

    private mutating func decode(into space: UnsafeMutableRawBufferPointer) -> (taken: Int, written: Int, stop: CSVDecoder.Stop) {
        let range = waiting
        guard let decoder else { return (range.count, 0, .done) }
        return input.withUnsafeMutableBytes { decoder.decode(UnsafeMutableRawBufferPointer(rebasing: $0[range]), into: space) }
    }

    private static func read(_ file: inout StableFile, _ bytes: inout [UInt8], from start: Int) throws(SourceError) -> Int {
        try bytes.withUnsafeMutableBufferPointer { (all) throws(SourceError) in
            try file.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: all[start...])))
        }
    }
}
