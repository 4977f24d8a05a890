/// Why a bind is not up, in words: the one place that page, terminal and log read.
extension BindFailure {
    /// In a few words, for a line that tells more.
    package var short: Phrase {
        switch cause {
        case .refused(.invalidPassword): Phrase(en: "password refused", ru: "пароль не принят")
        case .refused(.invalidSystemID): Phrase(en: "system_id refused", ru: "system_id не принят")
        case .refused(.invalidSystemType): Phrase(en: "system_type refused", ru: "system_type не принят")
        case .refused(.alreadyBound): Phrase(en: "already bound", ru: "уже подключено")
        case .refused: Phrase(en: "bind refused", ru: "вход отклонён")
        case .closedBeforeBindResponse:
            Phrase(
                en: "closed before the bind response: address not allowed?",
                ru: "закрыто до ответа на вход: адрес не разрешён?")
        case .connectRefused: Phrase(en: "connection refused", ru: "в соединении отказано")
        case .unreachable: Phrase(en: "host not reachable", ru: "узел недоступен")
        case .connectTimeout, .transportTimeout: Phrase(en: "no answer", ru: "нет ответа")
        case .bindTimeout: Phrase(en: "no bind response", ru: "нет ответа на вход")
        case .writeTimeout: Phrase(en: "the carrier reads nothing", ru: "оператор ничего не читает")
        case .nameNotFound: Phrase(en: "host name not found", ru: "имя узла не найдено")
        case .tls(let cause): Phrase(en: "TLS failed: %", ru: "ошибка TLS: %").filled(cause.short)
        case .enquireUnanswered: Phrase(en: "enquire_link unanswered", ru: "нет ответа на enquire_link")
        case .unbindReceived: Phrase(en: "the carrier sent unbind", ru: "оператор прислал unbind")
        case .noSuchAddress: Phrase(en: "bind_from is not ours", ru: "адрес bind_from не наш")
        case .reset, .incomplete, .system: Phrase(en: "connection broken", ru: "соединение оборвалось")
        case .closed: Phrase(en: "the carrier closed the connection", ru: "оператор закрыл соединение")
        case .notSMPP: Phrase(en: "not SMPP", ru: "это не SMPP")
        case .stopped: Phrase(en: "stopped by us", ru: "остановлено нами")
        }
    }

    /// One line without secrets: where, what is wrong, what to do next.
    package var words: Phrase {
        (host.map { Phrase($0 + ": ") } ?? "") + told
    }

    private var told: Phrase {
        switch cause {
        case .refused(let status): Self.refused(status)
        case .closedBeforeBindResponse(let address):
            Phrase(
                en: "the carrier closed the connection before its bind response: probably our address% is not on its "
                    + "allow-list, or the port speaks TLS (tls.enabled: true); ask its support",
                ru: "оператор закрыл соединение до ответа на вход: вероятно, наш адрес% не входит в его список "
                    + "разрешённых, или порт с TLS (tls.enabled: true); обратитесь в его поддержку"
            ).filled(Phrase(address.map { " \($0)" } ?? ""))
        case .connectRefused:
            Phrase(
                en:
                    "connection refused: nothing listens on the port; compare it with the contract, or the SMSC is down",
                ru:
                    "в соединении отказано: на этом порту никто не отвечает; сверьте порт с договором, или SMSC не работает"
            )
        case .unreachable:
            Phrase(
                en: "the host cannot be reached: look at the network, the route and the VPN",
                ru: "узел недоступен: проверьте сеть, маршрут и VPN")
        case .connectTimeout(let time): Self.noConnection(within: time)
        case .transportTimeout:
            Phrase(
                en: "the connection timed out: a firewall, or the host is down",
                ru: "соединение не отвечает: мешает межсетевой экран, или узел не работает")
        case .bindTimeout(let time): Self.noBindResponse(within: time)
        case .writeTimeout:
            Phrase(
                en:
                    "the carrier did not read what was sent to it in time: it is overloaded, or the line is; ask its support",
                ru: "оператор вовремя не прочёл отправленное: перегружен он или канал; обратитесь в его поддержку")
        case .nameNotFound:
            Phrase(
                en: "the host's name could not be resolved: look at its spelling under hosts, and at the DNS",
                ru: "имя узла не найдено: проверьте, как оно написано в hosts, и DNS")
        case .tls(let cause): cause.told
        case .enquireUnanswered(let count):
            Phrase(
                en: "% enquire_link stayed unanswered: the line or the carrier is gone; it connects anew by itself",
                ru: "без ответа осталось enquire_link: %; пропал канал или оператор; подключается заново сам"
            ).filled(Phrase("\(count)"))
        case .unbindReceived:
            Phrase(
                en: "the carrier sent unbind: it ended the bind; if it does so again and again, ask its support",
                ru: "оператор прислал unbind: он завершил соединение; если это повторяется, обратитесь в его поддержку")
        case .reset:
            Phrase(
                en:
                    "the connection was reset by the carrier or by something on the way; if it comes back, ask its support",
                ru: "соединение сброшено оператором или по пути к нему; если повторяется, обратитесь в его поддержку")
        case .incomplete(let octets):
            Phrase(
                en:
                    "the connection ended inside a PDU, % octets after its beginning; if it comes back, ask its support",
                ru:
                    "соединение закончилось внутри PDU, через % байт от начала; если повторяется, обратитесь в поддержку"
            ).filled(Phrase("\(octets)"))
        case .closed:
            Phrase(
                en: "the carrier closed the connection; if it comes back, the login may be in use elsewhere",
                ru: "оператор закрыл соединение; если повторяется, логином может пользоваться кто-то ещё")
        case .notSMPP(let length): Self.notSMPP(length)
        case .noSuchAddress(let address):
            Phrase(
                en:
                    "this machine does not have the address %: correct bind_from in the carrier's file, or add the address",
                ru: "на этой машине нет адреса %: исправьте bind_from в файле оператора или добавьте адрес"
            ).filled(Phrase(address))
        case .system(let number):
            Phrase(
                en: "the connection failed with the system's error %: look at the network of this machine",
                ru: "соединение не удалось, ошибка системы %: проверьте сеть этой машины"
            ).filled(Phrase("\(number)"))
        case .stopped(let isAnswered):
            Phrase(
                en: "stopped by us%: start it when it is wanted", ru: "остановлено нами%: запустите, когда понадобится"
            ).filled(isAnswered ? "" : Phrase(en: ", no unbind response came", ru: ", ответа на unbind не было"))
        }
    }

