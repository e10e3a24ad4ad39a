internal import ArgumentParser

/// The shells that completion scripts are written for.
enum CompletionScriptShell: String, ExpressibleByArgument, CaseIterable, Sendable {
    case bash, zsh, fish

    var parserShell: CompletionShell {
        switch self {
        case .bash: .bash
        case .zsh: .zsh
        case .fish: .fish
        }
    }
}

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            Packages install these scripts. Without a package, choose the lines of your shell, then open a new one:

                echo 'source <(polar-seats completion bash)' >> ~/.bashrc

                mkdir -p ~/.zfunc
                polar-seats completion zsh > ~/.zfunc/_polar-seats
                echo 'fpath=(~/.zfunc $fpath); autoload -Uz compinit' >> ~/.zshrc
                echo 'compinit' >> ~/.zshrc

                mkdir -p ~/.config/fish/completions
                cd ~/.config/fish/completions
                polar-seats completion fish > polar-seats.fish
            """)

    @Argument(help: ArgumentHelp("The shell.", valueName: "shell"))
    var shell: CompletionScriptShell

    func run() throws {
        Console.data(PolarSeats.completionScript(for: shell.parserShell))
    }
}

extension CompletionKind {
    private static let rosterExtensions = ["csv", "CSV", "tsv", "txt", "xml", "XML", "json", "JSON"]

    /// The servers that have a name; a URL is typed.
    static var server: CompletionKind { .list(["production", "sandbox", "embedded"]) }

    /// A saved plan.
    static var planFile: CompletionKind { .file(extensions: ["seatplan"]) }

    /// Rosters in the formats that are read.
    static var rosterFile: CompletionKind { .file(extensions: rosterExtensions) }

    static var planOrRosterFile: CompletionKind { .file(extensions: ["seatplan"] + rosterExtensions) }
}
