/// What people are told of carriers and of the bridge, besides why a bind is down: the one place that page, terminal, probes and
/// log read. `%` stands for what is put in; the raw values name the texts in the page's script.
package enum CarrierWords: String, Hashable, Sendable, CaseIterable {
    // How many binds are up.
    case oneUp, oneDown, allUp, someUp, bindIs, more
    // What is wrong with a bind that is up.
    case drained, suspect, throttled, congested
    // What is wrong with a carrier.
    case noneHere, drainedAll, stoppedAll, conditionWhy, refusesAll, refusesSpeed, answersNothing, triedIn, nextTries,
        overloaded,
        slowed, slowedOf, next,
        nowState
    // How all carriers are.
    case noCarriers, allGreen, headRed, headYellow, headOff
    // What is wrong with the bridge.
    case switching, journalBroken, journalSkipped, draining, notListening, reloadRefused, loginsLocked,
        addressesLocked, quotaUsedUp

    package var phrase: Phrase {
        switch self {
        case .oneUp: Phrase(en: "the bind is up", ru: "соединение установлено")
        case .oneDown: Phrase(en: "the bind is not up", ru: "соединения нет")
        case .allUp: Phrase(en: "all % binds up", ru: "все соединения установлены (%)")
        case .someUp: Phrase(en: "% of % binds up", ru: "установлено % из % соединений")
        case .bindIs: Phrase(en: "bind %: %", ru: "соединение %: %")
        case .more: Phrase(en: "and % more", ru: "и ещё %")
        case .drained: Phrase(en: "drained: it takes no new messages", ru: "не берёт новых сообщений")
        case .noneHere: Phrase(en: "none of its binds is at this node", ru: "его соединения не у этого узла")
        case .drainedAll:
            Phrase(
                en: "drained by people: it takes no new messages; to let it: smppost binds start %",
                ru: "выведен из работы людьми: новых сообщений не берёт; вернуть: smppost binds start %")
        case .stoppedAll:
            Phrase(
                en: "stopped by people; to connect it again: smppost binds start %",
                ru: "остановлен людьми; подключить снова: smppost binds start %")
        case .suspect: Phrase(en: "the carrier is silent", ru: "оператор молчит")
        case .throttled: Phrase(en: "stopped by the carrier for speed", ru: "остановлено оператором из-за скорости")
        case .congested: Phrase(en: "the carrier is congested (% of 100)", ru: "оператор перегружен (% из 100)")
        case .conditionWhy: Phrase(en: "%: %, %", ru: "%: %, %")
        case .refusesAll: Phrase(en: "it refuses everything (%)", ru: "отклоняет всё (%)")
        case .refusesSpeed: Phrase(en: "it refuses for speed (%)", ru: "отклоняет из-за скорости (%)")
        case .answersNothing: Phrase(en: "it answers nothing", ru: "ни на что не отвечает")
        case .triedIn: Phrase(en: "tried again in %", ru: "новая попытка через %")
        case .nextTries: Phrase(en: "the next message tries it", ru: "попытка будет со следующим сообщением")
        case .overloaded:
            Phrase(
                en: "overloaded: messages are refused for lack of time",
                ru: "перегружен: сообщения не успевают и отклоняются")
        case .slowed: Phrase(en: "slowed down by the carrier: %/s", ru: "оператор снизил скорость: %/с")
        case .slowedOf: Phrase(en: "slowed down by the carrier: %/s of %/s", ru: "оператор снизил скорость: %/с из %/с")
        case .next: Phrase(en: "%, next attempt in %", ru: "%, следующая попытка через %")
        case .nowState: Phrase(en: "%, %", ru: "%, %")
        case .noCarriers: Phrase(en: "no carrier is configured", ru: "операторов в настройках нет")
        case .allGreen: Phrase(en: "all carriers are up (%)", ru: "все операторы работают (%)")
        case .headRed: Phrase(en: "% of % carriers down: %", ru: "не работают операторы: % из % (%)")
        case .headYellow: Phrase(en: "% of % in trouble: %", ru: "с замечаниями: % из % (%)")
        case .headOff: Phrase(en: "% of % switched off: %", ru: "выключены: % из % (%)")
        case .switching: Phrase(en: "making new binds: %", ru: "создаются новые соединения: %")
        case .journalBroken:
            Phrase(
                en: "the journal cannot be written: messages are refused",
                ru: "журнал не пишется: сообщения отклоняются")
        case .journalSkipped:
            Phrase(
                en: "the journal cannot be written: messages go without a record",
                ru: "журнал не пишется: сообщения уходят без записи")
        case .draining: Phrase(en: "the bridge is stopping", ru: "мост останавливается")
        case .notListening: Phrase(en: "the intake takes no connections", ru: "приём не принимает соединений")
        case .reloadRefused:
            Phrase(
                en: "the last reload was refused, the old configuration stays",
                ru: "новые настройки отклонены, действуют прежние")
        case .loginsLocked: Phrase(en: "logins locked out: %", ru: "заблокировано логинов: %")
        case .addressesLocked: Phrase(en: "addresses locked out: %", ru: "заблокировано адресов: %")
        case .quotaUsedUp: Phrase(en: "quota used up: %", ru: "квота израсходована: %")
        }
    }

    /// The text with these in place of each `%`.
    package func with(_ first: Phrase, _ second: Phrase = "%", _ third: Phrase = "%") -> Phrase {
        phrase.filled(first, second, third)
    }

    /// How many of a carrier's binds are up.
    package static func up(_ up: Int, of all: Int) -> Phrase {
        switch (up, all) {
        case (1, 1): oneUp.phrase
        case (0, 1): oneDown.phrase
        case (all, _): allUp.with(Phrase("\(all)"))
        default: someUp.with(Phrase("\(up)"), Phrase("\(all)"))
        }
    }

    /// A state of a bind, `BindState.name`.
    package static func state(_ name: String) -> Phrase { states[name] ?? Phrase(name) }

    /// `BindState.name` and what it is called.
    package static let states: [String: Phrase] = [
        "idle": Phrase(en: "not started", ru: "не запущено"),
        "connecting": Phrase(en: "connecting", ru: "подключается"),
        "binding": Phrase(en: "binding", ru: "входит"),
        "bound": Phrase(en: "bound", ru: "установлено"),
        "draining": Phrase(en: "draining", ru: "завершает"),
        "unbinding": Phrase(en: "unbinding", ru: "отключается"),
        "waiting": Phrase(en: "waiting", ru: "ждёт"),
        "stopped": Phrase(en: "stopped", ru: "остановлено"),
    ]

    /// `ready`, `paused`, `tripped`, `down`, and what it is called.
    package static let conditions: [String: Phrase] = [
        "ready": Phrase(en: "takes messages", ru: "берёт сообщения"),
        "paused": Phrase(en: "paused", ru: "приостановлен"),
        "tripped": Phrase(en: "tripped", ru: "отключён защитой"),
        "down": Phrase(en: "down", ru: "не работает"),
    ]
}
