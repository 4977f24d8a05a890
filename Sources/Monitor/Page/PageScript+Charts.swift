extension PageScript {
    /// The charts of a bind's last hour.
    static let charts = #"""
        let chartKept = 360, chartEvery = 10;
        // Samples by carrier and bind; null where the carrier gave no answer.
        const charts = new Map();
        const chartKey = (carrier, bind) => carrier + '/' + bind;

        function keepCharts(list, isWhole) {
          if (isWhole) charts.clear();
          for (const one of list) {
            const key = chartKey(one.carrier, one.bind);
            const chart = charts.get(key) || {rate: [], window: [], response: [], light: ''};
            chart.light = (chart.light + one.light).slice(-chartKept);
            for (const name of ['rate', 'window', 'response']) chart[name] = chart[name].concat(one[name]).slice(-chartKept);
            charts.set(key, chart);
          }
        }

        function makeChart(word) {
          const name = make('span'), top = make('span');
          const area = draw('path', {class: 'area'}), line = draw('path', {}), limit = draw('line', {x1: 0, x2: chartKept - 1, y1: -9, y2: -9});
          const svg = draw('svg', {viewBox: `0 0 ${chartKept - 1} 40`, preserveAspectRatio: 'none', role: 'img'}, area, limit, line);
          return {root: make('div', 'chart', make('div', 'name', name, top), svg), word, name, top, svg, area, line, limit};
        }

        // `limit`: what the values are held to; null = nothing. `text`: a value in words.
        function drawChart(chart, values, limit, text) {
          const known = values.filter(v => v !== null);
          const max = known.length ? Math.max(...known) : 0;
          const scale = Math.max(max, limit === null ? 0 : Math.min(limit, Math.max(max * 4, 1))) || 1;
          const y = v => 38 - v / scale * 35;
          let line = '', area = '', start = null;
          values.forEach((v, i) => {
            const x = chartKept - values.length + i;
            if (v === null) { if (start !== null) area += `L${x - 1} 40Z`; start = null; return; }
            line += `${start === null ? 'M' : 'L'}${x} ${y(v).toFixed(1)}`;
            area += start === null ? `M${x} 40L${x} ${y(v).toFixed(1)}` : `L${x} ${y(v).toFixed(1)}`;
            // One sample alone is a dot.
            if (start === null && (values[i + 1] === null || values[i + 1] === undefined)) line += `h.5`;
            start = x;
          });
          if (start !== null) area += `L${start} 40Z`;
          put(chart.line, 'd', line);
          put(chart.area, 'd', area);
          const shown = limit !== null && limit <= scale ? y(limit).toFixed(1) : -9;
          put(chart.limit, 'y1', shown);
          put(chart.limit, 'y2', shown);
          const now = known.length && values[values.length - 1] !== null ? text(values[values.length - 1]) : '–';
          say(chart.name, W[chart.word]);
          say(chart.top, known.length ? fill(W.max, text(max)) : '–');
          put(chart.svg, 'aria-label', known.length ? fill(W.chartText, W[chart.word], now, text(max)) : `${W[chart.word]}: –`);
        }

        const STATE_LIGHTS = {bound: 'green', connecting: 'yellow', binding: 'yellow', draining: 'yellow', unbinding: 'yellow', waiting: 'red', stopped: 'off', idle: 'off'};

        const LETTERS = {g: 'green', y: 'yellow', r: 'red', o: 'off'};

        // The light of each sample; neighbours that are the same are one piece.
        function drawStrip(svg, lights) {
          put(svg, 'aria-label', W.stateChart);
          if (svg.dataset.lights === lights) return;
          svg.dataset.lights = lights;
          const first = chartKept - lights.length;
          svg.replaceChildren(...[...lights.matchAll(/(.)\1*/g)].map(piece => draw('rect', {
            x: first + piece.index, y: 0, width: piece[0].length, height: 10, class: LETTERS[piece[1]] || 'off'})));
        }
        """#
}
