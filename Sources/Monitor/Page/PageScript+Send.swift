extension PageScript {
    /// A message by hand: the form asks before it sends, then shows the reply, the segments and the receipts as they come.
    static let send = #"""
        // Receipts are looked for so often, and so long.
        const SEND_LOOK = 1500, SEND_PATIENCE = 300000;
        let sendRun = 0;

        async function openSend() {
          const answer = await ask('send');
          if (!answer || answer.status !== 200) return report(fill(W.failed, W.send, answer ? `HTTP ${answer.status}` : W.gone), true);
          const choose = (list, names, first) => list.replaceChildren(...[...first, ...names.map(n => [n, n])].map(([value, text]) => {
            const option = make('option', '', text);
            option.value = value;
            return option;
          }));
          const {account, carrier} = {account: $('send-account').value, carrier: $('send-carrier').value};
          choose($('send-account'), answer.body.accounts, []);
          choose($('send-carrier'), answer.body.carriers, [['', W.sendAnyCarrier]]);
          if (answer.body.accounts.includes(account)) $('send-account').value = account;
          if (answer.body.carriers.includes(carrier)) $('send-carrier').value = carrier;
          if (!$('send').open) $('send').showModal();
          $('send-to').focus();
        }

        // GET with the token, which is asked for where it is needed.
        async function ask(path) {
          try {
            for (;;) {
              const answer = await fetch(path, {headers: headers(), cache: 'no-store'});
              if (answer.status !== 401) return {status: answer.status, body: await answer.json().catch(() => ({}))};
              await askToken();
            }
          } catch {
            return null;
          }
        }

        function tellSend(rows, light) {
          $('send-result').className = light || '';
          $('send-result').replaceChildren(...rows.filter(row => row[1] !== null && row[1] !== '').map(([word, text]) => make('div', '', make('dt', '', W[word]), make('dd', '', String(text)))));
        }

        async function sendByHand() {
          const [account, carrier, to, text] = ['account', 'carrier', 'to', 'text'].map(n => $('send-' + n).value);
          if (!to.trim() || !text) return tellSend([['sendState', W.sendEmpty]], 'red');
          const over = carrier ? fill(W.sendOver, carrier) : '';
          if (!await confirmed(W.sendTitle, fill(W.sendAsk, account, over), W.sendGo)) return;
          const run = ++sendRun;
          $('send-go').disabled = true;
          tellSend([['sendState', W.sendGoing]], '');
          try {
            const body = new URLSearchParams({account, carrier, from: $('send-from').value, to, text});
            let answer = await post('send', body);
            while (answer.status === 202) {
              await new Promise(resolve => setTimeout(resolve, SEND_LOOK));
              const next = await ask('send/last');
              if (!next || next.body.number !== answer.body.number) break;
              answer = next;
            }
            const {status, body: told} = answer;
            if (!told.outcome) return tellSend([['sendState', status === 429 ? W.sendSoon : W.sendProblems[told.error] || `HTTP ${status}`]], 'red');
            await followSend(run, told);
          } catch {
            tellSend([['sendState', W.gone]], 'red');
          } finally {
            $('send-go').disabled = false;
          }
        }

        const SEND_LIGHTS = {accepted: 'green', partial: 'yellow', unknown: 'yellow', refused: 'red', 'not-sent': 'red'};
        function sendRows(told, life) {
          const receipts = (life ? life.receipts : []).filter(r => !r.duplicate).map(r => `${(r.segment ?? 0) + 1}: ${r.state}${r.error ? ` (${r.error})` : ''}`);
          const waits = told.accepted > receipts.length ? fill(W.sendWaits, told.accepted - receipts.length) : '';
          return [
            ['sendState', W.outcomes[told.outcome] || told.outcome], ['sendReply', `HTTP ${told.status}: ${told.message}`], ['sendID', told.id],
            ['sendCarrier', life && life.carrier || told.carrier], ['sendSegments', told.segments ? fill(W.upOf, told.accepted, told.segments) : ''],
            ['sendStatus', told.smpp_status], ['sendIDs', told.carrier_ids.join(', ')], ['sendReceipts', [...receipts, waits].filter(Boolean).join(', ')]];
        }

        // Until every part has its receipt, or the patience ends, or another message is sent, or the form is closed.
        async function followSend(run, told) {
          const light = SEND_LIGHTS[told.outcome], end = performance.now() + SEND_PATIENCE;
          tellSend(sendRows(told, null), light);
          $('send-go').disabled = false;
          while (run === sendRun && $('send').open && performance.now() < end) {
            const answer = await ask('messages/' + encodeURIComponent(told.id));
            if (run !== sendRun) return;
            const life = answer && answer.status === 200 ? answer.body : null;
            tellSend(sendRows(told, life), light);
            if (!life || life.receipts.filter(r => !r.duplicate).length >= told.accepted) return;
            await new Promise(resolve => setTimeout(resolve, SEND_LOOK));
          }
        }

        // GSM text counts otherwise; the reply tells the parts.
        $('send-text').addEventListener('input', () => say($('send-count'), fill(W.sendCount, [...$('send-text').value].length)));
        $('send-open').addEventListener('click', openSend);
        $('send-go').addEventListener('click', sendByHand);
        $('send-close').addEventListener('click', () => $('send').close());
        """#
}
