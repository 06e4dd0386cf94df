/// Completion scripts made from the declarations, for whichever shell asks (`--generate-completion`).
extension Tool {
    /// Nil for a shell that is not known.
    func completion(shell: String) -> String? {
        switch shell {
        case "bash": bashCompletion
        case "zsh": zshCompletion
        case "fish": fishCompletion
        default: nil
        }
    }

    private var bashCompletion: String {
        let names = (commands.map { $0.name } + ["--help", "--version"]).joined(separator: " ")
        let cases = commands.map { type in
            "        \(type.name)) words=\"\((options(of: type).map { "--\($0.name)" } + ["--help"]).joined(separator: " "))\" ;;"
        }
        return """
            _\(name)() {
                local words
                case "${COMP_WORDS[1]}" in
            \(cases.joined(separator: "\n"))
                    *) words="\(names)" ;;
                esac
                [ "$COMP_CWORD" = 1 ] && words="\(names)"
                COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _\(name) \(name)
            """
    }

    private var zshCompletion: String {
        let names = commands.map { "'\($0.name):\(quotable($0.summary))'" }.joined(separator: " ")
        let cases = commands.map { type in
            let options = options(of: type).map { option in
                let value = option.kind == .option ? ":\(option.valueName):(\(option.words.joined(separator: " ")))" : ""
                return "'--\(option.name)[\(quotable(option.help))]\(value)'"
            }
            return "        \(type.name)) _arguments \(options.joined(separator: " ")) '*:file:_files' ;;"
        }
        return """
            #compdef \(name)
            _\(name)() {
                if (( CURRENT == 2 )); then
                    local -a commands=(\(names))
                    _describe command commands; return
                fi
                case $words[2] in
            \(cases.joined(separator: "\n"))
                esac
            }
            compdef _\(name) \(name)
            """
    }

    private var fishCompletion: String {
        commands.flatMap { type in
            ["complete -c \(name) -n __fish_use_subcommand -a \(type.name) -d '\(quotable(type.summary))'"]
                + options(of: type).map { option in
                    var words = ["complete -c \(name) -n '__fish_seen_subcommand_from \(type.name)' -l \(option.name)"]
                    if let short = option.short { words.append("-s \(short)") }
                    if option.kind == .option { words.append("-r") }
                    if !option.words.isEmpty { words.append("-a '\(option.words.joined(separator: " "))'") }
                    return (words + ["-d '\(quotable(option.help))'"]).joined(separator: " ")
                }
        }.joined(separator: "\n")
    }

    private func options(of type: any Command.Type) -> [Parameter] {
        declarations(of: type.init()).map(\.parameter).filter { $0.kind != .argument }
    }

    /// Without the characters that would end a quoted text in one of the shells.
    private func quotable(_ text: String) -> String { text.filter { !"'[]:".contains($0) } }
}
