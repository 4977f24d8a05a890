import Intake
import Journal
import SMPP
import TLS

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

    static func intakeFull(places: Int) -> ServiceTrouble {
        ServiceTrouble(
            .intakeFull, isCritical: true, CarrierWords.intakeFull.with(Phrase("\(places)")),
            Phrase(
                en:
                    ": if customers hold them raise intake.max_connections, and LimitNOFILE of the unit where the log names it; if a few addresses do, lower max_connections_per_address",
                ru:
                    ": если их держат клиенты, увеличьте intake.max_connections и LimitNOFILE службы, если его называет журнал; если немногие адреса, уменьшите max_connections_per_address"
            ))
    }

    /// - Parameter now: the time, in Unix seconds.
    static func certificate(
        of listener: ListenerCertificate.Listener, _ certificate: ListenerCertificate, now: Int64
    ) -> [ServiceTrouble] {
        let name: Phrase =
            listener == .intake ? Phrase(en: "intake", ru: "приёма") : Phrase(en: "monitor", ru: "монитора")
        let key = Phrase("\(certificate.file) (\(listener.rawValue).tls.certificate)")
        let renew = Phrase(
            en: "put a renewed one there, it is read anew within seconds",
            ru: "положите туда обновлённый, он перечитается за секунды")
        var troubles: [ServiceTrouble] = []
        switch CertificateStage(expiry: certificate.expiry, now: now) {
        case .valid: break
        case .endsSoon:
            let days = Phrase("\(CertificateStage.days(from: now, to: certificate.expiry))")
            troubles.append(
                ServiceTrouble(.certificate, CarrierWords.certificateEnds.with(name, days), ": " + key + "; " + renew))
        case .ended:
            let refuse = Phrase(en: "; clients refuse it: ", ru: "; клиенты его не принимают: ")
            troubles.append(
                ServiceTrouble(
                    .certificate, isCritical: listener == .intake, CarrierWords.certificateEnded.with(name),
                    ": " + key + refuse + renew))
        }
        if let refused = certificate.refused {
            troubles.append(
                ServiceTrouble(
                    .certificateRefused, CarrierWords.certificateRefused.with(name), "; " + cause(refused).filled(key)))
        }
        return troubles
    }

    private static func cause(_ refused: ListenerCertificate.Refusal) -> Phrase {
        switch refused {
        case .expired:
            Phrase(en: "% has expired: put a renewed one there", ru: "% истёк: положите туда обновлённый")
        case .notYetValid:
            Phrase(
                en: "% is not valid yet: it is taken when its time comes; look at this machine's clock",
                ru: "% ещё не действует: будет принят, когда придёт срок; проверьте часы этой машины")
        case .keyMismatch:
            Phrase(
                en: "the key does not belong to %: put both files of one pair there",
                ru: "ключ не подходит к %: положите туда оба файла одной пары")
        case .unusable:
            Phrase(
                en: "% or its key is missing or no PEM: journalctl -u smppost says which",
                ru: "% или его ключа нет, или это не PEM: что именно, скажет journalctl -u smppost")
        }
    }

    /// - Parameters:
    ///   - kind: why it cannot be written; nil = that is not known yet.
    ///   - cause: of PostgreSQL, where it is known.
    ///   - place: where it is.
    static func journal(
        _ kind: JournalProblem.Kind?, _ cause: PostgreSQLCause? = nil, at place: JournalPlace?
    ) -> ServiceTrouble {
        let place = place ?? JournalPlace(name: "journal.url")
        let short = place.isNeeded ? CarrierWords.journalBroken : .journalSkipped
        let words = (cause?.phrase ?? self.cause(kind)).filled(Phrase(place.name))
        return ServiceTrouble(.journal, isCritical: true, short.phrase, "; " + words)
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
