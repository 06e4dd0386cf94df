import CommandLines

@main struct VerifierApp {
    static func main() async {}
}
