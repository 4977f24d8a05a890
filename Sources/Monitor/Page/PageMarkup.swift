/// The page's fixed markup; its texts come from `PageScript.words`.
enum PageMarkup {
    static let body = #"""
        <a class="skip" href="#carriers" data-word="skip"></a>
        <header>
        <div class="title"><h1>smppost</h1><span id="version"></span></div>
        <p id="overall"></p>
        <div class="tools">
        <span id="link" class="link"></span>
        <button type="button" id="send-open" data-word="send"></button>
        <button type="button" id="reload" data-word="reload"></button>
        <button type="button" id="forget" data-word="forget" hidden></button>
        <button type="button" id="language"></button>
        </div>
        </header>
        <ul id="troubles" role="alert" hidden></ul>
        <p id="lost" role="alert" hidden></p>
        <p id="said" role="status"></p>
        <p id="news" class="unseen" aria-live="polite"></p>
        <noscript><p class="note">This page needs JavaScript. The same data as JSON: <a href="binds">binds</a>.</p></noscript>
        <nav data-label="glance"><ul id="glance"></ul></nav>
        <main id="carriers" tabindex="-1"></main>
        <section id="doubt" aria-labelledby="doubt-title" hidden>
        <h2 id="doubt-title" data-word="doubtTitle"></h2>
        <p class="hint" data-word="doubtHint"></p>
        <div class="scroll"><table><thead><tr>
        <th scope="col" data-word="doubtWhen"></th><th scope="col" data-word="doubtWhy"></th>
        <th scope="col" data-word="doubtTo"></th><th scope="col" data-word="doubtAccount"></th>
        <th scope="col" data-word="doubtCarrier"></th><th scope="col" data-word="doubtID"></th>
        </tr></thead><tbody id="doubt-rows"></tbody></table></div>
        </section>
        <section id="locks" aria-labelledby="locks-title" hidden>
        <h2 id="locks-title" data-word="locksTitle"></h2>
        <p class="hint" data-word="locksHint"></p>
        <div class="scroll"><table><thead><tr>
        <th scope="col" data-word="lockWhat"></th><th scope="col" data-word="lockAddress"></th>
        <th scope="col" data-word="lockLeft"></th><th scope="col"></th>
        </tr></thead><tbody id="lock-rows"></tbody></table></div>
        </section>
        <section id="quotas" aria-labelledby="quotas-title" hidden>
        <h2 id="quotas-title" data-word="quotasTitle"></h2>
        <p class="hint" data-word="quotasHint"></p>
        <div class="scroll"><table><thead><tr>
        <th scope="col" data-word="doubtAccount"></th><th scope="col" data-word="quotaDay"></th>
        <th scope="col" data-word="quotaMonth"></th><th scope="col" data-word="quotaZone"></th>
        </tr></thead><tbody id="quota-rows"></tbody></table></div>
        </section>
        <section id="service" aria-labelledby="service-title" hidden>
        <h2 id="service-title" data-word="serviceTitle"></h2>
        <dl id="service-facts" class="facts"></dl>
        </section>
        <dialog id="send" aria-labelledby="send-title">
        <h2 id="send-title" data-word="sendTitle"></h2>
        <p class="hint" data-word="sendHint"></p>
        <div class="fields">
        <label><span data-word="doubtAccount"></span><select id="send-account"></select></label>
        <label><span data-word="doubtCarrier"></span><select id="send-carrier"></select></label>
        <label><span data-word="sendFrom"></span><input id="send-from" maxlength="20" autocomplete="off" spellcheck="false"></label>
        <label><span data-word="sendTo"></span><input id="send-to" type="tel" maxlength="40" autocomplete="off"></label>
        </div>
        <label><span data-word="sendText"></span><textarea id="send-text" rows="3" maxlength="1600"></textarea></label>
        <p id="send-count" class="hint"></p>
        <dl id="send-result" role="status"></dl>
        <div class="buttons">
        <button type="button" id="send-close" data-word="sendClose"></button>
        <button type="button" id="send-go" class="strong" data-word="sendGo"></button>
        </div>
        </dialog>
        <dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text">
        <h2 id="confirm-title"></h2><p id="confirm-text"></p>
        <div class="buttons">
        <button type="button" id="confirm-no" data-word="cancel"></button>
        <button type="button" id="confirm-yes" class="strong"></button>
        </div>
        </dialog>
        <dialog id="ask" aria-labelledby="ask-title">
        <h2 id="ask-title" data-word="tokenTitle"></h2>
        <p data-word="tokenHint"></p>
        <p id="ask-wrong" class="wrong" role="alert" data-word="tokenWrong" hidden></p>
        <label><span data-word="tokenLabel"></span><input id="ask-token" type="password" autocomplete="off" spellcheck="false"></label>
        <div class="buttons"><button type="button" id="ask-yes" class="strong" data-word="tokenGo"></button></div>
        </dialog>
        """#
}
