import Testing

@testable import SMPP

/// Carriers of every kind, with receipts at every moment: none stands at another message, nearly all at their own.
@Suite struct ReceiptSimulationTests {
    private static let starts: [UInt64] = [0, 5, 99, 100_000]

    private func check(_ simulation: ReceiptSimulation, seeds: ClosedRange<UInt64> = 1...3) {
        for seed in seeds {
            let result = simulation.run(seed: seed)
            let told: Comment = "\(simulation) seed \(seed): \(result)"
            #expect(result.wrong == 0, told)
            #expect(result.share >= 0.99, told)
        }
    }

    @Test(arguments: starts, ReceiptSimulation.Writing.allCases)
    func atEveryMoment(start: UInt64, writing: ReceiptSimulation.Writing) {
        for moment in ReceiptSimulation.Moment.allCases {
            for (window, seeds) in [(1, 1...1), (20, 1...3), (100, 1...1)] as [(Int, ClosedRange<UInt64>)] {
                check(ReceiptSimulation(start: start, receipt: writing, moment: moment, window: window), seeds: seeds)
            }
        }
    }

    @Test(arguments: starts, ReceiptSimulation.Moment.allCases)
    func hexadecimalResponses(start: UInt64, moment: ReceiptSimulation.Moment) {
        for receipt in [ReceiptSimulation.Writing.decimal, .hexadecimal] {
            check(ReceiptSimulation(start: start, response: .hexadecimal, receipt: receipt, moment: moment))
        }
    }

    @Test(arguments: starts, ReceiptSimulation.Writing.allCases)
    func strangersAndRepeatedIDs(start: UInt64, writing: ReceiptSimulation.Writing) {
        for moment in ReceiptSimulation.Moment.allCases {
            check(ReceiptSimulation(start: start, receipt: writing, moment: moment, strangers: 50))
            check(ReceiptSimulation(start: start, receipt: writing, moment: moment, repeatsIDs: true))
        }
    }

    /// Three people get all messages: numbers often agree by chance, and still no receipt is another number's.
    @Test(arguments: starts, ReceiptSimulation.Writing.allCases)
    func fewRecipients(start: UInt64, writing: ReceiptSimulation.Writing) {
        for moment in ReceiptSimulation.Moment.allCases {
            let simulation = ReceiptSimulation(start: start, receipt: writing, moment: moment, recipients: 3)
            let result = simulation.run(seed: 4)
            #expect(result.wrongNumber == 0, "\(simulation): \(result)")
            // What fits two messages to one number is the one's whose id it writes.
            #expect(result.share >= (writing == .mixed ? 0.6 : 0.9), "\(simulation): \(result)")
        }
    }

    /// Receipts whose numbers prove nothing: the form of ids is learnt from those that fit one message only, and those that waited for it
    /// are found then.
    @Test(arguments: starts, [ReceiptSimulation.Naming.national, .masked, .allMasked, .nobody, .letters])
    func numbersThatProveNothing(start: UInt64, naming: ReceiptSimulation.Naming) {
        for moment in ReceiptSimulation.Moment.allCases {
            for (response, receipt) in Self.forms {
                let simulation = ReceiptSimulation(
                    start: start, response: response, receipt: receipt, moment: moment, naming: naming)
                check(simulation, seeds: 1...1)
            }
            var repeated = ReceiptSimulation(start: start, moment: moment, naming: naming)
            repeated.repeatsIDs = true
            let twice = repeated.run(seed: 6)
            #expect(twice.wrong == 0, "\(repeated): \(twice)")
        }
    }

