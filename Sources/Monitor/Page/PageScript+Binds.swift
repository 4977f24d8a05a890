extension PageScript {
    /// Carriers and their binds: made once, then kept up to date.
    static let binds = #"""
        // By name: {data, at, view}; `at`: when the bridge told, by our clock.
        const carriers = new Map();
        let order = [];
        const since = entry => (performance.now() - entry.at) / 1000;

        function makeBar(word) {
          const name = make('span'), value = make('b'), bar = make('div', 'fill'), track = make('div', 'track', bar);
          name.dataset.word = word;
          name.textContent = W[word];
          put(track, 'role', 'meter');
          put(track, 'aria-valuemin', 0);
          return {root: make('div', 'bar', make('div', 'name', name, value), track), word, value, bar, track};
        }
        function drawBar(bar, value, limit, text) {
          say(bar.value, text);
          const share = limit ? Math.min(1, value / limit) : 0;
          bar.bar.style.width = `${(share * 100).toFixed(1)}%`;
          bar.bar.className = share >= 0.9 ? 'fill full' : 'fill';
          show(bar.track, limit !== null);
          put(bar.track, 'aria-label', W[bar.word]);
          put(bar.track, 'aria-valuenow', value);
          put(bar.track, 'aria-valuemax', limit === null ? value : limit);
          put(bar.track, 'aria-valuetext', text);
        }

        function makeBind(carrier, name) {
          const view = {lamp: lamp('mark'), title: make('h3'), state: make('p', 'state'), error: make('p', 'error')};
          view.window = makeBar('window');
          view.rate = makeBar('rate');
          view.charts = [makeChart('chartRate'), makeChart('chartWindow'), makeChart('chartResponse')];
          view.strip = draw('svg', {viewBox: `0 0 ${chartKept} 10`, preserveAspectRatio: 'none', role: 'img'});
          view.stripName = make('span');
          const facts = make('dl', 'facts'), long = make('dl', 'facts long');
          view.link = fact(facts, 'link');
          view.last = fact(facts, 'lastPDU');
          view.totals = {};
          for (const word of ['accepted', 'refusedTotal', 'unknown', 'late', 'throttledTotal', 'delivered']) view.totals[word] = fact(facts, word);
          for (const word of ['response', 'address', 'smsc', 'tls']) view[word] = fact(long, word);
          view.summary = make('summary');
          view.changes = make('ol', 'changes');
          view.actions = makeActions(carrier, name);
          view.root = make('article', 'bind',
            make('div', 'bind-head', view.lamp, make('div', '', view.title, view.state, view.error)),
            make('div', 'bars', view.window.root, view.rate.root),
            make('div', 'charts', ...view.charts.map(c => c.root)),
            make('div', 'chart strip', make('div', 'name', view.stripName), view.strip),
            makeDetails(facts, long, make('details', '', view.summary, view.changes), view.actions.root));
          return view;
        }

        // Closed at first where there is little room.
        function makeDetails(...children) {
          const summary = make('summary');
          summary.dataset.word = 'details';
          summary.textContent = W.details;
          const details = make('details', '', summary, make('div', 'more', ...children));
          details.open = matchMedia('(min-width: 40rem)').matches;
          return details;
        }

        function drawBind(view, carrier, bind, elapsed, isFresh) {
          const light = bind.light;
          setLamp(view.lamp, light, 'mark', W.lights[light]);
          say(view.title, `${fill(W.bind, bind.name)} · ${W.kinds[bind.kind]}`);
          const note = isUp(bind) ? trouble(bind, elapsed) : null;
          const isDown = bind.down_for !== null && bind.light === 'red';
          say(view.state, fill(W.stateFor, isDown ? W.downNow : W.states[bind.state], span((isDown ? bind.down_for : bind.since) + elapsed)) + (note ? ' · ' + note : ''));
          const wait = bind.next_attempt_in === null ? '' : fill(W.next, '', clock(bind.next_attempt_in - elapsed));
          const words = said(bind, 'last_error');
          say(view.error, words === null || bind.state === 'stopped' ? '' : isUp(bind) ? fill(W.lastError, words) : words + wait);
          show(view.error, view.error.textContent !== '');
          say(view.last, bind.last_received_ago === null ? W.never : fill(W.ago, span(bind.last_received_ago + elapsed)));
          if (!isFresh) return;
          say(view.stripName, W.chartState);
          const waits = bind.waiting ? ', ' + fill(W.waitingMessages, bind.waiting) : '';
          drawBar(view.window, bind.window_in_use, bind.window_size, fill(W.windowHint, bind.window_in_use, bind.window_size) + waits);
          const limits = [bind.rate_limit, bind.bind_rate_limit, bind.recovering_limit].filter(v => v !== null);
          const limit = limits.length ? Math.min(...limits) : null;
          const rate = number(bind.rate);
          drawBar(view.rate, bind.rate, limit, limit === null ? fill(W.rateFree, rate) : fill(W.rateOf, rate, number(limit)));
          say(view.response, bind.response_p50 === null ? W.noAnswers : fill(W.percentiles, took(bind.response_p50), took(bind.response_p95), took(bind.response_p99)));
          say(view.link, took(bind.enquire_link_rtt));
          const totals = {accepted: bind.totals.accepted, refusedTotal: bind.totals.refused, unknown: bind.totals.unknown, late: bind.totals.late, throttledTotal: bind.totals.throttled, delivered: bind.totals.delivered};
          for (const [word, value] of Object.entries(totals)) say(view.totals[word], number(value));
          say(view.address, bind.address || bind.host);
          say(view.smsc, bind.smsc_system_id || '–');
          say(view.tls, bind.tls === null ? (bind.tls_wanted ? W.tlsFailed : W.none) : bind.certificate_expires_at === null ? bind.tls : fill(W.tlsUntil, bind.tls, day(bind.certificate_expires_at)));
          drawCharts(view, carrier, bind);
          drawChanges(view, bind, elapsed);
          drawActions(view.actions, fill(W.ofBind, bind.name, carrier), bind);
        }

        function drawCharts(view, carrier, bind) {
          const chart = charts.get(chartKey(carrier, bind.name)) || {rate: [], window: [], response: [], light: ''};
          drawStrip(view.strip, chart.light);
          drawChart(view.charts[0], chart.rate, bind.bind_rate_limit ?? bind.rate_limit, v => fill(W.perSecond, number(v)));
          drawChart(view.charts[1], chart.window, bind.window_size, v => number(v, 0));
          drawChart(view.charts[2], chart.response, null, v => took(v / 1000));
        }

        function drawChanges(view, bind, elapsed) {
          const rounds = [];
          // Attempt after attempt that ends in the same way is told once, with how often.
          for (const change of [...bind.history].reverse()) {
            const last = rounds[rounds.length - 1], before = rounds[rounds.length - 2];
            const isAgain = before && change.state === before.state && change.reason === before.reason && last.state === 'connecting';
            if (isAgain) { rounds.pop(); before.times += 1; } else rounds.push({...change, times: 1});
          }
          say(view.summary, rounds.length ? fill(W.changes, rounds.length) : W.noChanges);
          view.changes.replaceChildren(...rounds.map(change => {
            const mark = lamp('mark'), light = STATE_LIGHTS[change.state] || 'off';
            setLamp(mark, light, 'mark', W.lights[light]);
            const why = said(change, 'short');
            return make('li', '', mark, make('time', '', moment(change.ago + elapsed)), make('span', '', W.states[change.state] + (why ? ` – ${why}` : '') + (change.times > 1 ? ` (×${change.times})` : '')));
          }));
        }

        function makeCarrier(name) {
          const view = {lamp: lamp('lamp'), title: make('h2'), sentence: make('p', 'sentence'), sums: make('p', 'sums'), dropped: make('p', 'sums dropped'), binds: new Map()};
          view.tag = make('span', 'tag');
          view.list = make('div', 'binds');
          view.flow = {};
          const flow = make('dl', 'facts flow');
          for (const word of ['carrierState', 'pace', 'queue', 'notInTime']) view.flow[word] = fact(flow, word);
          view.actions = makeActions(name, null);
          view.root = make('section', 'carrier',
            make('div', 'head', make('div', 'what', view.lamp, make('div', '', view.title, view.sentence)), view.actions.root), flow, view.list, view.dropped, view.sums);
          view.root.id = 'carrier-' + name;
          view.glanceLamp = lamp('mark');
          view.glanceUp = make('span');
          const link = make('a', '', view.glanceLamp, name, view.glanceUp);
          link.href = '#' + view.root.id;
          view.glance = make('li', '', link);
          return view;
        }

        // `isFresh`: new data came; otherwise only time has passed.
        function drawCarrier(name, isFresh) {
          const entry = carriers.get(name), {data, view} = entry, elapsed = since(entry);
          say(view.sentence, sentence(data, elapsed));
          say(view.flow.carrierState, fill(W.stateFor, data.light === 'off' ? W.off : W.conditions[data.state], span(data.since + elapsed)));
          if (isFresh) {
            put(view.root, 'class', 'carrier ' + data.light);
            put(view.root, 'aria-label', `${fill(W.carrier, name)}: ${W[data.light]}`);
            setLamp(view.lamp, data.light, 'lamp', W[data.light]);
            setLamp(view.glanceLamp, data.light, 'mark', W[data.light]);
            say(view.glanceUp, fill(W.upOf, data.binds.filter(isUp).length, data.binds.length));
            view.title.replaceChildren(name + ' ', ...(data.required ? [view.tag] : []));
            say(view.tag, W.required);
            const {messages, wait, not_in_time} = data.queue;
            say(view.flow.pace, paceWords(data.pace));
            const waiting = messages ? fill(W.waitingMessages, number(messages)) : W.queueEmpty;
            say(view.flow.queue, wait < 0.05 ? waiting : fill(W.queueNew, waiting, took(wait)));
            say(view.flow.notInTime, number(not_in_time));
            const r = data.receipts, any = r.matched + r.unmatched + r.duplicates + r.early + r.other_messages > 0;
            say(view.sums, any ? fill(W.receipts, number(r.other_messages), number(r.matched), number(r.unmatched), number(r.duplicates), number(r.early), said(r, 'ids')) : W.noReceipts);
            const odd = data.binds.reduce((sum, b) => sum + b.totals.misplaced, 0);
            const reasons = Object.entries(r.unmatched_reasons).map(([why, count]) => `${W.unmatched[why] || why} ${number(count)}`).join(', ');
            view.dropped.hidden = !odd && !r.unmatched;
            say(view.dropped, [r.unmatched ? fill(W.lostReceipts, number(r.unmatched), reasons) : '', odd ? fill(W.oddPDUs, number(odd)) : ''].filter(Boolean).join(' '));
            drawActions(view.actions, fill(W.ofCarrier, name), null);
            const names = data.binds.map(b => b.name);
            for (const [key, bind] of view.binds) if (!names.includes(key)) { bind.root.remove(); view.binds.delete(key); }
            for (const bind of data.binds) {
              if (view.binds.has(bind.name)) continue;
              view.binds.set(bind.name, makeBind(name, bind.name));
              view.list.append(view.binds.get(bind.name).root);
            }
          }
          for (const bind of data.binds) drawBind(view.binds.get(bind.name), name, bind, elapsed, isFresh);
        }
        """#
}
