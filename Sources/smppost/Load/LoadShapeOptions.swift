import ArgumentParser
import LoadTest
import SMPP

/// How much and when: one shape.
struct LoadShapeOptions: ParsableArguments {
    @Option(help: "Messages a second, all the time (the default: 10).")
    var rate: Double?

    @Option(help: "Messages a second from one rate evenly to another: FROM..TO.")
    var ramp: String?

    @Option(
        help:
            "Rates one after the other, each for the same part of the time: 100,200,400. The report tells which was the highest that held."
    )
    var steps: String?

    @Option(
        help:
            "BASE,PEAK,LENGTH,EVERY: BASE a second, and PEAK for LENGTH at the end of each EVERY, like 50,1000,2s,30s.")
    var burst: String?

    @Option(help: "Messages a second for a long time (10m unless --for says otherwise), after a short rise.")
    var soak: Double?

    @Option(help: "Closed loop: so many messages under way at any time, each followed by the next.")
    var closed: Int?

    @Option(name: .customLong("for"), help: "How long, like 30s (the default), 10m.")
    var duration: DurationArgument?

    @Option(help: "How messages lie in time: poisson (at random, as people send) or even.")
    var spacing = ArrivalSchedule.Spacing.poisson

    @Option(help: "The most messages.")
    var messages: Int?

    @Option(help: "This first part of the run counts in no percentile.")
    var warmUp = DurationArgument(.zero)

    func pacing() throws -> LoadPlan.Pacing {
        let shapes = [rate != nil, ramp != nil, steps != nil, burst != nil, soak != nil, closed != nil]
        guard shapes.count(where: { $0 }) <= 1 else {
            throw ValidationError("--rate, --ramp, --steps, --burst, --soak and --closed exclude each other")
        }
        let seconds = duration?.duration.inSeconds ?? (soak == nil ? 30 : 600)
        guard LoadLimits.seconds.contains(seconds) else { throw ValidationError("--for is 100ms to 24h") }
        if let messages, messages < 1 { throw ValidationError("--messages is 1 or more") }
        guard warmUp.duration.inSeconds < seconds else { throw ValidationError("--warm-up is shorter than --for") }
        if let closed {
            guard (1...100_000).contains(closed) else { throw ValidationError("--closed is 1 to 100000") }
            return .closed(workers: closed, seconds: seconds)
        }
        let profile = try profile(seconds)
        guard profile.expectedArrivals > 0 else { throw ValidationError("the load has no message") }
        return .open(profile, spacing)
    }

    private func profile(_ seconds: Double) throws -> LoadProfile {
        if let ramp {
            let ends = try rates(ramp.replacing("..", with: ","), "--ramp", mayBeZero: true)
            guard ends.count == 2 else { throw ValidationError("--ramp is FROM..TO, like 10..500") }
            return .ramp(from: ends[0], to: ends[1], seconds: seconds)
        }
        if let steps {
            let rates = try rates(steps, "--steps", mayBeZero: true)
            guard LoadLimits.steps.contains(rates.count) else {
                throw ValidationError("--steps has at most \(LoadLimits.steps.upperBound) rates")
            }
            return .steps(rates, seconds: seconds)
        }
        if let soak { return .soak(try checked(soak, "--soak"), seconds: seconds) }
        if let burst {
            let parts = burst.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, let length = DurationArgument(argument: parts[2])?.duration.inSeconds,
                let every = DurationArgument(argument: parts[3])?.duration.inSeconds, length > 0, length < every
            else {
                throw ValidationError("--burst is BASE,PEAK,LENGTH,EVERY, like 50,1000,2s,30s, LENGTH less than EVERY")
            }
            let ends = try rates(parts[0] + "," + parts[1], "--burst", mayBeZero: true)
            return .burst(base: ends[0], peak: ends[1], length: length, period: every, seconds: seconds)
        }
        return .constant(try checked(rate ?? 10, "--rate"), seconds: seconds)
    }

    private func rates(_ text: String, _ option: String, mayBeZero: Bool) throws -> [Double] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            let word = word.hasSuffix("/s") ? word.dropLast(2) : word
            guard let rate = Double(word) else { throw ValidationError("\(option): '\(word)' is not a rate") }
            return try rate == 0 && mayBeZero ? 0 : checked(rate, option)
        }
    }

    private func checked(_ rate: Double, _ option: String) throws -> Double {
        guard LoadLimits.rate.contains(rate) else {
            throw ValidationError(
                "\(option): a rate is \(LoadLimits.rate.lowerBound) to \(LoadLimits.rate.upperBound.short) a second")
        }
        return rate
    }

    func apply(to plan: inout LoadPlan) {
        plan.messages = messages
        plan.warmUp = warmUp.duration.inSeconds
    }
}

extension ArrivalSchedule.Spacing: ExpressibleByArgument {}
