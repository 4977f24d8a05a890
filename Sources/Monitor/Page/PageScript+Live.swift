extension PageScript {
    /// The stream of events, and the clock. The stream is read by `fetch`: an `EventSource` cannot send a token.
    static let live = #"""
        let isConnected = false, goneAt = performance.now(), lastData = null, isFull = false;
        // The bridge says something each ten seconds.
        const SILENCE = 25000;

        function take(name, data) {
          if (name === 'sample') {
            keepCharts(data.charts, false);
            for (const carrier of order) {
              const entry = carriers.get(carrier);
              for (const bind of entry.data.binds) drawCharts(entry.view.binds.get(bind.name), carrier, bind);
            }
            return;
          }
          if (name === 'snapshot') {
            chartKept = data.chart_kept;
            chartEvery = data.chart_every;
            keepCharts(data.charts, true);
          }
          takeService(data);
          const now = performance.now();
          for (const one of data.carriers) {
            const entry = carriers.get(one.name) || {view: makeCarrier(one.name)};
            entry.data = one;
            entry.at = now;
            carriers.set(one.name, entry);
          }
          const names = data.order || data.carriers.map(c => c.name);
          if (names.join('/') !== order.join('/')) {
            for (const gone of order.filter(n => !names.includes(n))) { carriers.get(gone).view.root.remove(); carriers.get(gone).view.glance.remove(); carriers.delete(gone); toldLights.delete(gone); }
            order = names;
            // Only what stands elsewhere is moved: a button keeps its focus.
            const place = (list, nodes) => nodes.forEach((node, at) => { if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null); });
            place($('carriers'), order.map(name => carriers.get(name).view.root));
            place($('glance'), order.map(name => carriers.get(name).view.glance));
          }
          for (const one of data.carriers) drawCarrier(one.name, true);
          drawService();
          tellTurns();
          drawOverall();
        }

        function setConnected(isNow) {
          if (isNow !== isConnected) {
            isConnected = isNow;
            if (!isNow) goneAt = performance.now();
          }
          document.body.classList.toggle('stale', !isConnected && service !== null);
          show($('forget'), token !== null);
          drawLink();
          drawOverall();
        }

        function drawLink() {
          const gone = (performance.now() - goneAt) / 1000;
          put($('link'), 'class', isConnected ? 'link on' : gone > 2 ? 'link gone' : 'link');
          say($('link'), isConnected ? W.live : gone > 2 ? W.gone : W.connecting);
          const isLost = !isConnected && gone > 2 && !$('ask').open;
          // An alert is read aloud when its text changes: the counting stands in it only for the eye.
          if (isLost) say($('lost'), isFull ? W.full : lastData === null ? fill(W.neverYet, clock(gone)) : fill(W.lost, clock(gone), moment((performance.now() - lastData) / 1000)));
          show($('lost'), isLost);
          put($('lost'), 'aria-live', gone < 4 ? 'assertive' : 'off');
        }

        async function listen() {
          const abort = new AbortController();
          let watch = setTimeout(() => abort.abort(), SILENCE);
          const heard = () => { clearTimeout(watch); watch = setTimeout(() => abort.abort(), SILENCE); };
          try {
            const answer = await fetch('events', {headers: headers(), cache: 'no-store', signal: abort.signal});
            if (answer.status === 401) { clearTimeout(watch); await askToken(); return true; }
            isFull = answer.status === 503;
            if (!answer.ok || !answer.body) return false;
            const reader = answer.body.getReader(), decoder = new TextDecoder();
            let text = '';
            for (;;) {
              const {done, value} = await reader.read();
              if (done) return false;
              heard();
              text += decoder.decode(value, {stream: true});
              for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
                const [name, data] = text.slice(0, end).split('\n');
                lastData = performance.now();
                take(name.slice('event: '.length), JSON.parse(data.slice('data: '.length)));
                if (!isConnected) setConnected(true);
              }
            }
          } catch {
            return false;
          } finally {
            clearTimeout(watch);
            abort.abort();
          }
        }

        async function keepListening() {
          for (;;) {
            const isAtOnce = await listen();
            setConnected(false);
            // A little apart from one another: a bridge that comes back meets all pages at the same time.
            if (!isAtOnce) await new Promise(resolve => setTimeout(resolve, 700 + Math.random() * 600));
          }
        }

        $('language').addEventListener('click', () => {
          language = language === 'en' ? 'ru' : 'en';
          kept.set('language', language);
          W = WORDS[language];
          writeWords();
          for (const name of order) drawCarrier(name, true);
          drawService();
          drawOverall();
          drawLink();
        });

        setInterval(() => {
          drawLink();
          for (const name of order) drawCarrier(name, false);
          if (service) drawService();
        }, 1000);
        writeWords();
        setConnected(false);
        keepListening();
        """#
}
