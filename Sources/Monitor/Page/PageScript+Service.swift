extension PageScript {
    /// The bridge itself, messages in doubt, and the line over all.
    static let service = #"""
        let service = null, serviceAt = 0;
        const facts = {};

        function takeService(data) {
          service = data;
          serviceAt = performance.now();
        }

        function drawService() {
          if (!service) return;
          const elapsed = (performance.now() - serviceAt) / 1000, list = $('service-facts');
          const {intake, process, configuration} = service;
          const values = {
            requests: number(intake.requests), connections: number(intake.connections), clientsGone: number(intake.clients_gone),
            handlerTimeouts: number(intake.handler_timeouts), certificate: intake.certificate_expires_at ? day(intake.certificate_expires_at) : '–',
            up: span(process.uptime + elapsed), memory: process.resident_bytes === null ? '–' : `${number(process.resident_bytes / 1e6, 0)} ${W.units.mb}`,
            files: process.open_files === null ? '–' : process.max_files === null ? number(process.open_files) : fill(W.filesOf, number(process.open_files), number(process.max_files)),
            journal: !service.journal ? W.noJournal : fill(service.journal.writing ? W.journalWrites : W.journalDown, span(service.journal.since + elapsed)),
            ledger: service.journal ? number(service.journal.in_doubt) : '–', replayed: service.journal ? number(service.journal.replayed) : '–',
            cpu: process.cpu_seconds === null ? '–' : span(process.cpu_seconds),
            generation: fill(W.generationAt, configuration.generation, new Date(configuration.loaded_at).toLocaleString(language, {dateStyle: 'short', timeStyle: 'medium'}))
          };
          for (const [word, value] of Object.entries(values)) {
            facts[word] ??= fact(list, word);
            say(facts[word], value);
          }
          say($('version'), process.version);
          show($('service'), true);
          show($('doubt'), service.in_doubt.length > 0);
          $('doubt-rows').replaceChildren(...service.in_doubt.map(one => make('tr', '',
            make('td', '', moment(one.ago + elapsed)), make('td', '', W.doubtReasons[one.reason] || one.reason), make('td', '', one.to),
            make('td', '', one.account), make('td', '', one.carrier), make('td', '', one.id))));
          drawLocks(intake.lockouts, elapsed);
          drawQuotas(service.quotas);
        }

        function drawQuotas(quotas) {
          show($('quotas'), quotas.length > 0);
          const part = one => make('td', one && one.left === 0 ? 'wrong' : '', one ? fill(W.quotaOf, number(one.used), number(one.limit), number(one.left)) : '–');
          $('quota-rows').replaceChildren(...quotas.map(one => make('tr', '',
            make('td', '', one.account), part(one.day), part(one.month), make('td', '', one.zone))));
        }

        // Rows stay while their locks do: a button that is made anew each second cannot be pressed.
        const lockRows = new Map();
        function drawLocks(locks, elapsed) {
          const shown = locks.longest.filter(lock => lock.left > elapsed), keys = new Set();
          show($('locks'), shown.length > 0);
          for (const lock of shown) {
            const key = JSON.stringify([lock.kind, lock.login, lock.address]);
            keys.add(key);
            if (!lockRows.has(key)) {
              const row = make('tr', ''), what = make('td', ''), left = make('td', ''), cell = make('td', ''), button = make('button', '');
              button.type = 'button';
              button.addEventListener('click', () => unlock(lock.login || lock.address.replace('/64', '')));
              cell.append(button);
              row.append(what, make('td', '', lock.address), left, cell);
              $('lock-rows').append(row);
              lockRows.set(key, {row, what, left, button});
            }
            const cells = lockRows.get(key);
            say(cells.what, lock.kind === 'login' ? fill(W.lockLogin, lock.login) : W.lockKinds[lock.kind]);
            say(cells.left, span(lock.left - elapsed));
            say(cells.button, W.unlock);
          }
          for (const [key, {row}] of lockRows) if (!keys.has(key)) { row.remove(); lockRows.delete(key); }
        }

        const ORDER = ['red', 'yellow', 'off', 'green'];
        const ICONS = {green: ['%231a7f37', 'M16 3a13 13 0 100 26a13 13 0 100-26'], yellow: ['%23c98a00', 'M16 3L30 29H2z'], red: ['%23c2202b', 'M4 4h24v24H4z'], off: ['%236a737d', 'M4 12h24v8H4z']};
        let shownIcon = null;

        // What is wrong with the bridge itself, above all carriers.
        function drawTroubles(troubles) {
          show($('troubles'), troubles.length > 0);
          const rows = troubles.map(trouble => {
            const light = trouble.critical ? 'red' : 'yellow', mark = lamp('mark'), words = make('span'), brief = make('strong'), more = make('span');
            setLamp(mark, light, 'mark', trouble.critical ? W.critical : W.warning);
            const short = said(trouble, 'short');
            say(brief, short);
            say(more, said(trouble, 'words').slice(short.length));
            words.append(brief, more);
            return make('li', light, mark, words);
          });
          const key = JSON.stringify([language, troubles]);
          if (drawTroubles.key !== key) $('troubles').replaceChildren(...rows);
          drawTroubles.key = key;
        }

        // What stands in the header, in the window's title and in its icon.
        function drawOverall() {
          const counts = {red: 0, yellow: 0, off: 0, green: 0};
          for (const name of order) counts[carriers.get(name).data.light] += 1;
          const bad = ORDER.filter(light => light !== 'green' && counts[light]), troubles = service ? service.troubles : [];
          let text = service ? said(service, 'headline') : W.wait;
          if (service && service.configuration.switching.length) text += '; ' + fill(W.switching, service.configuration.switching.join(', '));
          say($('overall'), text);
          drawTroubles(troubles);
          // What refuses every message is as red as a carrier that is down.
          const worst = troubles.some(t => t.critical) ? 'red' : troubles.length && bad[0] !== 'red' ? 'yellow' : bad[0] || 'green';
          const light = isConnected ? worst : 'off';
          const count = bad.length ? counts[bad[0]] : 0;
          const title = (!isConnected ? `${W.gone} · ` : troubles.length ? `${said(troubles[0], 'short')} · ` : count ? `${W.lights[bad[0]]}: ${count} · ` : '') + 'smppost';
          if (document.title !== title) document.title = title;
          if (shownIcon !== light) {
            shownIcon = light;
            const [colour, path] = ICONS[light];
            $('icon').href = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path fill='${colour}' d='${path}'/></svg>`;
          }
        }

        // For screen readers: only what turns, not every number.
        const toldLights = new Map();
        function tellTurns() {
          const news = [];
          for (const name of order) {
            const light = carriers.get(name).data.light;
            if (toldLights.has(name) && toldLights.get(name) !== light) news.push(`${fill(W.carrier, name)}: ${W[light]}`);
            toldLights.set(name, light);
          }
          if (news.length) say($('news'), news.join('. '));
        }
        """#
}