    private static func refused(_ status: CommandStatus) -> Phrase {
        let told = Phrase("\(status.hex) \(status.name)")
        switch status {
        case .alreadyBound:
            return Phrase(
                en:
                    "the carrier still holds an earlier session of ours (%); waiting for it to end. If it does not, another "
                    + "program uses this login, or binds is more than the contract allows",
                ru:
                    "у оператора ещё открыт наш прежний сеанс (%), ждём его конца. Если не кончается, логином пользуется "
                    + "другая программа, или binds больше, чем в договоре"
            ).filled(told)
        case .invalidPassword:
            return Phrase(
                en: "the carrier does not accept the password (%): compare password with what it gave out, then reload",
                ru: "оператор не принял пароль (%): сверьте password с тем, что он выдал, и перечитайте настройки"
            ).filled(told)
        case .invalidSystemID:
            return Phrase(
                en:
                    "the carrier does not accept the system_id (%): compare system_id with what it gave out, then reload",
                ru: "оператор не принял system_id (%): сверьте system_id с тем, что он выдал, и перечитайте настройки"
            ).filled(told)
        case .invalidSystemType:
            return Phrase(
                en: "the carrier does not accept the system_type (%): set system_type to what it gave out, often empty",
                ru: "оператор не принял system_type (%): укажите system_type, который он выдал; часто он пуст"
            ).filled(told)
        case .bindFailed:
            return Phrase(
                en:
                    "the carrier refused the bind (%): wrong login, an address that it does not allow, or too many binds; "
                    + "compare system_id, password and binds with the contract",
                ru:
                    "оператор отклонил вход (%): неверный логин, неразрешённый адрес или слишком много соединений; сверьте "
                    + "system_id, password и binds с договором"
            ).filled(told)
        default:
            return Phrase(
                en: "the carrier refused the bind (%): ask its support",
                ru: "оператор отклонил вход (%): обратитесь в его поддержку"
            ).filled(told)
        }
    }

    private static func noConnection(within time: Duration) -> Phrase {
        Phrase(
            en: "no answer in % s: a firewall, or the host is down",
            ru: "нет ответа за % с: мешает межсетевой экран, или узел не работает"
        ).filled(seconds(time))
    }

    private static func noBindResponse(within time: Duration) -> Phrase {
        Phrase(
            en: "no bind response in % s: it takes connections and does not answer; is it the SMPP port?",
            ru: "нет ответа на вход за % с: соединения принимает, но молчит; это порт SMPP?"
        ).filled(seconds(time))
    }

    private static func notSMPP(_ length: UInt32) -> Phrase {
        switch OtherProtocol(commandLength: length) {
        case .tls:
            Phrase(
                en: "the port speaks TLS: set tls.enabled: true",
                ru: "на этом порту TLS: укажите tls.enabled: true")
        case .http:
            Phrase(
                en: "the port speaks HTTP and not SMPP: compare the port under hosts with the contract",
                ru: "на этом порту HTTP, а не SMPP: сверьте порт в hosts с договором")
        case nil:
            Phrase(
                en: "the port does not speak SMPP (a PDU of % octets): compare the port under hosts with the contract",
                ru: "на этом порту не SMPP (PDU из % байт): сверьте порт в hosts с договором"
            ).filled(Phrase("\(length)"))
        }
    }

    /// `10`, `2.5`.
    private static func seconds(_ time: Duration) -> Phrase {
        let seconds = time.inSeconds
        return Phrase(Int(exactly: seconds).map(String.init) ?? "\(seconds)")
    }
}

