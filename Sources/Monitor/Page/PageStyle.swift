/// The page's style sheet. Colours are never the only sign of anything: every light has its own shape and a word.
enum PageStyle {
    static let text = #"""
        :root {
          color-scheme: light dark;
          --back: #f4f5f7; --card: #ffffff; --line: #d5d9e0; --text: #1b1f24; --dim: #57606a; --soft: #eceff3;
          --green: #1a7f37; --yellow: #9a6700; --red: #c2202b; --off: #6a737d; --blue: #0b5fc4;
          --green-back: #e4f5e8; --yellow-back: #fff4d1; --red-back: #fde7e8; --off-back: #eceff3;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --back: #0e1116; --card: #171b22; --line: #2f3640; --text: #e6eaf0; --dim: #9aa4b1; --soft: #232933;
            --green: #45c162; --yellow: #e0ab2e; --red: #ff6b64; --off: #97a1ad; --blue: #6cb0ff;
            --green-back: #12301b; --yellow-back: #352a0c; --red-back: #3b1719; --off-back: #232933;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 84rem; padding: 0 1rem 3rem; background: var(--back); color: var(--text);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        h1, h2, h3, p, dl, dd, ol { margin: 0; padding: 0; }
        h1 { font-size: 1.25rem; } h2 { font-size: 1.1rem; } h3 { font-size: 1rem; }
        :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
        [hidden] { display: none !important; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; z-index: 3; }
        header {
          display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; position: sticky; top: 0; z-index: 2;
          background: var(--back); padding: .75rem 0; border-bottom: 1px solid var(--line); margin-bottom: 1rem;
        }
        .title { display: flex; align-items: baseline; gap: .5rem; }
        #version { color: var(--dim); font-size: .85rem; }
        #overall { flex: 1 1 14rem; font-weight: 600; }
        .tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
        .link { font-size: .85rem; color: var(--dim); white-space: nowrap; }
        .link::before { content: "● "; color: var(--off); }
        .link.on::before { color: var(--green); }
        .link.gone::before { content: "✕ "; color: var(--red); }
        button {
          font: inherit; font-size: .875rem; color: var(--text); background: var(--card); border: 1px solid var(--line);
          border-radius: .4rem; padding: .35rem .7rem; min-height: 2.1rem; cursor: pointer;
        }
        button:hover:not(:disabled) { border-color: var(--dim); }
        button:disabled { opacity: .45; cursor: default; }
        button.strong { background: var(--blue); border-color: var(--blue); color: #fff; font-weight: 600; }
        @media (prefers-color-scheme: dark) { button.strong { color: #06152a; } }
        #troubles { list-style: none; margin: 0 0 1rem; padding: 0; display: grid; gap: .4rem; }
        #troubles li { display: flex; gap: .6rem; border-radius: .5rem; padding: .6rem .9rem; }
        #troubles li.red { background: var(--red-back); } #troubles li.yellow { background: var(--yellow-back); }
        #troubles .mark { margin-top: .15rem; } #troubles span { min-width: 0; }
        #lost, #said, .note { border-radius: .5rem; padding: .6rem .9rem; margin-bottom: 1rem; }
        #lost { background: var(--red-back); color: var(--red); font-weight: 600; position: sticky; top: .5rem; z-index: 2; }
        #said:empty { display: none; }
        #said, .note { background: var(--soft); }
        #said.wrong, .wrong { color: var(--red); }
        body.stale main, body.stale #service, body.stale #doubt, body.stale #locks, body.stale #quotas { opacity: .55; }
        .carrier { scroll-margin-top: 5rem; }
        .carrier, #doubt, #locks, #quotas, #service {
          background: var(--card); border: 1px solid var(--line); border-radius: .75rem; margin-bottom: 1rem; overflow: clip;
        }
        #doubt, #locks, #quotas, #service { padding: .9rem 1rem; }
        #service dl.facts { margin-top: .6rem; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
        .head { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .8rem 1rem; }
        .carrier.green .head { background: var(--green-back); } .carrier.yellow .head { background: var(--yellow-back); }
        .carrier.red .head { background: var(--red-back); } .carrier.off .head { background: var(--off-back); }
        .head .what { flex: 1 1 18rem; display: flex; gap: .75rem; align-items: center; min-width: 0; }
        .lamp { flex: none; width: 2rem; height: 2rem; } .mark { flex: none; width: 1.1rem; height: 1.1rem; vertical-align: -.2rem; }
        .green > .c, .c.green { color: var(--green); } .yellow > .c, .c.yellow { color: var(--yellow); }
        .red > .c, .c.red { color: var(--red); } .off > .c, .c.off { color: var(--off); }
        .tag { font-size: .75rem; font-weight: 400; color: var(--dim); border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; background: var(--card); }
        .buttons { display: flex; flex-wrap: wrap; gap: .4rem; }
        .dropped { background: var(--yellow-back); } .dropped[hidden] { display: none; }
        .sums { padding: .5rem 1rem; color: var(--dim); font-size: .875rem; border-top: 1px solid var(--line); }
        .facts.flow { padding: .4rem 1rem; border-top: 1px solid var(--line); grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); }
        .facts.flow div { border-bottom: 0; }
        .binds { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(25rem, 100%), 1fr)); border-top: 1px solid var(--line); }
        .bind { padding: .9rem 1rem; display: flex; flex-direction: column; gap: .7rem; min-width: 0; box-shadow: 1px 0 var(--line), 0 1px var(--line); }
        .bind-head { display: flex; gap: .5rem; align-items: flex-start; }
        .bind-head > div { min-width: 0; flex: 1; }
        .state { font-weight: 600; } .error { color: var(--dim); font-size: .875rem; }
        .bars { display: grid; grid-template-columns: 1fr 1fr; gap: .7rem; }
        .bar b { font-weight: 600; } .bar .name, .chart .name { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .5rem; }
        .bar .name { font-size: .875rem; } .bar .name > *, .chart .name > * { white-space: nowrap; }
        .bar .name span { color: var(--dim); }
        .track { height: .45rem; border-radius: .25rem; background: var(--soft); overflow: hidden; margin-top: .2rem; }
        .fill { height: 100%; width: 0; background: var(--blue); border-radius: .25rem; }
        .fill.full { background: var(--yellow); }
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 100%), 1fr)); gap: 0 1.5rem; font-size: .875rem; }
        .facts.long { grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); margin-top: -.7rem; }
        .facts div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .75rem; padding: .2rem 0; border-bottom: 1px dotted var(--line); }
        .facts dt { color: var(--dim); } .facts dd { text-align: right; }
        .more { display: flex; flex-direction: column; gap: .7rem; padding-top: .3rem; }
        #glance { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0 0 1rem; padding: 0; }
        #glance a { display: flex; align-items: center; gap: .4rem; padding: .3rem .7rem; border: 1px solid var(--line); border-radius: 2rem; background: var(--card); color: var(--text); text-decoration: none; font-size: .875rem; }
        #glance a:hover { border-color: var(--dim); } #glance span { color: var(--dim); }
        .charts { display: grid; grid-template-columns: repeat(3, 1fr); gap: .7rem; align-items: end; }
        .chart { min-width: 0; font-size: .75rem; color: var(--dim); }
        .chart svg { display: block; width: 100%; height: 2.6rem; background: var(--soft); border-radius: .25rem; margin-top: .15rem; }
        .chart path { fill: none; stroke: var(--blue); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
        .chart path.area { fill: var(--blue); opacity: .18; stroke: none; }
        .chart line { stroke: var(--dim); stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; opacity: .7; }
        .strip svg { height: .8rem; } .strip rect.green { fill: var(--green); } .strip rect.yellow { fill: var(--yellow); }
        .strip rect.red { fill: var(--red); } .strip rect.off { fill: var(--off); opacity: .5; }
        summary { cursor: pointer; font-size: .875rem; color: var(--blue); padding: .2rem 0; }
        ol.changes { list-style: none; font-size: .85rem; display: grid; gap: .25rem; margin-top: .3rem; }
        ol.changes li { display: grid; grid-template-columns: 1.2rem 6.5rem 1fr; gap: .3rem; align-items: baseline; }
        ol.changes time { color: var(--dim); }
        .hint { color: var(--dim); font-size: .875rem; margin: .2rem 0 .6rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .875rem; }
        th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-top: 1px solid var(--line); white-space: nowrap; }
        th { color: var(--dim); font-weight: 400; }
        dialog { border: 1px solid var(--line); border-radius: .75rem; background: var(--card); color: var(--text); width: min(30rem, calc(100vw - 2rem)); padding: 1.2rem; }
        dialog::backdrop { background: rgb(0 0 0 / .5); }
        dialog h2 { margin-bottom: .5rem; } dialog p { margin-bottom: .9rem; } dialog .buttons { justify-content: flex-end; }
        dialog label span { display: block; font-size: .875rem; color: var(--dim); }
        dialog .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr)); gap: 0 .8rem; }
        dialog#send { width: min(38rem, calc(100vw - 1rem)); max-height: calc(100vh - 1rem); overflow: auto; }
        #send-result { margin: 0 0 .9rem; border-radius: .5rem; overflow: hidden; font-size: .875rem; background: var(--soft); }
        #send-result.green { background: var(--green-back); } #send-result.yellow { background: var(--yellow-back); } #send-result.red { background: var(--red-back); }
        #send-result div { display: grid; grid-template-columns: 10rem 1fr; gap: .2rem .8rem; padding: .3rem .7rem; }
        #send-result dt { color: var(--dim); }
        dialog input, dialog select, dialog textarea { font: inherit; width: 100%; padding: .5rem; margin-bottom: .9rem; color: var(--text); background: var(--back); border: 1px solid var(--dim); border-radius: .4rem; }
        @media (max-width: 40rem) {
          th, td { white-space: normal; overflow-wrap: normal; padding-right: .4rem; } table { font-size: .8rem; } td button { padding: .3rem .5rem; }
          body { padding: 0 .6rem 2rem; }
          header { position: static; }
          .head { padding: .7rem .8rem; } .bind { padding: .8rem; } .sums { padding: .5rem .8rem; }
          .facts, .facts.long { grid-template-columns: 1fr; } #send-result div { grid-template-columns: 1fr; gap: 0; }
          button { min-height: 2.6rem; }
        }
        @media (prefers-reduced-motion: no-preference) { .fill { transition: width .3s; } }
        @media (forced-colors: active) { .carrier, .bind { border: 1px solid; } }
        """#
}
