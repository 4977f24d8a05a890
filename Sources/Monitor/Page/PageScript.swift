/// The page's script. Its parts are joined in one file, in the order of `MonitorPage`.
enum PageScript {
    /// Texts in both languages. `%` stands for what is put in.
    static let words = #"""
        'use strict';
        const WORDS = {
          en: {
            other: 'Русский', skip: 'To the carriers', glance: 'Carriers at a glance', details: 'Details and actions', upOf: '%/%', reload: 'Reload configuration', forget: 'Forget the token', cancel: 'Cancel',
            live: 'live', connecting: 'connecting…', gone: 'no connection', wait: 'Waiting for the bridge…',
            lost: 'No connection to the bridge for %. What you see is from %; the page tries again by itself.',
            neverYet: 'The bridge does not answer, for % now; the page tries again by itself.', full: 'Too many pages are open already; this one tries again.',
            allGreen: 'All carriers are up', switching: 'making new binds: %', noCarriers: 'No carrier is configured',
            green: 'up', yellow: 'up, with trouble', red: 'down', off: 'switched off', lights: {red: 'down', yellow: 'in trouble', off: 'switched off', green: 'up'},
            required: 'required', carrier: 'Carrier %', bind: 'Bind %', oneUp: 'the bind is up', oneDown: 'the bind is not up',
            allUp: 'all % binds up', someUp: '% of % binds up', bindIs: 'bind %: %', more: 'and % more', next: '%, next attempt in %',
            nowState: '%, %', kinds: {transceiver: 'transceiver', transmitter: 'transmitter', receiver: 'receiver'},
            states: {idle: 'not started', connecting: 'connecting', binding: 'binding', bound: 'bound', draining: 'draining', unbinding: 'unbinding', waiting: 'waiting', stopped: 'stopped'},
            stateFor: '% for %', downNow: 'down', drained: 'drained: it takes no new messages', suspect: 'the carrier is silent', throttled: 'stopped by the carrier for speed',
            conditions: {ready: 'takes messages', paused: 'paused', tripped: 'tripped', down: 'down'}, conditionWhy: '%: %, %', refusesAll: 'it refuses everything (%)', refusesSpeed: 'it refuses for speed (%)', answersNothing: 'it answers nothing',
            triedIn: 'tried again in %', nextTries: 'the next message tries it', overloaded: 'overloaded: messages are refused for lack of time', slowed: 'slowed down by the carrier: %/s', slowedOf: 'slowed down by the carrier: %/s of %/s',
            carrierState: 'State', pace: 'Pace', paceFree: 'no limit', paceLearnt: '%/s, learnt', paceLearntOf: '%/s of %/s, learnt', paceNoise: '%; % refused at any pace',
            queue: 'Queue', queueEmpty: 'empty', queueNew: '%; a newcomer waits %', notInTime: 'Refused for lack of time', congested: 'the carrier is congested (% of 100)',
            reasons: {
              password: 'password refused', credentials: 'login refused', allow_list: 'closed before the bind response: address not allowed?',
              already_bound: 'already bound', refused: 'bind refused', connect_refused: 'connection refused', timeout: 'no answer in time',
              dns: 'host name not found', tls: 'TLS failed', enquire: 'enquire_link unanswered', unbind: 'the carrier sent unbind',
              reset: 'connection broken', closed: 'the carrier closed the connection', protocol: 'not SMPP', stopped: 'stopped by us'},
            window: 'Window', windowHint: '% of %', waitingMessages: '% wait', rate: 'Rate', rateOf: '%/s of %/s', rateFree: '%/s, no limit', perSecond: '%/s',
            response: 'Response time, 5 min', percentiles: 'p50 %, p95 %, p99 %', noAnswers: 'no answers', link: 'enquire_link', lastPDU: 'Last PDU', ago: '% ago',
            accepted: 'Accepted', refusedTotal: 'Refused', unknown: 'Unknown', late: 'Late', throttledTotal: 'Throttled', delivered: 'Inbound',
            address: 'Address', smsc: 'SMSC calls itself', tls: 'TLS', tlsUntil: '%, certificate until %', none: 'none', never: 'never', lastError: 'Last error: %',
            receipts: 'Receipts: % matched, % without their message, % doubled, % early; ids: %', noReceipts: 'No receipts yet',
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
            serviceTitle: 'The bridge', requests: 'Requests answered', connections: 'Connections now', clientsGone: 'Clients gone before the answer', handlerTimeouts: 'Answers that came too late', up: 'Running for', memory: 'Memory', files: 'Open files', filesOf: '% of %', cpu: 'Processor time', generation: 'Configuration', generationAt: '%, since %', certificate: 'Intake certificate until', journal: 'Journal', noJournal: 'none configured', journalWrites: 'writes, for %', journalDown: 'does not write, for %', journalBroken: 'the journal cannot be written', ledger: 'In doubt in the journal', replayed: 'Repeats answered', draining: 'The bridge is stopping',
            units: {d: 'd', h: 'h', m: 'min', s: 's', ms: 'ms', mb: 'MB'}
          },
          ru: {
            other: 'English', skip: 'К операторам', glance: 'Операторы одним взглядом', details: 'Подробности и действия', upOf: '%/%', reload: 'Перечитать настройки', forget: 'Забыть токен', cancel: 'Отмена',
            live: 'на связи', connecting: 'соединение…', gone: 'нет связи', wait: 'Ждём ответа моста…',
            lost: 'Нет связи с мостом уже %. На странице данные на %; она повторяет попытки сама.',
            neverYet: 'Мост не отвечает уже %; страница повторяет попытки сама.', full: 'Открыто слишком много страниц; эта повторит попытку.',
            allGreen: 'Все операторы на связи', switching: 'создаются новые соединения: %', noCarriers: 'Операторов в настройках нет',
            green: 'работает', yellow: 'работает, но не всё в порядке', red: 'не работает', off: 'выключен', lights: {red: 'не работает', yellow: 'с замечаниями', off: 'выключен', green: 'работает'},
            required: 'обязательный', carrier: 'Оператор %', bind: 'Соединение %', oneUp: 'соединение установлено', oneDown: 'соединения нет',
            allUp: 'все соединения установлены (%)', someUp: 'установлено % из % соединений', bindIs: 'соединение %: %', more: 'и ещё %', next: '%, следующая попытка через %',
            nowState: '%, %', kinds: {transceiver: 'приём и передача', transmitter: 'передача', receiver: 'приём'},
            states: {idle: 'не запущено', connecting: 'подключается', binding: 'входит', bound: 'установлено', draining: 'завершает', unbinding: 'отключается', waiting: 'ждёт', stopped: 'остановлено'},
            stateFor: '%, %', downNow: 'не работает', drained: 'не берёт новых сообщений', suspect: 'оператор молчит', throttled: 'остановлено оператором из-за скорости',
            conditions: {ready: 'берёт сообщения', paused: 'приостановлен', tripped: 'отключён защитой', down: 'не работает'}, conditionWhy: '%: %, %', refusesAll: 'отклоняет всё (%)', refusesSpeed: 'отклоняет из-за скорости (%)', answersNothing: 'ни на что не отвечает',
            triedIn: 'новая попытка через %', nextTries: 'попытка будет со следующим сообщением', overloaded: 'перегружен: сообщения не успевают и отклоняются', slowed: 'оператор снизил скорость: %/с', slowedOf: 'оператор снизил скорость: %/с из %/с',
            carrierState: 'Состояние', pace: 'Темп', paceFree: 'без предела', paceLearnt: '%/с, по отказам оператора', paceLearntOf: '%/с из %/с, по отказам оператора', paceNoise: '%; % отклоняется при любом темпе',
            queue: 'Очередь', queueEmpty: 'пуста', queueNew: '%; новое ждало бы %', notInTime: 'Отклонено: не успеть', congested: 'оператор перегружен (% из 100)',
            reasons: {
              password: 'пароль не принят', credentials: 'логин не принят', allow_list: 'закрыто до ответа на вход: адрес не разрешён?',
              already_bound: 'уже подключено', refused: 'вход отклонён', connect_refused: 'в соединении отказано', timeout: 'нет ответа вовремя',
              dns: 'имя узла не найдено', tls: 'ошибка TLS', enquire: 'нет ответа на enquire_link', unbind: 'оператор прислал unbind',
              reset: 'соединение оборвалось', closed: 'оператор закрыл соединение', protocol: 'это не SMPP', stopped: 'остановлено нами'},
            window: 'Окно', windowHint: '% из %', waitingMessages: '% ждут', rate: 'Скорость', rateOf: '%/с из %/с', rateFree: '%/с, без предела', perSecond: '%/с',
            response: 'Время ответа, 5 мин', percentiles: 'p50 %, p95 %, p99 %', noAnswers: 'ответов нет', link: 'enquire_link', lastPDU: 'Последний PDU', ago: '% назад',
            accepted: 'Принято', refusedTotal: 'Отклонено', unknown: 'Неизвестно', late: 'Поздние', throttledTotal: 'Из-за скорости', delivered: 'Входящие',
            address: 'Адрес', smsc: 'Имя SMSC', tls: 'TLS', tlsUntil: '%, сертификат до %', none: 'нет', never: 'не было', lastError: 'Последняя ошибка: %',
            receipts: 'Отчёты: % найдено, % без сообщения, % повторных, % ранних; номера: %', noReceipts: 'Отчётов пока нет',
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
            serviceTitle: 'Мост', requests: 'Отвечено запросов', connections: 'Соединений сейчас', clientsGone: 'Клиентов ушло до ответа', handlerTimeouts: 'Ответов позже срока', up: 'Работает', memory: 'Память', files: 'Открыто файлов', filesOf: '% из %', cpu: 'Время процессора', generation: 'Настройки', generationAt: '%, с %', certificate: 'Сертификат приёма до', journal: 'Журнал', noJournal: 'не настроен', journalWrites: 'пишется, %', journalDown: 'не пишется, %', journalBroken: 'журнал не пишется', ledger: 'Под вопросом в журнале', replayed: 'Повторов отвечено', draining: 'Мост останавливается',
            units: {d: 'д', h: 'ч', m: 'мин', s: 'с', ms: 'мс', mb: 'МБ'}
          }
        };
        """#
}
