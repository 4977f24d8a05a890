extension PageScript {
    /// The buttons: each asks before it acts, and acts by POST.
    static let actions = #"""
        // In this tab only; a copy in memory for browsers that keep nothing.
        let token = kept.get('token');
        const headers = () => token ? {Authorization: 'Bearer ' + token} : {};

        function makeActions(carrier, bind) {
          const root = make('div', 'buttons'), buttons = {};
          for (const action of ['drain', 'stop', 'start', 'rebind']) {
            const button = buttons[action] = make('button', '');
            button.type = 'button';
            button.addEventListener('click', () => act(action, carrier, bind));
            root.append(button);
          }
          put(root, 'role', 'group');
          return {root, buttons};
        }

        // `bind`: the state that decides what makes sense; null = a whole carrier, where everything may.
        function drawActions(actions, name, bind) {
          put(actions.root, 'aria-label', fill(W.actionsOf, name));
          for (const [action, button] of Object.entries(actions.buttons)) {
            say(button, W.actions[action]);
            put(button, 'aria-label', `${W.actions[action]}: ${name}`);
            if (!bind) continue;
            const isStopped = bind.state === 'stopped' || bind.state === 'idle';
            button.disabled = action === 'start' ? !isStopped && !bind.drained : action === 'drain' ? bind.drained || isStopped : isStopped;
          }
        }

        function confirmed(title, text, word) {
          const dialog = $('confirm');
          say($('confirm-title'), title);
          say($('confirm-text'), text);
          say($('confirm-yes'), word);
          return new Promise(resolve => {
            const end = answer => { dialog.close(); resolve(answer); };
            $('confirm-yes').onclick = () => end(true);
            $('confirm-no').onclick = () => end(false);
            dialog.oncancel = () => resolve(false);
            dialog.showModal();
            $('confirm-no').focus();
          });
        }

        function report(text, isWrong) {
          $('said').className = isWrong ? 'wrong' : '';
          say($('said'), text);
          clearTimeout(report.timer);
          report.timer = setTimeout(() => say($('said'), ''), 15000);
        }

        // The answer's status and JSON; asks for the token where it is needed.
        async function post(path, body) {
          for (;;) {
            const answer = await fetch(path, {method: 'POST', headers: headers(), cache: 'no-store', body});
            if (answer.status !== 401) return {status: answer.status, body: await answer.json().catch(() => ({}))};
            await askToken();
          }
        }

        async function act(action, carrier, bind) {
          const name = bind === null ? fill(W.ofCarrier, carrier) : fill(W.ofBind, bind, carrier);
          const title = fill(W.askTitle, W.actions[action], name);
          if (!await confirmed(title, W.ask[action], W.actions[action])) return;
          const what = `${W.actions[action]}, ${name}`;
          const path = `carriers/${encodeURIComponent(carrier)}/` + (bind === null ? '' : `binds/${encodeURIComponent(bind)}/`) + action;
          try {
            const {status} = await post(path);
            if (status === 200) report(fill(W.done, what), false);
            else if (status === 202) report(fill(W.underWay, what), false);
            else report(fill(W.failed, what, status === 404 ? W.nowhere : `HTTP ${status}`), true);
          } catch {
            report(fill(W.failed, what, W.gone), true);
          }
        }

        async function unlock(name) {
          if (!await confirmed(fill(W.unlockTitle, name), W.unlockAsk, W.unlock)) return;
          try {
            const {status} = await post('unlock?name=' + encodeURIComponent(name));
            if (status === 200) report(fill(W.done, fill(W.unlockOf, name)), false);
            else report(fill(W.failed, fill(W.unlockOf, name), status === 404 ? W.notLocked : `HTTP ${status}`), true);
          } catch {
            report(fill(W.failed, fill(W.unlockOf, name), W.gone), true);
          }
        }

        async function reloadConfiguration() {
          if (!await confirmed(`${W.reload}?`, W.ask.reload, W.reload)) return;
          try {
            const {status, body} = await post('reload');
            if (body.applied) {
              const list = names => names.length ? names.join(', ') : '–';
              const c = body.carriers;
              let text = fill(W.reloaded, body.generation, list(c.changed), list(c.added), list(c.removed));
              if (body.needs_restart.length) text += ' ' + fill(W.needsRestart, list(body.needs_restart));
              report(text, false);
            } else {
              const first = (body.problems || [])[0];
              const more = (body.problems || []).length - 1;
              const place = first ? `${first.file}:${first.line}:${first.column}: ${first.message}` + (more > 0 ? ` (+${more})` : '') : body.message || `HTTP ${status}`;
              report(fill(W.refusedReload, place), true);
            }
          } catch {
            report(fill(W.failed, W.reload, W.gone), true);
          }
        }

        // One question at a time, however many wait for its answer.
        let asking = null;
        function askToken() {
          asking ??= new Promise(resolve => {
            const dialog = $('ask'), input = $('ask-token');
            show($('ask-wrong'), token !== null);
            const go = () => {
              const text = input.value.trim();
              if (!/^[\x21-\x7e]+$/.test(text)) { show($('ask-wrong'), true); return; }
              token = text;
              kept.set('token', token);
              input.value = '';
              asking = null;
              dialog.close();
              resolve();
            };
            $('ask-yes').onclick = go;
            input.onkeydown = event => { if (event.key === 'Enter') { event.preventDefault(); go(); } };
            dialog.oncancel = event => event.preventDefault();
            if (!dialog.open) dialog.showModal();
            input.focus();
          });
          return asking;
        }

        $('reload').addEventListener('click', reloadConfiguration);
        $('forget').addEventListener('click', () => { token = null; kept.set('token', null); location.reload(); });
        """#
}
