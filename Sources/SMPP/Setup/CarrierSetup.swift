/// One carrier: where it is, how to bind, and what it bears. The values are those of its file, with the file's defaults.
package struct CarrierSetup: Hashable, Sendable {
    /// The carrier file's name.
    package var name: String
    /// `hosts`: tried in turn; at least one.
    package var hosts: [HostPort]
    /// `bind_from`: the IP address that connections come from; nil = the system chooses.
    package var bindFrom: String?
    /// The bind request of every bind, password included: `system_id`, `password` (or `password_file`, `password_env`),
    /// `system_type`, `interface_version` and `address_range`.
    package var request: BindRequest
    /// `binds`: at least one, at most 100 together.
    package var binds: [BindPlan]
    /// `required`: whether the service counts as ready only with this carrier.
    package var required = true
    /// `rate`: PDUs per second of the whole carrier; nil = no limit.
    package var rate: Double?
    /// `lanes`: into how many parts its binds and its rate are split, 1 to 64; nil = as `laneCount` says.
    package var lanes: Int?
    /// `throttle`: what refusals for speed cost.
    package var throttle = CarrierLimits.Throttle()
    /// `breaker`: when it counts as broken, and how it is tried again.
    package var breaker = CarrierLimits.Breaker()
    /// `in_time`: what time a message needs to have left.
    package var inTime = InTime()
    /// What each bind, and each lane, may hold.
    package var limits = BindLimits()
    /// How long each bind may take.
    package var timings = BindTimings()
    /// `receipts.retry_status`: the answer to a `deliver_sm` that could not be kept, after which the carrier sends it again.
    package var deliveryRetryStatus = CommandStatus.systemError
    /// `statuses`: what each `command_status` of this carrier means.
    package var statuses = StatusTable.standard

    package init(
        name: String, hosts: [HostPort] = [], request: BindRequest = BindRequest(systemID: "", password: ""),
        binds: [BindPlan] = [BindPlan(kind: .transceiver, count: 1)]
    ) {
        self.name = name
        self.hosts = hosts
        self.request = request
        self.binds = binds
    }

    /// How many lanes there are: one where there is a rate, else as many as help; never more than binds that submit, nor so
    /// many that one has no whole number of the rate.
    ///
    /// - Parameter loops: how many event loops there are.
    package func laneCount(loops: Int) -> Int {
        let submitting = binds.reduce(0) { $0 + ($1.kind.submits ? max(0, $1.count) : 0) }
        let wanted = lanes ?? (rate == nil ? loops : 1)
        let whole = rate.map { max(1, Int(min($0, 1e6))) } ?? wanted
        return max(1, min(wanted, submitting, whole))
    }

    /// The bounds of one lane: its whole-number share of the rate, and the carrier's others.
    ///
    /// - Parameter lane: 0 to `lanes` − 1.
    package func limits(lane: Int, of lanes: Int) -> CarrierLimits {
        let share = rate.map { rate in
            guard lanes > 1 else { return rate }
            let whole = Int(min(rate, 1e6))
            return Double(whole / lanes + (lane < whole % lanes ? 1 : 0))
        }
        return CarrierLimits(
            waiting: limits.waiting, window: limits.window, rate: share, response: timings.response,
            leastResponse: inTime.least, reserve: inTime.reserve, throttle: throttle, breaker: breaker,
            lateKept: limits.lateKept, maxLate: limits.late)
    }

    /// What one bind of this kind is.
    package func bind(_ plan: BindPlan) -> BindSetup {
        var limits = limits
        limits.window = plan.window ?? limits.window
        return BindSetup(
            kind: plan.kind, request: request, hosts: hosts.count, limits: limits, timings: timings,
            deliveryRetryStatus: deliveryRetryStatus)
    }
}

/// `in_time`: a message that cannot be answered before its deadline is not begun.
package struct InTime: Hashable, Sendable {
    /// `least`: a response is never thought to take less; 10 ms to 10 s.
    package var least: Duration
    /// `reserve`: a message that had to wait is begun only with this much time left, at most half of what it came with;
    /// nil = `timeouts.response`.
    package var reserve: Duration?

    package init(least: Duration = .milliseconds(250), reserve: Duration? = nil) {
        self.least = least
        self.reserve = reserve
    }
}

/// How many binds of a kind a carrier gets.
package struct BindPlan: Hashable, Sendable {
    package var kind: BindKind
    /// 1 to 100.
    package var count: Int
    /// `window`: requests that may be open at once on each of them; nil = the carrier's.
    package var window: Int?
    /// `rate`: PDUs per second of each of them, beside the carrier's; nil = no limit of its own.
    package var rate: Double?

    package init(kind: BindKind, count: Int, window: Int? = nil, rate: Double? = nil) {
        self.kind = kind
        self.count = count
        self.window = window
        self.rate = rate
    }
}
