import Intake
import Journal
import SMPP

/// Each trouble with its words: the same facts in both languages.
extension ServiceTrouble {
    private init(_ code: Code, isCritical: Bool = false, _ short: Phrase, _ more: Phrase) {
        self.init(code: code, isCritical: isCritical, short: short, words: short + more)
    }

    static let draining = ServiceTrouble(
        .draining, isCritical: true, CarrierWords.draining.phrase,
        Phrase(
            en: ", and refuses new messages; when it is wanted again: systemctl start smppost",
            ru: " и новые сообщения отклоняет; когда понадобится снова: systemctl start smppost"))

    static let notListening = ServiceTrouble(
        .notListening, isCritical: true, CarrierWords.notListening.phrase,
        Phrase(
            en: " (intake.listen): a start waits for the journal; if it lasts, look at journalctl -u smppost",
            ru: " (intake.listen): при запуске ждёт журнала; если это надолго, смотрите journalctl -u smppost"))

    /// - Parameters:
    ///   - kind: why it cannot be written; nil = that is not known yet.
    ///   - place: where it is.
    static func journal(_ kind: JournalProblem.Kind?, at place: JournalPlace?) -> ServiceTrouble {
        let place = place ?? JournalPlace(name: "journal.url")
        let short = place.isNeeded ? CarrierWords.journalBroken : .journalSkipped
        let cause = cause(kind).filled(Phrase(place.name))
        return ServiceTrouble(.journal, isCritical: true, short.phrase, "; " + cause)
    }

    private static func cause(_ kind: JournalProblem.Kind?) -> Phrase {
        switch kind {
        case .full: Phrase(en: "no room on the disk of %: make some", ru: "на диске, где %, нет места: освободите его")
        case .readOnly:
            Phrase(
                en: "% may not be written: look at its owner and mode, and how the disk is mounted",
                ru: "% нельзя записать: проверьте владельца, права и то, как подключён диск")
        case .corrupt:
            Phrase(
                en: "% is damaged, or is no journal: stop the service and put the backup in its place",
                ru: "% повреждён или это не журнал: остановите службу и верните резервную копию")
        case .unreachable:
            Phrase(
                en: "% cannot be reached: look whether the file or the database is there, and at journal.url",
                ru: "% недоступен: проверьте, на месте ли файл или база, и journal.url")
        case .incompatible:
            Phrase(
                en: "% is of another version: install the one that made it, or put the backup in its place",
                ru: "% от другой версии: установите ту, что его создала, или верните резервную копию")
        case .failed:
            Phrase(
                en: "% cannot be used: journalctl -u smppost says why",
                ru: "% не работает: почему, скажет journalctl -u smppost")
        case nil: Phrase(en: "% is being opened", ru: "% открывается")
        }
    }

    static func reload(_ refused: RefusedReload) -> ServiceTrouble {
        // `FILE:LINE:COLUMN: what is wrong`.
        let place = refused.first.firstRange(of: ": ").map { String(refused.first[..<$0.lowerBound]) }
        return ServiceTrouble(
            .reload, CarrierWords.reloadRefused.phrase,
            Phrase(
                en:
                    "; problems: %, the first at %, and the next start would fail. smppost check names each: mend them and reload",
                ru:
                    "; ошибок: %, первая в %, и следующий запуск не удастся. smppost check назовёт все: исправьте и перечитайте"
            ).filled(Phrase("\(refused.problems)"), Phrase(place ?? refused.first)))
    }

    /// - Parameter kind: `login` or `address`.
    static func locked(_ kind: Lock.Kind, _ locks: LockOutStatus) -> ServiceTrouble {
        let count = Phrase("\(locks.counts[kind, default: 0])")
        // Not all of them need be named there.
        let named = locks.locks.filter { $0.kind == kind }
        let places = Phrase.names(
            named.map { [$0.login, $0.address].compactMap(\.self).joined(separator: " @ ") }, most: toldNames)
        let names = named.isEmpty ? "" : Phrase(" (") + places + ")"
        let unlock = Phrase("smppost unlock " + (named.first.map { $0.login ?? $0.address } ?? "NAME"))
        let (code, short, more): (Code, CarrierWords, Phrase) =
            kind == .login
            ? (
                .lockedLogins, .loginsLocked,
                Phrase(
                    en: ": too many wrong passwords. When the customer has the right one: %",
                    ru: ": слишком много неверных паролей. Когда у клиента будет верный: %")
            )
            : (
                .lockedAddresses, .addressesLocked,
                Phrase(
                    en: ": too many wrong keys or logins from there; what is right passes. To lift it: %",
                    ru: ": оттуда слишком много неверных ключей или логинов; верные проходят. Снять: %")
            )
        return ServiceTrouble(code, short.with(count), names + more.filled(unlock))
    }

    static func quota(_ accounts: [String]) -> ServiceTrouble {
        ServiceTrouble(
            .quota, CarrierWords.quotaUsedUp.with(.names(accounts, most: toldNames)),
            Phrase(
                en:
                    ": messages are refused until the next day or month, or until quota in accounts.yaml is raised and reloaded",
                ru:
                    ": сообщения отклоняются до следующего дня или месяца, или пока quota в accounts.yaml не увеличат и не перечитают"
            ))
    }
}
