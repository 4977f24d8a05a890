import SMPP

/// The page's script. Its parts are joined in one file, in the order of `MonitorPage`.
enum PageScript {
    /// Texts in both languages. `%` stands for what is put in.
    static let words = #"""
        'use strict';
        const WORDS = {
          en: {
            \#(PageWords.shared(.en))
            other: 'Русский', skip: 'To the carriers', glance: 'Carriers at a glance', details: 'Details and actions', upOf: '%/%', reload: 'Reload configuration', forget: 'Forget the token', cancel: 'Cancel',
            live: 'live', connecting: 'connecting…', gone: 'no connection', wait: 'Waiting for the bridge…',
            lost: 'No connection to the bridge for %. What you see is from %; the page tries again by itself.',
            neverYet: 'The bridge does not answer, for % now; the page tries again by itself.', full: 'Too many pages are open already; this one tries again.',
            
            green: 'up', yellow: 'up, with trouble', red: 'down', off: 'switched off', lights: {red: 'down', yellow: 'in trouble', off: 'switched off', green: 'up'},
            critical: 'critical', warning: 'warning', required: 'required', carrier: 'Carrier %', bind: 'Bind %', 
            
            kinds: {transceiver: 'transceiver', transmitter: 'transmitter', receiver: 'receiver'},
            
            stateFor: '% for %', downNow: 'down', 
            
            
            carrierState: 'State', pace: 'Pace', paceFree: 'no limit', paceLearnt: '%/s, learnt', paceLearntOf: '%/s of %/s, learnt', paceNoise: '%; % refused at any pace',
            queue: 'Queue', queueEmpty: 'empty', queueNew: '%; a newcomer waits %', notInTime: 'Refused for lack of time', 
            window: 'Window', windowHint: '% of %', waitingMessages: '% wait', rate: 'Rate', rateOf: '%/s of %/s', rateFree: '%/s, no limit', perSecond: '%/s',
            response: 'Response time, 5 min', percentiles: 'p50 %, p95 %, p99 %', noAnswers: 'no answers', link: 'enquire_link', lastPDU: 'Last PDU', ago: '% ago',
            accepted: 'Accepted', refusedTotal: 'Refused', unknown: 'Unknown', late: 'Late', throttledTotal: 'Throttled', delivered: 'Came in, with receipts',
            address: 'Address', smsc: 'SMSC calls itself', tls: 'TLS', tlsUntil: '%, certificate until %', none: 'none', tlsFailed: 'on, not connected', never: 'never', lastError: 'Last error: %',
            receipts: 'Messages that came in: %. Receipts: % matched, % without their message, % doubled, % early; ids: %', noReceipts: 'No receipts yet',
            lostReceipts: 'Dropped: % receipts of no message (%).', oddPDUs: 'PDUs that cannot be read, or make no sense where they came: %.',
            unmatched: {unknown_id: 'id not known', other_number: 'id of a message to another number', ambiguous: 'several messages fit', no_id: 'no id'},
            chartRate: 'Rate', chartWindow: 'Window', chartResponse: 'Response', chartState: 'State', hour: 'last hour', chartText: '%: % now, at most % in the last hour', stateChart: 'State over the last hour',
            max: 'max %', changes: 'Last changes (%)', noChanges: 'No changes yet',
            actions: {drain: 'Drain', stop: 'Stop', start: 'Start', rebind: 'Rebind'}, actionsOf: 'Actions for %', ofCarrier: 'all binds of carrier %', ofBind: 'bind % of carrier %',
            ask: {
              drain: 'It takes no new messages and stays bound, for receipts, until it is started.', stop: 'It takes no new messages, waits for the open ones, unbinds and stays so until it is started.',
              start: 'It connects, and takes messages again.', rebind: 'It waits for its open messages, unbinds and connects anew.', reload: 'All files are read anew. Valid: applied, only changed carriers rebind. Invalid: refused whole.'},
            askTitle: '%: %?', done: '%: done', underWay: '%: under way, open messages are waited for', failed: '%: failed (%)', nowhere: 'there is no such bind',
            reloaded: 'Configuration % is in force. Changed: %. Added: %. Removed: %.', needsRestart: 'Needs a restart: %.', refusedReload: 'The new configuration is refused, the old one stays: %',
            tokenTitle: 'This monitor needs its token', tokenHint: 'It is the one of monitor.token_file in smppost.yaml. It stays in this tab.', tokenWrong: 'That is not the token.', tokenLabel: 'Token', tokenGo: 'Go on',
            doubtTitle: 'Messages in doubt', doubtHint: 'Nobody knows whether these went. A repeat of one is answered, not sent.', doubtWhen: 'When', doubtWhy: 'Why', doubtTo: 'To', doubtAccount: 'Account', doubtCarrier: 'Carrier', doubtID: 'Message',
            doubtReasons: {carrier_timeout: 'the carrier did not answer', connection_lost: 'the connection was lost', partial_unknown: 'some parts are unknown'},
            locksTitle: 'Locked out', locksHint: 'Too many wrong passwords or keys. Known keys and passwords that were right before pass all the same.', lockWhat: 'What', lockAddress: 'Address', lockLeft: 'For', lockLogin: 'login %',
            lockKinds: {address: 'all that needs proof', unknown_login: 'a login that does not exist'}, unlock: 'Unlock', unlockTitle: 'Unlock %?', unlockAsk: 'Wrong attempts are counted from 0 again.', unlockOf: 'unlock %', notLocked: 'it is not locked',
            quotasTitle: 'Quotas', quotasHint: 'Messages that went or may have gone, of the accounts that have used up most of theirs.', quotaDay: 'Day', quotaMonth: 'Month', quotaZone: 'Time zone', quotaOf: '% of %, % left',
            serviceTitle: 'The bridge', requests: 'Requests answered', connections: 'Connections now', clientsGone: 'Clients gone before the answer', handlerTimeouts: 'Answers that came too late', up: 'Running for', memory: 'Memory', files: 'Open files', filesOf: '% of %', cpu: 'Processor time', generation: 'Configuration', generationAt: '%, since %', certificate: 'Intake certificate until', journal: 'Journal', noJournal: 'none configured', journalWrites: 'writes, for %', journalDown: 'does not write, for %', ledger: 'In doubt in the journal', replayed: 'Repeats answered', 
            send: 'Test message', sendTitle: 'Send a test message', sendHint: 'It goes to the carrier as any other, counts against the account\'s limits, and stands in the journal.', sendFrom: 'Sender (empty: the account\'s)', sendTo: 'Number', sendText: 'Text', sendCount: 'Characters: %',
            sendAnyCarrier: 'as the account says', sendGo: 'Send', sendClose: 'Close', sendAsk: 'One message as %%. It may cost money.', sendOver: ', over carrier %', sendEmpty: 'Number and text are needed.', sendGoing: 'Under way…', sendSoon: 'One message at a time: try again in a few seconds.',
            sendProblems: {no_account: 'there is no such account', no_carrier: 'there is no such carrier', stopping: 'the bridge is stopping'}, outcomes: {accepted: 'accepted by the carrier', refused: 'refused', partial: 'accepted in part', unknown: 'unknown: it may have gone', 'not-sent': 'not sent'},
            sendState: 'Outcome', sendReply: 'Reply', sendID: 'Message', sendCarrier: 'Carrier', sendSegments: 'Parts accepted', sendStatus: 'Carrier\'s answer', sendIDs: 'Carrier\'s ids', sendReceipts: 'Receipts', sendWaits: 'awaited: %',
            units: {d: 'd', h: 'h', m: 'min', s: 's', ms: 'ms', mb: 'MB'}
          },
          ru: {
            \#(PageWords.shared(.ru))
            other: 'English', skip: 'К операторам', glance: 'Операторы одним взглядом', details: 'Подробности и действия', upOf: '%/%', reload: 'Перечитать настройки', forget: 'Забыть токен', cancel: 'Отмена',
            live: 'на связи', connecting: 'соединение…', gone: 'нет связи', wait: 'Ждём ответа моста…',
            lost: 'Нет связи с мостом уже %. На странице данные на %; она повторяет попытки сама.',
            neverYet: 'Мост не отвечает уже %; страница повторяет попытки сама.', full: 'Открыто слишком много страниц; эта повторит попытку.',
            
            green: 'работает', yellow: 'работает, но не всё в порядке', red: 'не работает', off: 'выключен', lights: {red: 'не работает', yellow: 'с замечаниями', off: 'выключен', green: 'работает'},
            critical: 'критично', warning: 'внимание', required: 'обязательный', carrier: 'Оператор %', bind: 'Соединение %', 
            
            kinds: {transceiver: 'приём и передача', transmitter: 'передача', receiver: 'приём'},
            
            stateFor: '%, %', downNow: 'не работает', 
            
            
            carrierState: 'Состояние', pace: 'Темп', paceFree: 'без предела', paceLearnt: '%/с, по отказам оператора', paceLearntOf: '%/с из %/с, по отказам оператора', paceNoise: '%; % отклоняется при любом темпе',
            queue: 'Очередь', queueEmpty: 'пуста', queueNew: '%; новое ждало бы %', notInTime: 'Отклонено: не успеть', 
            window: 'Окно', windowHint: '% из %', waitingMessages: '% ждут', rate: 'Скорость', rateOf: '%/с из %/с', rateFree: '%/с, без предела', perSecond: '%/с',
            response: 'Время ответа, 5 мин', percentiles: 'p50 %, p95 %, p99 %', noAnswers: 'ответов нет', link: 'enquire_link', lastPDU: 'Последний PDU', ago: '% назад',
            accepted: 'Принято', refusedTotal: 'Отклонено', unknown: 'Неизвестно', late: 'Поздние', throttledTotal: 'Из-за скорости', delivered: 'Пришло, с отчётами',
            address: 'Адрес', smsc: 'Имя SMSC', tls: 'TLS', tlsUntil: '%, сертификат до %', none: 'нет', tlsFailed: 'включён, нет соединения', never: 'не было', lastError: 'Последняя ошибка: %',
            receipts: 'Входящих сообщений: %. Отчёты: % найдено, % без сообщения, % повторных, % ранних; номера: %', noReceipts: 'Отчётов пока нет',
            lostReceipts: 'Потеряно отчётов без сообщения: % (%).', oddPDUs: 'PDU, которые нельзя прочесть или которые пришли не к месту: %.',
            unmatched: {unknown_id: 'номер неизвестен', other_number: 'номер сообщения другому абоненту', ambiguous: 'подходит несколько сообщений', no_id: 'без номера'},
            chartRate: 'Скорость', chartWindow: 'Окно', chartResponse: 'Ответ', chartState: 'Состояние', hour: 'последний час', chartText: '%: сейчас %, за час не больше %', stateChart: 'Состояние за последний час',
            max: 'макс. %', changes: 'Последние изменения (%)', noChanges: 'Изменений пока нет',
            actions: {drain: 'Не давать новых', stop: 'Остановить', start: 'Запустить', rebind: 'Переподключить'}, actionsOf: 'Действия: %', ofCarrier: 'все соединения оператора %', ofBind: 'соединение % оператора %',
            ask: {
              drain: 'Новых сообщений не берёт, но остаётся на связи ради отчётов, пока его не запустят.', stop: 'Новых сообщений не берёт, ждёт ответов, отключается и остаётся так, пока его не запустят.',
              start: 'Подключается и снова берёт сообщения.', rebind: 'Ждёт ответов, отключается и подключается заново.', reload: 'Все файлы читаются заново. Если они верны, применяются, и переподключаются только изменившиеся операторы. Если нет, всё остаётся как было.'},
            askTitle: '%: %?', done: '%: сделано', underWay: '%: выполняется, ждём ответов оператора', failed: '%: не вышло (%)', nowhere: 'такого соединения нет',
            reloaded: 'Действуют настройки %. Изменены: %. Добавлены: %. Удалены: %.', needsRestart: 'Нужен перезапуск: %.', refusedReload: 'Новые настройки отклонены, действуют прежние: %',
            tokenTitle: 'Монитору нужен токен', tokenHint: 'Он в файле monitor.token_file из smppost.yaml. Хранится только в этой вкладке.', tokenWrong: 'Это не тот токен.', tokenLabel: 'Токен', tokenGo: 'Дальше',
            doubtTitle: 'Сообщения под вопросом', doubtHint: 'Неизвестно, ушли ли они. На повтор такого сообщения мост отвечает, но не отправляет его.', doubtWhen: 'Когда', doubtWhy: 'Почему', doubtTo: 'Кому', doubtAccount: 'Клиент', doubtCarrier: 'Оператор', doubtID: 'Сообщение',
            doubtReasons: {carrier_timeout: 'оператор не ответил', connection_lost: 'связь оборвалась', partial_unknown: 'судьба части сообщения неизвестна'},
            locksTitle: 'Заблокировано', locksHint: 'Слишком много неверных паролей или ключей. Известные ключи и пароли, которые уже подходили, проходят и сейчас.', lockWhat: 'Что', lockAddress: 'Адрес', lockLeft: 'Ещё', lockLogin: 'логин %',
            lockKinds: {address: 'всё, что нужно проверять', unknown_login: 'логин, которого нет'}, unlock: 'Разблокировать', unlockTitle: 'Разблокировать: %?', unlockAsk: 'Неверные попытки снова считаются с нуля.', unlockOf: 'разблокировать %', notLocked: 'блокировки нет',
            quotasTitle: 'Квоты', quotasHint: 'Сообщения, которые ушли или могли уйти. Показаны клиенты, у которых израсходовано больше всего.', quotaDay: 'День', quotaMonth: 'Месяц', quotaZone: 'Часовой пояс', quotaOf: '% из %, осталось %',
            serviceTitle: 'Мост', requests: 'Отвечено запросов', connections: 'Соединений сейчас', clientsGone: 'Клиентов ушло до ответа', handlerTimeouts: 'Ответов позже срока', up: 'Работает', memory: 'Память', files: 'Открыто файлов', filesOf: '% из %', cpu: 'Время процессора', generation: 'Настройки', generationAt: '%, с %', certificate: 'Сертификат приёма до', journal: 'Журнал', noJournal: 'не настроен', journalWrites: 'пишется, %', journalDown: 'не пишется, %', ledger: 'Под вопросом в журнале', replayed: 'Повторов отвечено', 
            send: 'Пробное сообщение', sendTitle: 'Отправить пробное сообщение', sendHint: 'Уходит оператору как любое другое, учитывается в пределах клиента и в журнале.', sendFrom: 'Отправитель (пусто: по настройкам)', sendTo: 'Номер', sendText: 'Текст', sendCount: 'Символов: %',
            sendAnyCarrier: 'по настройкам клиента', sendGo: 'Отправить', sendClose: 'Закрыть', sendAsk: 'Одно сообщение от клиента %%. Оно может стоить денег.', sendOver: ', через оператора %', sendEmpty: 'Нужны номер и текст.', sendGoing: 'Отправляется…', sendSoon: 'Сообщения по одному: повторите через несколько секунд.',
            sendProblems: {no_account: 'такого клиента нет', no_carrier: 'такого оператора нет', stopping: 'мост останавливается'}, outcomes: {accepted: 'принято оператором', refused: 'отклонено', partial: 'принято частично', unknown: 'неизвестно: могло уйти', 'not-sent': 'не отправлено'},
            sendState: 'Итог', sendReply: 'Ответ', sendID: 'Сообщение', sendCarrier: 'Оператор', sendSegments: 'Принято частей', sendStatus: 'Ответ оператора', sendIDs: 'Номера у оператора', sendReceipts: 'Отчёты', sendWaits: 'ожидается: %',
            units: {d: 'д', h: 'ч', m: 'мин', s: 'с', ms: 'мс', mb: 'МБ'}
          }
        };
        """#
}
