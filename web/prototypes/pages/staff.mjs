//! What the operator sees: titles, one title, the grant editor, vouchers, folders, jobs and plays.
import { art, brand, csrf, films, flash, icon, page } from "../parts.mjs";

const places = [["titles", "Titles", "film"], ["grants", "Grants", "rights"], ["vouchers", "Vouchers", "ticket"], ["folders", "Folders", "folder"], ["jobs", "Jobs", "jobs"], ["plays", "Playing now", "live"], ["pages", "Legal pages", "page"]];
const studio = ({ title, place, actions = "", crumbs = "", body }) => page({
  title, kind: "studio", bare: true, script: "admin.js",
  body: `<a class="skip" href="#main">Skip to content</a>
  <div class="studio">
    <header class="studio__side">
      <div class="studio__brand">${brand("/home")}<span class="studio__tag">Service</span><a class="studio__back" href="/home">To the library</a></div>
      <nav class="studio__nav" aria-label="Service"><ul>
${places.map(([slug, name, glyph]) => `        <li><a href="/admin/${slug}"${slug === place ? ' aria-current="page"' : ""}>${icon(glyph)}${name}${slug === "jobs" ? '<span class="studio__count" aria-label="2 running">2</span>' : ""}</a></li>`).join("\n")}
      </ul></nav>
      <p class="studio__back studio__foot"><a href="/home">To the library</a></p>
    </header>
    <main class="studio__main" id="main">
      ${crumbs ? `<p class="crumbs">${crumbs}</p>` : ""}<div class="studio__head"><h1>${title}</h1>${actions ? `<div class="cluster cluster--tight">${actions}</div>` : ""}</div>
${body}
    </main>
  </div>`,
});
const badge = (kind, text) => `<span class="badge${kind ? ` badge--${kind}` : ""}">${text}</span>`;
const table = (caption, heads, rows) => `<table class="table">
        <caption class="quiet">${caption}</caption>
        <thead><tr>${heads.map((h) => (h.startsWith("#") ? `<th scope="col" class="num">${h.slice(1)}</th>` : `<th scope="col">${h || '<span class="quiet">Actions</span>'}</th>`)).join("")}</tr></thead>
        <tbody>
${rows.map((cells) => `          <tr>${cells.map((c, i) => (i === 0 ? `<th scope="row">${c}</th>` : heads[i] === "" ? `<td class="table__actions">${c}</td>` : `<td data-label="${heads[i].replace("#", "")}"${heads[i].startsWith("#") ? ' class="num"' : ""}>${c}</td>`)).join("")}</tr>`).join("\n")}
        </tbody>
      </table>`;
const titleCell = (slug, name, sub) => `<span class="table__name">${art(slug, "poster", 'loading="lazy" class="table__thumb"').replace('width="800" height="1200"', 'width="38" height="57"')}<span><a href="/admin/titles/${slug}">${name}</a><span class="table__sub">${sub}</span></span></span>`;
const act = (action, label, { danger = false, confirm = "", yes = "", small = true } = {}) => `<form action="${action}" method="post"${confirm ? ` data-confirm="${confirm}" data-confirm-yes="${yes}" data-confirm-no="Leave it"` : ""}>${csrf}<button class="button${small ? " button--small" : ""}${danger ? " button--danger" : ""}" type="submit">${label}</button></form>`;

