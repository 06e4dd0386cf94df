import CommandLines

@main struct ExtractorApp {
    static func main() async {}
}
