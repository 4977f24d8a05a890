extension PageScript {
    /// Words, numbers and times in the reader's language; what a bind's state means.
    static let phrases = #"""
        const kept = {
          get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
          set(key, value) { try { value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value); } catch { } }
        };
        let language = kept.get('language') || ((navigator.languages || [navigator.language || 'en'])
          .map(l => l.slice(0, 2)).find(l => l in WORDS)) || 'en';
        let W = WORDS[language];

        const fill = (text, ...values) => text.replace(/%/g, () => String(values.shift()));
        const number = (value, digits = 1) => value.toLocaleString(language, {maximumFractionDigits: digits});
        const two = value => String(value).padStart(2, '0');

        // 4:10, 1:00:00; rounded up, so that it shows 0:00 only when the time is over.
        function clock(seconds) {
          const all = Math.ceil(Math.max(0, seconds));
          const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
          return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
        }

        // 45 s, 3 min 12 s, 5 h 10 min, 3 d 4 h.
        function span(seconds) {
          const all = Math.floor(Math.max(0, seconds));
          const u = W.units;
          const parts = [[Math.floor(all / 86400), u.d], [Math.floor(all / 3600) % 24, u.h], [Math.floor(all / 60) % 60, u.m], [all % 60, u.s]];
          const first = parts.findIndex(p => p[0] > 0);
          if (first < 0) return `0 ${u.s}`;
          return parts.slice(first, first + 2).filter(p => p[0] > 0).map(p => `${p[0]} ${p[1]}`).join(' ');
        }

        function took(seconds) {
          if (seconds === null || seconds === undefined) return '–';
          if (seconds >= 1) return `${number(seconds, 1)} ${W.units.s}`;
          return `${number(seconds * 1000, seconds < 0.01 ? 1 : 0)} ${W.units.ms}`;
        }

        function moment(ago) {
          const at = new Date(Date.now() - ago * 1000);
          const time = at.toLocaleTimeString(language, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
          if (at.toDateString() === new Date().toDateString()) return time;
          return at.toLocaleDateString(language, {day: '2-digit', month: '2-digit'}) + ' ' + time;
        }

        const day = unix => new Date(unix * 1000).toLocaleDateString(language, {day: 'numeric', month: 'short', year: 'numeric'});

        const isUp = bind => bind.state === 'bound';

        // What the bridge tells in both languages: NAME and NAME_ru.
        const said = (one, name) => one[language === 'en' ? name : `${name}_${language}`];

        // What is not as it should be; null = nothing. `elapsed`: seconds since the bridge told.
        function trouble(bind, elapsed) {
          if (isUp(bind)) {
            if (bind.drained) return W.drained;
            if (bind.suspect) return W.suspect;
            if (bind.throttled) return W.throttled;
            return bind.congestion >= 80 ? fill(W.congested, bind.congestion) : null;
          }
          const why = said(bind, 'last_error_short');
          if (!why || bind.state === 'stopped') return W.states[bind.state];
          if (bind.next_attempt_in === null) return fill(W.nowState, why, W.states[bind.state]);
          return fill(W.next, why, clock(bind.next_attempt_in - elapsed));
        }

        // The same of the carrier as a whole.
        function carrierTrouble(carrier, elapsed) {
          const {why, pace} = carrier;
          if (!carrier.binds.length) return W.noneHere;
          if (carrier.light === 'off') return fill(carrier.binds.some(bind => bind.drained) ? W.drainedAll : W.stoppedAll, carrier.name);
          if (why) {
            const words = why.code === 'silent' ? W.answersNothing : fill(carrier.state === 'paused' ? W.refusesSpeed : W.refusesAll, why.status);
            const wait = carrier.tried_in - elapsed;
            return fill(W.conditionWhy, W.conditions[carrier.state], words, wait > 0 ? fill(W.triedIn, clock(wait)) : W.nextTries);
          }
          if (carrier.state !== 'ready') return null;
          if (carrier.queue.overloaded) return W.overloaded;
          if (!pace.slowed) return null;
          return pace.configured === null ? fill(W.slowed, number(pace.learnt)) : fill(W.slowedOf, number(pace.learnt), number(pace.configured));
        }

        // How fast it is written to, and why.
        function paceWords(pace) {
          if (pace.current === null) return W.paceFree;
          const now = number(pace.current), limit = pace.configured === null ? null : number(pace.configured);
          const text = pace.learnt === null ? fill(W.perSecond, now) : limit === null ? fill(W.paceLearnt, now) : fill(W.paceLearntOf, now, limit);
          const share = pace.refused_share.toLocaleString(language, {style: 'percent', maximumFractionDigits: 1});
          return pace.refused_share < 0.005 ? text : fill(W.paceNoise, text, share);
        }

        // "2 of 3 binds up; bind 3: password refused, next attempt in 4:10".
        function sentence(carrier, elapsed) {
          const binds = carrier.binds, up = binds.filter(isUp).length;
          let text = binds.length === 1 ? (up ? W.oneUp : W.oneDown)
            : up === binds.length ? fill(W.allUp, up) : fill(W.someUp, up, binds.length);
          const whole = carrierTrouble(carrier, elapsed);
          if (whole) text += '; ' + whole;
          // What all of them suffer is told once.
          const bad = carrier.light === 'off' ? [] : binds.filter(bind => bind.trouble !== null && (!carrier.why || !isUp(bind) || bind.drained));
          for (const bind of bad.slice(0, 3)) text += '; ' + fill(W.bindIs, bind.name, trouble(bind, elapsed));
          if (bad.length > 3) text += '; ' + fill(W.more, bad.length - 3);
          return text;
        }
        """#
}
