package import SMPP

extension IntakeReply {
    /// The reply to a message that an account's quota has no room for.
    package init(_ refusal: AccountQuota.Refusal, language: Language) {
        switch refusal {
        case .period(let period, let retryAfter):
            self.init(
                .quotaExceeded, language: language, retryAfter: retryAfter, detail: period.words(in: language))
        case .recipient(let retryAfter): self.init(.recipientLimited, language: language, retryAfter: retryAfter)
        }
    }
}

extension QuotaPeriod {
    fileprivate func words(in language: Language) -> String {
        switch (self, language) {
        case (.day, .ru): "на день"
        case (.month, .ru): "на месяц"
        case (.day, .en): "day"
        case (.month, .en): "month"
        }
    }
}