    /// A carrier that writes ids now so and now so, and whose numbers prove nothing: only ids are believed that fit one message. Of a low
    /// counter half of them do, of a high one all.
    @Test(arguments: starts, [ReceiptSimulation.Naming.national, .masked, .allMasked, .nobody])
    func mixedIDsWithoutProof(start: UInt64, naming: ReceiptSimulation.Naming) {
        for moment in ReceiptSimulation.Moment.allCases {
            let mixed = ReceiptSimulation(start: start, receipt: .mixed, moment: moment, naming: naming)
            let isHard = start < 99 && (naming == .allMasked || naming == .nobody)
            for seed in (isHard ? 1...8 : 6...6) as ClosedRange<UInt64> {
                let result = mixed.run(seed: seed)
                #expect(result.wrong == 0, "\(mixed) seed \(seed): \(result)")
                #expect(result.share >= (start > 1000 ? 0.99 : 0.45), "\(mixed) seed \(seed): \(result)")
            }
        }
    }

    /// Of a carrier that names numbers, receipts of strangers that name none, and have an id of ours or one near by. (Where they come
    /// before all others, nobody could tell.)
    @Test(arguments: starts, [ReceiptSimulation.Naming.anyForm, .masked])
    func strangersWithoutNumbers(start: UInt64, naming: ReceiptSimulation.Naming) {
        for moment in [ReceiptSimulation.Moment.before, .rightBehind, .any] {
            for (response, receipt) in Self.forms.prefix(3) {
                var simulation = ReceiptSimulation(
                    start: start, response: response, receipt: receipt, moment: moment, strangers: 50, naming: naming)
                simulation.strangersNaming = .nobody
                check(simulation, seeds: 1...1)
            }
        }
    }

    private static let forms: [(ReceiptSimulation.Writing, ReceiptSimulation.Writing)] = [
        (.decimal, .decimal), (.decimal, .hexadecimal), (.hexadecimal, .decimal), (.hexadecimal, .hexadecimal),
        (.decimal, .padded), (.padded, .decimal),
    ]

    /// Three messages a minute are enough to learn from.
    @Test(arguments: [ReceiptSimulation.Naming.national, .masked, .allMasked, .nobody])
    func aFewMessagesAMinute(naming: ReceiptSimulation.Naming) {
        for (response, receipt) in Self.forms {
            check(
                ReceiptSimulation(
                    start: 160, response: response, receipt: receipt, window: 1, messages: 100, naming: naming,
                    pause: .seconds(20)),
                seeds: 1...1)
        }
    }

    /// Strangers' receipts go to our sender's number, and so do some of our messages.
    @Test(arguments: starts, ReceiptSimulation.Writing.allCases)
    func strangersToTheSendersNumber(start: UInt64, writing: ReceiptSimulation.Writing) {
        for moment in ReceiptSimulation.Moment.allCases {
            let simulation = ReceiptSimulation(
                start: start, receipt: writing, moment: moment, strangers: 50, sender: "79161000000")
            let result = simulation.run(seed: 5)
            #expect(result.wrongNumber == 0, "\(simulation): \(result)")
            // What fits two messages to the one number is the one's whose id it writes.
            #expect(result.share >= (writing == .mixed ? 0.97 : 0.99), "\(simulation): \(result)")
        }
    }

    /// All parts of a message have one id, and each has a receipt.
    @Test(arguments: starts, ReceiptSimulation.Writing.allCases)
    func oneIDOfAllParts(start: UInt64, writing: ReceiptSimulation.Writing) {
        for moment in ReceiptSimulation.Moment.allCases {
            let simulation = ReceiptSimulation(start: start, receipt: writing, moment: moment, messages: 100, parts: 3)
            check(simulation, seeds: 1...1)
            // One that comes before its own part's answer may be of a part that has had one.
            if moment != .before, moment != .any { #expect(simulation.run(seed: 7).duplicates == 0, "\(simulation)") }
        }
    }

    /// Only what was read before its answer is early.
    @Test func early() {
        #expect(ReceiptSimulation(start: 99, moment: .before).run(seed: 1).early == 300)
        #expect(ReceiptSimulation(start: 99, moment: .rightBehind, strangers: 50).run(seed: 1).early == 0)
        #expect(ReceiptSimulation(start: 99, receipt: .hexadecimal, moment: .rightBehind).run(seed: 1).early == 0)
    }
}
