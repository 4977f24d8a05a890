import Foundation
import HTTPService
import Intake

extension BindsReport {
    /// So many accounts the page shows, those that have used up most of their quota.
    static let shownQuotas = 20

    /// The accounts' quotas.
    /// - Parameter most: so many of them, the fullest first; nil = all, in the configuration's order.
    static func write(_ quotas: [QuotaStatus], most: Int?, to json: inout JSONWriter) {
        let shown = most.map { quotas.sorted { $0.usedShare > $1.usedShare }.prefix($0) } ?? quotas[...]
        json.array { json in
            for quota in shown {
                json.object { json in
                    json.member("account", quota.account)
                    json.member("zone", quota.zone)
                    for period in QuotaPeriod.allCases {
                        json.key(period.rawValue)
                        guard let part = quota.parts[period] else {
                            json.null()
                            continue
                        }
                        json.object { json in
                            json.member("limit", part.limit)
                            json.member("used", part.used)
                            json.member("left", part.left)
                            let end = Date(timeIntervalSince1970: Double(part.endsAt) / 1000)
                            json.member("ends_at", end.formatted(.iso8601))
                        }
                    }
                    json.member("per_recipient", quota.perRecipient)
                    json.member("counted", quota.isKnown)
                }
            }
        }
    }
}
