extension PageScript {
    /// Small helpers that make and change elements. Data goes in as text only.
    static let elements = #"""
        const $ = id => document.getElementById(id);

        function make(tag, className, ...children) {
          const element = document.createElement(tag);
          if (className) element.className = className;
          element.append(...children);
          return element;
        }

        // Writes only what changes: focus, selection and screen readers stay undisturbed.
        function say(element, text) {
          text = text === null || text === undefined ? '' : String(text);
          if (element.textContent !== text) element.textContent = text;
        }
        function show(element, isShown) { if (element.hidden === isShown) element.hidden = !isShown; }
        function put(element, name, value) {
          value = String(value);
          if (element.getAttribute(name) !== value) element.setAttribute(name, value);
        }

        const SVG = 'http://www.w3.org/2000/svg';
        function draw(tag, attributes, ...children) {
          const element = document.createElementNS(SVG, tag);
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
          element.append(...children);
          return element;
        }

        // Every light has its own shape: a tick in a circle, a triangle, a cross in a square, an empty circle.
        const SHAPES = {
          green: [['circle', {cx: 12, cy: 12, r: 11, fill: 'currentColor'}], ['path', {d: 'M7 12.5l3.5 3.5 7-8', fill: 'none', stroke: 'var(--card)', 'stroke-width': 2.5}]],
          yellow: [['path', {d: 'M12 1L23.5 22H.5z', fill: 'currentColor'}], ['path', {d: 'M12 8.5v7M12 17v2.5', stroke: 'var(--card)', 'stroke-width': 2.5}]],
          red: [['rect', {x: 1, y: 1, width: 22, height: 22, rx: 3, fill: 'currentColor'}], ['path', {d: 'M7 7l10 10M17 7L7 17', stroke: 'var(--card)', 'stroke-width': 2.5}]],
          off: [['circle', {cx: 12, cy: 12, r: 10, fill: 'none', stroke: 'currentColor', 'stroke-width': 2}], ['path', {d: 'M7 12h10', stroke: 'currentColor', 'stroke-width': 2.5}]]
        };
        function lamp(className) { return draw('svg', {viewBox: '0 0 24 24', class: className, role: 'img'}); }
        function setLamp(svg, light, size, label) {
          if (svg.dataset.light !== light) {
            svg.dataset.light = light;
            svg.replaceChildren(...SHAPES[light].map(([tag, attributes]) => draw(tag, attributes)));
            svg.setAttribute('class', `${size} c ${light}`);
          }
          put(svg, 'aria-label', label);
        }

        // A name with a value that may change.
        function fact(list, word) {
          const name = make('dt'), value = make('dd');
          name.dataset.word = word;
          name.textContent = W[word];
          list.append(make('div', '', name, value));
          return value;
        }

        function writeWords() {
          document.documentElement.lang = language;
          for (const element of document.querySelectorAll('[data-word]')) say(element, W[element.dataset.word]);
          for (const element of document.querySelectorAll('[data-label]')) put(element, 'aria-label', W[element.dataset.label]);
          say($('language'), W.other);
          put($('language'), 'lang', language === 'en' ? 'ru' : 'en');
        }
        """#
}