export const adminTitles = studio({
  title: "Titles", place: "titles",
  body: `      <form class="filters" action="/admin/titles">
        <div class="filters__grow"><label class="field__label" for="q">Name</label><input class="input" id="q" name="q" type="search"></div>
        <div><label class="field__label" for="state">State</label><select class="select" id="state" name="state"><option>Any</option><option>Showing</option><option>No grant</option><option>Ended</option><option>File missing</option></select></div>
        <div><button class="button button--small" type="submit">Filter</button></div>
      </form>
      ${table("Titles", ["Title", "State", "Grant", "Shown until", "#Plays"], [
        [titleCell("the-building-opposite", "The Building Opposite", "Film · 2026 · 1080p"), badge("good", "Showing"), "CC0 1.0", "No end", "41"],
        [titleCell("big-buck-bunny-trailer", "Big Buck Bunny: the trailer", "Film · 2008 · 1080p"), badge("good", "Showing"), "CC BY 3.0", "No end", "112"],
        [titleCell("tidelines", "Tidelines", "Series · 2 seasons · 6 episodes"), badge("warn", "Ends in 12 days"), "Atelier 2026-03", "5 December 2026", "63"],
        [titleCell("slow-light", "Slow Light", "Film · 2026 · 720p"), badge("", "No grant"), '<a href="/admin/grants/new?title=slow-light">Add a grant</a>', "", "0"],
        [titleCell("lichen-time", "Lichen Time", "Film · 2026 · 720p"), badge("bad", "Ended"), "Atelier 2026-01", "30 October 2026", "9"],
        [titleCell("an-orrery-for-no-one", "An Orrery for No One", "Film · 2026 · 720p"), badge("bad", "File missing"), "CC0 1.0", "No end", "17"],
      ])}
      <nav class="pager" aria-label="Pages"><span></span><span class="note">1 to 6 of 6</span><span></span></nav>`,
});

export const adminTitle = studio({
  title: "Tidelines", place: "titles", crumbs: '<a href="/admin/titles">Titles</a>',
  actions: '<a class="button button--small" href="/titles/tidelines">See its page</a>',
  body: `      <div class="split">
        <div>
          <section aria-labelledby="grants">
            <div class="section__head"><h2 id="grants">Grants</h2><a class="button button--small button--primary" href="/admin/grants/new?title=tidelines">Add a grant</a></div>
            ${table("Grants", ["Grant", "State", "Where", "Until", ""], [
              ["<a href=\"/admin/grants/1\">Atelier 2026-03</a><span class=\"table__sub\">Demo atelier</span>", badge("good", "In force"), "Everywhere", "5 December 2026", `<a class="button button--small" href="/admin/grants/1">Change</a>`],
              ["<a href=\"/admin/grants/2\">Atelier 2025-11</a><span class=\"table__sub\">Demo atelier</span>", badge("", "Ended"), "FR, BE, CH", "1 March 2026", `<a class="button button--small" href="/admin/grants/2">See</a>`],
            ])}
          </section>
          <section class="section" aria-labelledby="files">
            <div class="section__head"><h2 id="files">Files</h2></div>
            ${table("Files", ["File", "State", "Picture", "Sound", "#Size"], [
              ['<span class="path">Tidelines/Season 01/Tidelines - S01E01 - Low Water.mp4</span>', badge("good", "Ready"), "H.264 720p", "AAC, no language", "7.2 MB"],
              ['<span class="path">Tidelines/Season 01/Tidelines - S01E02 - The Estuary.mp4</span>', badge("good", "Ready"), "H.264 720p", "AAC, no language", "6.9 MB"],
              ['<span class="path">Tidelines/Season 02/Tidelines - S02E01 - Phosphor.mkv</span>', badge("warn", "Waiting"), "HEVC 1080p", "AC-3, English", "31 MB"],
            ])}
            <p class="note">“Waiting” means no browser plays the file as it is. Converting comes in a later version.</p>
          </section>
          <section class="section" aria-labelledby="past">
            <h2 id="past">What happened</h2>
            <ul class="log">
              <li><time datetime="2026-11-23T20:14:00Z">23 Nov 2026, 21:14</time><span><strong>owner@example.org</strong> changed the end of grant Atelier 2026-03 from 31 December to 5 December 2026.</span></li>
              <li><time datetime="2026-11-20T08:02:00Z">20 Nov 2026, 09:02</time><span>Six files taken in from the folder Demo films.</span></li>
            </ul>
          </section>
        </div>
        <aside class="stack" aria-label="Summary">
          <span class="card__art">${art("tidelines", "poster")}</span>
          <dl class="details"><dt>State</dt><dd>${badge("good", "Showing")}</dd><dt>Kind</dt><dd>Series</dd><dt>Address</dt><dd class="path"><code>/titles/tidelines</code></dd><dt>Playing now</dt><dd>2</dd></dl>
          <div class="confirm">
            <h2 class="confirm__title">Withdraw this title</h2>
            <p>It leaves every page at once. The 2 people watching it now are stopped within a minute. Nothing is deleted.</p>
            <form class="form" action="/admin/titles/tidelines/withdraw" method="post" data-confirm="Withdraw Tidelines now? 2 running plays stop." data-confirm-yes="Withdraw it" data-confirm-no="Leave it">
              ${csrf}
              <div class="field"><label class="field__label" for="reason">Reason</label><input class="input" id="reason" name="reason" required></div>
              <button class="button button--danger button--small" type="submit">Withdraw</button>
            </form>
          </div>
        </aside>
      </div>`,
});

