import Testing

@testable import Text

struct SpellingTests {
    @Test(arguments: [("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("受付日", "受付曰", 1), ("flaw", "lawn", 2)])
    func `the distance counts single changes`(a: String, b: String, distance: Int) {
        #expect(editDistance(Array(a), Array(b)) == distance)
        #expect(editDistance(Array(b), Array(a)) == distance)
    }

    @Test func `the nearest word is named, and none when all are far`() {
        #expect(nearest("snyc", in: ["run", "sync", "check"]) == "sync")
        #expect(nearest("--dry-rn", in: ["--dry-run", "--json"]) == "--dry-run")
        #expect(nearest("xyzzy", in: ["run", "sync"]) == nil)
        #expect(nearest("no", in: ["yes"]) == nil)
        #expect(nearest("x", in: []) == nil)
    }
}
