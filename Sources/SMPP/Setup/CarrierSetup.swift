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
    /// What each bind may hold.
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

    /// What one bind of this kind is.
    package func bind(_ plan: BindPlan) -> BindSetup {
        var limits = limits
        limits.window = plan.window ?? limits.window
        return BindSetup(
            kind: plan.kind, request: request, hosts: hosts.count, limits: limits, timings: timings,
            statuses: statuses, deliveryRetryStatus: deliveryRetryStatus)
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