const pick = (f, checked) => `<li><label class="check"><input type="checkbox" name="title" value="${f.slug}"${checked ? " checked" : ""}>${f.name}<span class="picks__meta">${f.year}</span></label></li>`;
const checkbox = (name, value, label, checked = false, hint = "") => `<label class="check"><input type="checkbox" name="${name}" value="${value}"${checked ? " checked" : ""}><span>${label}${hint ? `<span class="check__hint">${hint}</span>` : ""}</span></label>`;
const radio = (name, value, label, checked = false, hint = "") => `<label class="check"><input type="radio" name="${name}" value="${value}"${checked ? " checked" : ""}><span>${label}${hint ? `<span class="check__hint">${hint}</span>` : ""}</span></label>`;
const block = (id, title, text, fields) => `<section class="block" aria-labelledby="${id}">
            <h2 class="block__title" id="${id}">${title}</h2>
            <p class="block__text">${text}</p>
            <div class="block__fields">
              ${fields}
            </div>
          </section>`;
const input = (id, label, attributes = "", hint = "") => `<div class="field"><label class="field__label" for="${id}">${label}</label><input class="input" id="${id}" name="${id}"${attributes}${hint ? ` aria-describedby="${id}-hint"` : ""}>${hint ? `<span class="field__hint" id="${id}-hint">${hint}</span>` : ""}</div>`;

