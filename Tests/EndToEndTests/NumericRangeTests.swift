import Testing

/// Every numeric option has a range, and its error states it.
@Suite struct NumericRangeTests {
    static let cases: [(option: String, command: [String], wrong: [String], range: String)] = [
        (
            "--timeout", ["doctor", "--server", "embedded"],
            ["0", "-1", "86401", "9223372037", "10000000000", "9223372036854775807"], "from 1 to 86400"
        ),
        ("--max-wait", ["doctor", "--server", "embedded"], ["-1", "86401", "9223372036854775807"], "from 0 to 86400"),
        ("--retries", ["doctor", "--server", "embedded"], ["-1", "101", "9223372036854775807"], "from 0 to 100"),
        (
            "--rate", ["doctor", "--server", "embedded"], ["0/s", "1000001/s", "9223372036854775807/min", "-1/s"],
            "from 1 to 1000000"
        ),
        ("--concurrency", ["apply", "p.seatplan"], ["0", "-1", "257", "9223372036854775807"], "from 1 to 256"),
        (
            "--assume-seats", ["plan", "people.csv", "--server", "embedded"],
            ["-1", "2147483648", "9223372036854775807"], "from 0 to 2147483647"
        ),
        (
            "--max-mails", ["plan", "people.csv", "--server", "embedded"], ["-1", "2147483648", "9223372036854775807"],
            "from 0 to 2147483647"
        ),
        (
            "--min-rows", ["plan", "people.csv", "--server", "embedded"], ["-1", "2147483648", "-9223372036854775808"],
            "from 0 to 2147483647"
        ),
        (
            "--max-revoke", ["plan", "people.csv", "--server", "embedded"],
            ["-1", "2147483648", "101%", "-1%", "nan%"],
            "from 0 to 2147483647"
        ),
        ("--port", ["embedded", "serve"], ["-1", "65536", "9223372036854775807"], "from 0 to 65535"),
        ("--crashes", ["rehearse", "p.seatplan"], ["-1", "1001", "9223372036854775807"], "from 0 to 1000"),
        ("--concurrency", ["rehearse", "p.seatplan"], ["0", "257"], "from 1 to 256"),
        (
            "--older-than", ["export", "seats", "--server", "embedded"], ["36501d", "9223372036854775807w", "-1d"],
            "up to 36500d"
        ),
    ]

    @Test("a number out of its range is refused, and the range is stated", arguments: cases.indices)
    func ranges(_ index: Int) async throws {
        let (option, command, wrong, range) = Self.cases[index]
        try await withTool { tool in
            try tool.write(roster(1), "people.csv")
            for value in wrong {
                let result = try await tool.run(command + ["\(option)=\(value)"])
                #expect(result.status == 64, "\(result.command): \(result.talk)")
                #expect(
                    result.talk.hasPrefix("polar-seats: error: \(option) takes "), "\(result.command): \(result.talk)")
                #expect(result.talk.contains(range) && result.talk.contains("got"), "\(result.talk)")
            }
        }
    }

    @Test("the ends of the ranges are accepted")
    func ends() async throws {
        try await withTool { tool in
            let result = try await tool.run(
                "doctor", "--server", "embedded", "--timeout", "86400", "--max-wait", "86400", "--retries", "100",
                "--rate",
                "1000000/s")
            #expect(result.status == 0, "\(result.talk)")
            try tool.write(roster(2), "people.csv")
            let plan = try await tool.run(
                "plan", "people.csv", "--server", "embedded", "--subscription", World.acme, "--assume-seats",
                "2147483647",
                "--max-mails", "2147483647", "--max-revoke", "2147483647")
            #expect(plan.status == 0, "\(plan.talk)")
        }
    }

    @Test("a port that no machine has is refused, not a trap")
    func serverPort() async throws {
        try await withTool { tool in
            for url in ["http://127.0.0.1:65536", "http://127.0.0.1:99999", "http://127.0.0.1:0"] {
                let result = try await tool.run(
                    "doctor", "--server", url, extra: ["POLAR_ACCESS_TOKEN": "polar_oat_test"])
                #expect(result.status == 64 && result.talk.contains("from 1 to 65535"), "\(result.talk)")
            }
        }
    }
}
