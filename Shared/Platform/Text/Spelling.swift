/// The word of `words` that someone who typed `word` most likely meant; nil when none is near.
public func nearest(_ word: String, in words: some Collection<String>) -> String? {
    let typed = Array(word)
    let best = words.map { (word: $0, distance: editDistance(typed, Array($0))) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= (typed.count < 4 ? 1 : max(2, typed.count / 3)) else { return nil }
    return best.word
}

/// Levenshtein distance: the fewest single-character insertions, deletions and replacements.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[b.count]
}