export const adminGrant = studio({
  title: "Grant Atelier 2026-03", place: "grants", crumbs: '<a href="/admin/grants">Grants</a>',
  actions: badge("good", "In force"),
  body: `      ${flash("bad", "Not saved: the window ends before it starts. See “When” below.")}
      <form class="section" action="/admin/grants/1" method="post">
        ${csrf}
        <div class="editor">
          <div>
          ${block("who", "Who grants it", "The licensor, and what the paper is called.", `<div class="form__row form__row--2">${input("licensor", "Licensor", ' value="Demo atelier" required list="licensors"')}${input("reference", "Reference", ' value="Atelier 2026-03" required')}</div><datalist id="licensors"><option value="Demo atelier"></option><option value="Blender Foundation"></option></datalist>`)}
          ${block("what", "Which titles", "A series covers its seasons and episodes.", `<ul class="picks" tabindex="0" aria-label="Titles">${[{ slug: "tidelines", name: "Tidelines", year: "Series" }, { slug: "night-trains", name: "Night Trains", year: "Series" }, ...films.slice(1, 5)].map((f, i) => pick(f, i === 0)).join("")}</ul>`)}
          ${block("how", "How it may be offered", "What a viewer needs in order to watch.", `<div class="checks checks--row">${checkbox("offer", "subscription", "Subscription", true)}${checkbox("offer", "free", "Free")}${checkbox("offer", "rental", "Rental")}${checkbox("offer", "purchase", "Purchase")}${checkbox("offer", "ticket", "Ticket")}</div>`)}
          ${block("where", "Where", "Countries by their two letters. Overseas territories have their own: Papeete is PF, not FR.", `<fieldset class="fieldset checks"><legend class="quiet">Territories</legend>${radio("territory_rule", "everywhere", "Everywhere", true)}${radio("territory_rule", "only", "Only in these")}${radio("territory_rule", "except", "Everywhere except these")}</fieldset>${input("territories", "Countries", ' placeholder="FR, BE, CH" autocapitalize="characters" spellcheck="false"')}`)}
          ${block("when", "When", "Dates as they stand in the contract. The last day counts in full.", `<div class="form__row form__row--3">${input("window_start", "First day", ' type="date" value="2026-12-10"')}<div class="field"><label class="field__label" for="window_end">Last day</label><input class="input" id="window_end" name="window_end" type="date" value="2026-12-05" aria-invalid="true" aria-describedby="window_end-error"><span class="field__error" id="window_end-error">The last day comes before the first.</span></div><div class="field"><label class="field__label" for="zone">Clock of</label><select class="select" id="zone" name="zone"><option selected>Europe/Paris</option><option>Europe/Brussels</option><option>Pacific/Tahiti</option><option>UTC</option></select></div></div>${checkbox("window_open", "yes", "No last day", false)}`)}
          ${block("languages", "Languages", "Leave empty for all. Where a dub is held back, name only the languages that may be heard.", `<div class="form__row form__row--2">${input("audio_languages", "Sound", ' placeholder="fr, en"')}${input("subtitle_languages", "Subtitles", ' placeholder="fr, en"')}</div>`)}
          ${block("limits", "Limits", "The strictest of the grant and the viewer’s plan holds.", `<div class="form__row form__row--3"><div class="field"><label class="field__label" for="max_height">Largest picture</label><select class="select" id="max_height" name="max_height"><option value="">No limit</option><option value="2160">2160p</option><option value="1080" selected>1080p</option><option value="720">720p</option><option value="480">480p</option></select></div>${input("max_streams", "Streams at once", ' type="number" min="1" max="99" placeholder="No limit"')}<div class="field"><label class="field__label" for="protection">Protection asked</label><select class="select" id="protection" name="protection"><option value="none" selected>None</option><option value="encrypted">Encrypted</option><option value="drm">DRM</option></select></div></div><div class="checks">${checkbox("downloads", "yes", "Downloads allowed", false, "The whole file may leave the service.")}${checkbox("exclusive", "yes", "Exclusive to us", false)}</div>`)}
          ${block("evidence", "Licence and evidence", "What we would show if someone asked. Attribution appears on the title’s page and in the player.", `<div class="form__row form__row--2"><div class="field"><label class="field__label" for="licence">Licence</label><select class="select" id="licence" name="licence"><option>Contract</option><option selected>CC0-1.0</option><option>CC-BY-3.0</option><option>CC-BY-4.0</option><option>CC-BY-SA-4.0</option><option>Public domain</option></select></div>${input("licence_url", "Address of the licence", ' type="url" value="https://creativecommons.org/publicdomain/zero/1.0/"')}</div>${input("attribution", "Attribution, word for word", "", "For CC BY: author, source, licence, and what was changed.")}<div class="field"><label class="field__label" for="statement">The statement as we saw it</label><textarea class="textarea" id="statement" name="statement" rows="4"></textarea></div>${input("seen", "Seen on", ' type="date" value="2026-11-23"')}`)}
          <div class="form__actions"><button class="button button--primary" type="submit">Save grant</button><button class="button" type="submit" name="preview" value="yes">See what it changes</button><a class="button button--bare" href="/admin/grants">Leave without saving</a></div>
          </div>
          <aside class="editor__aside stack" aria-label="What saving changes">
            <div class="panel">
              <h2 class="panel__title">What saving changes</h2>
              <ul class="effects"><li>${badge("warn", "Goes dark")} Tidelines, on 6 December 2026 at 00:00 in Paris</li><li>${badge("live", "Watching")} 4 people are part of the way through it</li><li>${badge("", "Unchanged")} Night Trains</li></ul>
            </div>
          </aside>
        </div>
      </form>
      <section class="section confirm" aria-labelledby="end">
        <h2 class="confirm__title" id="end">End this grant now</h2>
        <p>Tidelines leaves the library, 2 running plays stop within a minute, and its page answers “gone”. The grant and its history stay on record.</p>
        <form class="form" action="/admin/grants/1/end" method="post" data-confirm="End grant Atelier 2026-03 now? 2 running plays stop within a minute." data-confirm-yes="End the grant" data-confirm-no="Leave it in force">
          ${csrf}<button class="button button--danger" type="submit">End the grant</button>
        </form>
      </section>`,
});