extension BindFailure.TLSCause {
    fileprivate var short: Phrase {
        switch self {
        case .plainPort: Phrase(en: "the port speaks no TLS", ru: "порт без TLS")
        case .closed: Phrase(en: "closed by the carrier", ru: "оператор закрыл соединение")
        case .timeout: Phrase(en: "no answer in time", ru: "нет ответа вовремя")
        case .wantsCertificate: Phrase(en: "it wants a client certificate", ru: "нужен сертификат клиента")
        case .certificateRefused: Phrase(en: "our certificate is refused", ru: "наш сертификат не принят")
        case .wrongName: Phrase(en: "certificate of another name", ru: "сертификат на другое имя")
        case .selfSigned: Phrase(en: "self-signed certificate", ru: "самоподписанный сертификат")
        case .unknownIssuer: Phrase(en: "unknown issuer", ru: "неизвестный издатель")
        case .expired: Phrase(en: "certificate expired", ru: "сертификат просрочен")
        case .notYetValid: Phrase(en: "certificate not valid yet", ru: "сертификат ещё не действует")
        case .noCommonVersion: Phrase(en: "no common version", ru: "нет общей версии")
        case .refused: Phrase(en: "handshake refused", ru: "рукопожатие отклонено")
        case .other: Phrase(en: "handshake", ru: "рукопожатие")
        }
    }

    fileprivate var told: Phrase {
        switch self {
        case .plainPort:
            Phrase(
                en: "the port speaks plain SMPP and no TLS: set tls.enabled: false, or use the carrier's TLS port",
                ru: "на этом порту обычный SMPP без TLS: укажите tls.enabled: false или порт оператора с TLS")
        case .closed:
            Phrase(
                en:
                    "the carrier closed the connection in the TLS handshake: a port without TLS (tls.enabled: false), or our "
                    + "address is not on its allow-list",
                ru:
                    "оператор закрыл соединение при рукопожатии TLS: порт без TLS (tls.enabled: false), или нашего адреса нет "
                    + "в его списке")
        case .timeout:
            Phrase(
                en: "the TLS handshake was not answered in time: is it a port without TLS (tls.enabled: false)?",
                ru: "на рукопожатие TLS нет ответа вовремя: это порт без TLS (tls.enabled: false)?")
        case .wantsCertificate:
            Phrase(
                en: "it wants a client certificate: set tls.certificate and tls.key to what the carrier gave out",
                ru: "оператору нужен сертификат клиента: укажите tls.certificate и tls.key, которые он выдал")
        case .certificateRefused:
            Phrase(
                en:
                    "the carrier does not accept our certificate: compare tls.certificate with what it gave out, and its end",
                ru:
                    "оператор не принял наш сертификат: сверьте tls.certificate с тем, что он выдал, и срок его действия"
            )
        case .wrongName(let names): Self.wrongName(names)
        case .selfSigned:
            Phrase(
                en: "the carrier's certificate is self-signed: if it is the carrier's, put it under tls.ca",
                ru: "сертификат оператора самоподписанный: если он точно от оператора, укажите его в tls.ca")
        case .unknownIssuer:
            Phrase(
                en: "who signed the carrier's certificate is not known here: put the CA's certificate under tls.ca",
                ru: "издатель сертификата оператора здесь неизвестен: укажите сертификат его CA в tls.ca")
        case .expired:
            Phrase(
                en: "the carrier's certificate, or its CA in tls.ca, has expired: ask its support for a new one",
                ru: "сертификат оператора или его CA в tls.ca просрочен: обратитесь в его поддержку за новым")
        case .notYetValid:
            Phrase(
                en: "the carrier's certificate is not valid yet: look at the clock of this machine, or ask its support",
                ru: "сертификат оператора ещё не действует: проверьте часы этой машины или обратитесь в его поддержку")
        case .noCommonVersion:
            Phrase(
                en: "the carrier speaks no TLS 1.2 or 1.3 with a cipher that is taken here: ask its support to update",
                ru: "у оператора нет TLS 1.2 или 1.3 с подходящим шифром: попросите его поддержку обновить")
        case .refused:
            Phrase(
                en:
                    "the carrier refused the handshake: it wants a client certificate (tls.certificate, tls.key), or there is no "
                    + "cipher that both take",
                ru:
                    "оператор отклонил рукопожатие: ему нужен сертификат клиента (tls.certificate, tls.key), или нет шифра, "
                    + "который подходит обоим")
        case .other(let reason):
            Phrase(
                en: "TLS failed (OpenSSL: %): ask the carrier's support with this text",
                ru: "ошибка TLS (OpenSSL: %): обратитесь с этим текстом в поддержку оператора"
            ).filled(Phrase(reason))
        }
    }

    private static func wrongName(_ names: [String]) -> Phrase {
        guard let first = names.first else {
            return Phrase(
                en: "the carrier's certificate names another host: set tls.server_name to the name in it",
                ru: "сертификат оператора выдан на другое имя: укажите это имя в tls.server_name")
        }
        return Phrase(
            en: "the carrier's certificate is issued for %: set tls.server_name: %, if that is the carrier",
            ru: "сертификат оператора выдан на %: укажите tls.server_name: %, если это имя оператора"
        ).filled(Phrase(names.joined(separator: ", ")), Phrase(first))
    }
}
