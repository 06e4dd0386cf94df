import CommandLines

@main struct RetrierApp {
    static func main() async {}
}
