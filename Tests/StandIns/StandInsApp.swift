@main struct StandInsApp {
    static func main() async {}
}