export const adminVouchers = studio({
  title: "Vouchers", place: "vouchers",
  body: `      ${flash("good", "Voucher made. Its code is <code>K7QF-2MXA-9TRD</code>. It is shown this once: write it down.")}
      <section class="panel section" aria-labelledby="make">
        <h2 class="panel__title" id="make">Make a voucher</h2>
        <form class="form" action="/admin/vouchers" method="post">
          ${csrf}
          <div class="form__row form__row--3">
            <div class="field"><label class="field__label" for="plan">Plan</label><select class="select" id="plan" name="plan"><option>Cinéphile</option></select></div>
            ${input("days", "Days", ' type="number" min="1" max="3660" value="30" required')}
            ${input("uses", "How often it can be used", ' type="number" min="1" max="100000" value="1" required')}
          </div>
          <div class="form__row form__row--2">${input("expires", "Usable until", ' type="date"', "Leave empty for no end.")}${input("note", "Note", ' placeholder="For the press screening"')}</div>
          <div class="form__actions"><button class="button button--primary" type="submit">Make voucher</button></div>
        </form>
      </section>
      <section class="section" aria-labelledby="all"><h2 id="all" class="quiet">All vouchers</h2>
      ${table("Vouchers", ["Voucher", "State", "Plan", "#Days", "#Used", "Usable until", ""], [
        ["<code>K7QF…</code><span class=\"table__sub\">Press screening</span>", badge("good", "Usable"), "Cinéphile", "30", "0 of 1", "No end", act("/admin/vouchers/1/end", "Stop", { danger: true, confirm: "Stop this voucher? Those who used it keep their days.", yes: "Stop the voucher" })],
        ["<code>DEMO…</code><span class=\"table__sub\">Made by the demo</span>", badge("good", "Usable"), "Cinéphile", "30", "3 of 100", "31 December 2026", act("/admin/vouchers/2/end", "Stop", { danger: true, confirm: "Stop this voucher? Those who used it keep their days.", yes: "Stop the voucher" })],
        ["<code>A1ZP…</code><span class=\"table__sub\">Friends</span>", badge("", "Used up"), "Cinéphile", "90", "5 of 5", "No end", ""],
      ])}</section>`,
});

export const adminFolders = studio({
  title: "Folders", place: "folders",
  body: `      <p class="note">Cineclub looks into these folders and takes in each file once it is complete. It never changes or deletes what lies there.</p>
      <section class="section" aria-labelledby="folders"><h2 id="folders" class="quiet">Folders</h2>
      ${table("Folders", ["Folder", "State", "#Files", "#Waiting", "Last look", ""], [
        ["Demo films<span class=\"table__sub path\">/srv/films/demo</span>", badge("good", "Watching"), "20", "0", "12 s ago", act("/admin/folders/1/scan", "Look now")],
        ["Archive<span class=\"table__sub path\">/mnt/archive/films</span>", badge("bad", "Not there"), "14", "0", "2 h ago", act("/admin/folders/2/scan", "Look now")],
      ])}
      <p class="note">“Not there” means the disk is not mounted or is another disk. Its titles are unavailable until it comes back; nothing is deleted.</p></section>
      <section class="section panel" aria-labelledby="add">
        <h2 class="panel__title" id="add">Add a folder</h2>
        <form class="form" action="/admin/folders" method="post">
          ${csrf}
          <div class="form__row form__row--2">${input("name", "Name", " required")}${input("path", "Path on the server", ' required placeholder="/srv/films" spellcheck="false"')}</div>
          <div class="form__actions"><button class="button button--primary" type="submit">Add folder</button></div>
        </form>
      </section>
      <section class="section" aria-labelledby="upload">
        <h2 class="panel__title" id="upload">Send a file</h2>
        <form class="drop" action="/admin/upload" method="post" enctype="multipart/form-data" data-upload data-csrf="token" data-sending="Sending" data-failed="The file didn’t arrive. Check the connection and send it again.">
          <div class="field"><label class="field__label" for="file">Film, episode, subtitles or poster</label><input class="input" id="file" name="file" type="file" multiple><span class="field__hint">Or drop files here. It lands in the first folder that may be written to.</span></div>
          <ul class="drop__list" data-upload-list aria-live="polite"></ul>
        </form>
      </section>`,
});

const progress = (done, total, text) => `<div class="job__progress"><progress class="bar bar--job" value="${done}" max="${total}" aria-label="Progress"></progress><span class="small">${text}</span></div>`;
export const jobsFragment = `        <div class="cards">
          <div class="figure"><p class="figure__value">2</p><p class="figure__label">running</p></div>
          <div class="figure"><p class="figure__value">4</p><p class="figure__label">waiting their turn</p></div>
          <div class="figure"><p class="figure__value">1</p><p class="figure__label">failed</p></div>
        </div>
        <div class="section">
        ${table("Jobs", ["Job", "State", "Progress", "Started", ""], [
          ["Read the index<span class=\"table__sub path\">An Orrery for No One (2026).mp4</span>", badge("live", "Running"), progress(38, 52, "38 of 52 MB"), "4 s ago", act("/admin/jobs/9/cancel", "Stop")],
          ["Check the file<span class=\"table__sub path\">Slow Light (2026).mp4</span>", badge("live", "Running"), progress(9, 31, "9 of 31 MB"), "2 s ago", act("/admin/jobs/8/cancel", "Stop")],
          ["Take in<span class=\"table__sub path\">holiday.mp4</span>", badge("bad", "Failed"), "The file is text, not video. Remove it, or replace it and try again.", "1 min ago", act("/admin/jobs/7/retry", "Try again")],
          ["Take in<span class=\"table__sub path\">Tidelines - S02E03.mp4</span>", badge("", "Waiting"), "Starts when a worker is free", "", act("/admin/jobs/6/cancel", "Stop")],
          ["Take in<span class=\"table__sub path\">Lichen Time (2026).mp4</span>", badge("good", "Done"), "In 0.4 s", "3 min ago", ""],
        ])}
        </div>`;
export const adminJobs = studio({
  title: "Jobs", place: "jobs", actions: '<span class="live-note" data-live-note data-on="Live" data-late="Connection lost, trying again" data-off="Paused">Live</span>',
  body: `      <div data-live="/admin/jobs/live">
${jobsFragment}
      </div>`,
});

export const playsFragment = `        ${table("Plays", ["Title", "State", "Grant", "Position", "Last beat", ""], [
          [titleCell("tidelines", "Tidelines", "Season 1, episode 2"), badge("live", "Playing"), "Atelier 2026-03", "00:42 of 01:00", "3 s ago", act("/admin/plays/1/end", "Stop", { danger: true, confirm: "Stop this play? The screen goes dark within a minute.", yes: "Stop the play" })],
          [titleCell("the-building-opposite", "The Building Opposite", "Film"), badge("", "Paused"), "CC0 1.0", "01:12 of 03:20", "11 s ago", act("/admin/plays/2/end", "Stop", { danger: true, confirm: "Stop this play? The screen goes dark within a minute.", yes: "Stop the play" })],
        ])}
        <div class="empty" hidden>${icon("live", " empty__mark")}<h2 class="empty__title">Nobody is watching</h2><p class="empty__text">Plays appear here as they start.</p></div>`;
export const adminPlays = studio({
  title: "Playing now", place: "plays", actions: '<span class="live-note" data-live-note data-on="Live" data-late="Connection lost, trying again" data-off="Paused">Live</span>',
  body: `      <p class="note">Who watches what is not shown here: viewing history belongs to the viewer.</p>
      <div class="section" data-live="/admin/plays/live">
${playsFragment}
      </div>`,
});
