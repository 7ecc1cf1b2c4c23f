//! What a viewer sees: landing, signing in, home, series, title, player, search, account, voucher, legal and error pages.
import { art, brand, csrf, films, flash, header, icon, page, posterCard, row, series, wideCard } from "../parts.mjs";

const film = (slug) => films.find((f) => f.slug === slug);
const gate = ({ title, intro, form, other, slug, caption }) => page({
  title, kind: "gate", bare: true,
  body: `<a class="skip" href="#main">Skip to content</a>
  <div class="gate">
    <main class="gate__main" id="main">
      <div class="wrap header__in">${brand("/")}</div>
      <div class="gate__form">
        <h1>${title}</h1>
        <p class="note">${intro}</p>
        ${form}
        <div class="gate__other">${other}</div>
      </div>
      <p class="gate__foot"><a href="/legal/terms">Terms</a><a href="/legal/privacy">Privacy</a><a href="/legal/imprint">Imprint</a></p>
    </main>
    <div class="gate__art" aria-hidden="true">${art(slug, "backdrop")}<p class="gate__caption">${caption}</p></div>
  </div>`,
});
const password = (id, label, autocomplete, extra = "") => `<div class="field">
            <label class="field__label" for="${id}">${label}</label>
            <div class="peek" data-peek data-show="Show" data-hide="Hide">
              <input class="input" id="${id}" name="password" type="password" autocomplete="${autocomplete}" required minlength="8" maxlength="256"${extra}>
              <button class="peek__button" type="button" data-peek-button aria-controls="${id}" aria-pressed="false" hidden>Show</button>
            </div>`;

export const landing = page({
  title: "Films with their papers in order", kind: "landing", top: header({ over: true, signedIn: false }),
  body: `  <section class="landing">
    <div class="landing__art">${art("tidelines", "backdrop", 'fetchpriority="high"')}</div>
    <div class="wrap landing__in">
      <h1 class="landing__title">Cinema, chosen by hand.</h1>
      <p class="landing__lead">A small library of films and series, each shown with the right to show it. Watch on any screen, stop when you like, and pick up where you were.</p>
      <div class="cluster">
        <a class="button button--primary" href="/sign-up">Sign up</a>
        <a class="button button--outline" href="/redeem">I have a voucher</a>
      </div>
    </div>
  </section>
${row({ id: "now", name: "Showing now", cards: [films[2], films[1], films[4], films[0], films[3], films[5]].map((f) => posterCard(f)) })}
${row({ id: "series", name: "Series", wide: true, cards: series.map((s) => wideCard({ slug: s.slug, href: `/titles/${s.slug}`, name: s.name, meta: `${s.seasons} seasons · ${s.episodes} episodes` })) })}
  <div class="wrap">
    <section class="promises" aria-label="How it works">
      <div class="promise"><h2 class="promise__title">One plan</h2><p>Everything in the library, on three screens at once. No advertising, and nothing follows you around.</p></div>
      <div class="promise"><h2 class="promise__title">Your place, kept</h2><p>Start on the train and finish on the television. Languages and subtitles stay the way you set them.</p></div>
      <div class="promise"><h2 class="promise__title">Rights, in the open</h2><p>Each page names who made the film and under which licence it is shown. When a right ends, so does the showing.</p></div>
    </section>
    <section class="offer" aria-labelledby="offer-name">
      <div>
        <p class="eyebrow" id="offer-name">Cinéphile</p>
        <p class="offer__price">30 days with a voucher</p>
        <p class="note">Three screens at once, up to 1080p. It ends by itself: nothing renews unless you ask.</p>
      </div>
      <a class="button button--primary" href="/redeem">Redeem a voucher</a>
    </section>
  </div>`,
});

export const signIn = gate({
  title: "Welcome back", intro: "Sign in to go on watching.", slug: "night-trains", caption: "Night Trains, season 1",
  form: `<form class="form" action="/sign-in" method="post">
          ${csrf}
          ${flash("bad", "That e-mail address and password don’t match. Check both and try again.")}
          <div class="field">
            <label class="field__label" for="email">E-mail address</label>
            <input class="input" id="email" name="email" type="email" autocomplete="username" required value="marion@example.org">
          </div>
          ${password("password", "Password", "current-password")}
          </div>
          <button class="button button--primary button--wide" type="submit">Sign in</button>
        </form>`,
  other: `<p>New here? <a href="/sign-up">Sign up</a></p>`,
});

export const signUp = gate({
  title: "Make an account", intro: "An e-mail address and a password are all it takes.", slug: "slow-light", caption: "Slow Light, 2026",
  form: `<form class="form" action="/sign-up" method="post">
          ${csrf}
          <div class="field">
            <label class="field__label" for="email">E-mail address</label>
            <input class="input" id="email" name="email" type="email" autocomplete="username" required aria-invalid="true" aria-describedby="email-error" value="marion@">
            <span class="field__error" id="email-error">An e-mail address has a name after the @, as in marion@example.org.</span>
          </div>
          ${password("password", "Password", "new-password", ' aria-describedby="password-hint"')}
            <span class="field__hint" id="password-hint">At least 8 characters. A few words together are easy to keep and hard to guess.</span>
          </div>
          <div class="field">
            <label class="field__label" for="voucher">Voucher code <span class="small">(optional)</span></label>
            <input class="input input--code" id="voucher" name="voucher" autocomplete="off" spellcheck="false">
          </div>
          <label class="check"><input type="checkbox" name="terms" value="yes" required><span>I accept the <a href="/legal/terms">terms</a> and have read the <a href="/legal/privacy">privacy notice</a>.</span></label>
          <button class="button button--primary button--wide" type="submit">Sign up</button>
        </form>`,
  other: `<p>Already have an account? <a href="/sign-in">Sign in</a></p>`,
});

export const redeem = gate({
  title: "Redeem a voucher", intro: "Type the code as it stands on the voucher. Dashes and spaces don’t matter.", slug: "rain-window-seat", caption: "Rain, Window Seat, 2026",
  form: `<form class="form" action="/redeem" method="post">
          ${csrf}
          <div class="field">
            <label class="field__label" for="code">Voucher code</label>
            <input class="input input--code" id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required placeholder="XXXX-XXXX-XXXX">
          </div>
          <button class="button button--primary button--wide" type="submit">Redeem</button>
        </form>`,
  other: `<p>A voucher adds its days to what you already have. It asks for no card, and nothing renews by itself.</p>`,
});

export const home = page({
  title: "Home", kind: "home", top: header({ over: true, place: "home" }),
  body: `  <section class="hero" aria-labelledby="hero-name">
    <div class="hero__art">${art("the-building-opposite", "backdrop", 'fetchpriority="high"')}</div>
    <div class="wrap hero__in"><div class="hero__text">
      <h1 class="hero__title" id="hero-name"><a class="plain" href="/titles/the-building-opposite">The Building Opposite</a></h1>
      <ul class="facts"><li>2026</li><li>3 min 20 s</li><li>Animation</li><li><span class="age" title="For everyone">All</span></li></ul>
      <p class="hero__line">Fifty windows. One of them is yours.</p>
      <div class="cluster">
        <a class="button button--primary" href="/watch/the-building-opposite">${icon("play")}Play</a>
        <a class="button" href="/titles/the-building-opposite">More about it</a>
      </div>
    </div></div>
  </section>
${row({ id: "continue", name: "Continue watching", wide: true, cards: [
    wideCard({ slug: "tidelines", href: "/watch/tidelines-s01e02", name: "Tidelines", meta: "Season 1, episode 2 · 18 s left", done: 42, total: 60 }),
    wideCard({ slug: "rain-window-seat", href: "/watch/rain-window-seat", name: "Rain, Window Seat", meta: "40 s left", done: 20, total: 60 }),
    wideCard({ slug: "night-trains", href: "/watch/night-trains-s02e01", name: "Night Trains", meta: "Season 2, episode 1 · next", done: 0, total: 40 }),
  ] })}
${row({ id: "films", name: "Films", cards: films.map((f) => posterCard(f)) })}
${row({ id: "series", name: "Series", wide: true, cards: series.map((s) => wideCard({ slug: s.slug, href: `/titles/${s.slug}`, name: s.name, meta: `${s.seasons} seasons · ${s.episodes} episodes` })) })}
${row({ id: "added", name: "Added lately", cards: [films[4], films[1], films[5], films[3]].map((f) => posterCard(f)) })}`,
});

const about = ({ rows, attribution }) => `<section class="title__about" aria-label="Details">
      <dl class="details">
${rows.map(([term, text]) => `        <dt>${term}</dt><dd>${text}</dd>`).join("\n")}
      </dl>
      <div class="stack">
        <p class="attribution">${attribution}</p>
      </div>
    </section>`;

export const title = page({
  title: "Big Buck Bunny: the trailer", kind: "title", top: header({ over: true }),
  body: `  <article class="title">
    <div class="title__backdrop">${art("big-buck-bunny-trailer", "backdrop", 'fetchpriority="high"')}</div>
    <div class="wrap title__in">
      <div class="title__grid">
        <div class="title__poster"><span class="card__art">${art("big-buck-bunny-trailer", "poster", "")}</span></div>
        <div class="title__text">
          <h1 class="title__name">Big Buck Bunny: the trailer</h1>
          <p class="title__tagline">Even the gentlest have their limits.</p>
          <ul class="facts title__facts"><li>2008</li><li>33 s</li><li>Animation, Comedy</li><li><span class="age">6+</span></li><li>1080p</li></ul>
          <div class="title__actions cluster">
            <a class="button button--primary" href="/watch/big-buck-bunny-trailer">${icon("play")}Resume</a>
            <a class="button" href="/watch/big-buck-bunny-trailer?from=start">Start over</a>
          </div>
          <p class="title__resume"><progress class="bar" value="14" max="33" aria-label="Watched"></progress>19 s left</p>
          <p class="title__synopsis">A large and kind rabbit wakes to a perfect spring morning. Three rodents spoil it, one butterfly at a time, until he decides that even the best-natured animal has a limit. The trailer of the Blender Foundation’s second open film.</p>
        </div>
      </div>
      ${about({
        rows: [["Direction", "Sacha Goedegebure"], ["Production", "Blender Foundation, Netherlands"], ["Sound", "English (stereo)"], ["Subtitles", "English, French, English for the deaf and hard of hearing"], ["Picture", "1920 × 1080, 25 frames a second"], ["Shown until", "No end date"]],
        attribution: `<strong>Creative Commons Attribution 3.0</strong>© 2008 Blender Foundation | peach.blender.org, CC BY 3.0, sound re-encoded. <a href="https://creativecommons.org/licenses/by/3.0/" rel="license noopener">Read the licence</a>`,
      })}
    </div>
  </article>
${row({ id: "more", name: "More like this", cards: [films[6], films[4], films[3], films[5], films[1]].map((f) => posterCard(f)) })}`,
});

const episode = (number, name, time, text, done = 0) => `<li class="episode">
          <div class="episode__still"><span class="card__art card__art--wide">${art(`tidelines-s01e0${number}`, "still")}<span class="card__play">${icon("play")}</span>${done ? `<progress class="bar card__bar" value="${done}" max="60" aria-label="Watched"></progress>` : ""}</span></div>
          <div>
            <h3 class="episode__name"><a href="/watch/tidelines-s01e0${number}"><span class="episode__number">${number}</span>${name}</a></h3>
            <p class="episode__meta">${time}</p>
          </div>
          <p class="episode__text">${text}</p>
        </li>`;
export const seriesPage = page({
  title: "Tidelines", kind: "title", top: header({ over: true, place: "series" }),
  body: `  <article class="title">
    <div class="title__backdrop">${art("tidelines", "backdrop", 'fetchpriority="high"')}</div>
    <div class="wrap title__in">
      <div class="title__grid">
        <div class="title__poster"><span class="card__art">${art("tidelines", "poster", "")}</span></div>
        <div class="title__text">
          <h1 class="title__name">Tidelines</h1>
          <p class="title__tagline">An atlas of waters nobody has charted.</p>
          <ul class="facts title__facts"><li>2026</li><li>2 seasons</li><li>Animation</li><li><span class="age">All</span></li></ul>
          <div class="title__actions cluster">
            <a class="button button--primary" href="/watch/tidelines-s01e02">${icon("play")}Resume S1 E2</a>
          </div>
          <p class="title__resume"><progress class="bar" value="42" max="60" aria-label="Watched"></progress>18 s left</p>
          <p class="title__synopsis">Six imagined coasts, each drawn by its own tide. The first season keeps to morning and to silt; the second goes out at night, when the water is the only thing giving light.</p>
        </div>
      </div>
      <nav class="seasons" aria-label="Seasons">
        <a href="/titles/tidelines?season=1" aria-current="page">Season 1</a>
        <a href="/titles/tidelines?season=2">Season 2</a>
      </nav>
      <h2 class="quiet">Season 1</h2>
      <ol class="episodes">
        ${episode(1, "Low Water", "60 s", "The sea leaves. What it wrote on the sand stays for an hour, in two inks, before the wind reads it.", 60)}
        ${episode(2, "The Estuary", "60 s", "A river forgets its name in four directions at once.", 42)}
        ${episode(3, "Spring Tide", "60 s", "Twice a year the moon and the sun pull the same way, and the harbour wall finds out.")}
      </ol>
      ${about({
        rows: [["Made by", "Cineclub demo atelier"], ["Sound", "No dialogue (stereo)"], ["Subtitles", "English, French"], ["Picture", "1280 × 720, 24 frames a second"], ["Shown until", "31 December 2027"]],
        attribution: `<strong>Public domain dedication, CC0 1.0</strong>No rights reserved by its makers. <a href="https://creativecommons.org/publicdomain/zero/1.0/" rel="license noopener">Read the licence</a>`,
      })}
    </div>
  </article>`,
});

export const player = (strings) => page({
  title: "Rain, Window Seat", kind: "player", bare: true, script: "player.js",
  body: `<main id="player" class="player"
    data-play-url="/api/v1/titles/rain-window-seat/play" data-title="Rain, Window Seat" data-subtitle="2026"
    data-back-url="/titles/rain-window-seat" data-next-url="" data-lang="en" data-icons="/assets/icons.svg"
    data-strings="${JSON.stringify(strings).replace(/&/g, "&amp;").replace(/"/g, "&quot;")}">
    <h1 class="quiet">Rain, Window Seat</h1>
    <video class="player__video" playsinline preload="none"></video>
    <noscript><p class="player__noscript">The player needs JavaScript. Turn it on for this site, then load the page again. <a href="/titles/rain-window-seat">Back to the film</a></p></noscript>
  </main>`,
});

export const search = page({
  title: "Search", kind: "search", top: header({ place: "search" }),
  body: `  <div class="wrap page-head">
    <h1>Search</h1>
    <form class="finder" action="/search" role="search" data-finder>
      <input class="input" type="search" name="q" value="night" aria-label="Search films and series" placeholder="A title, a name, a genre">
      <button class="button button--primary" type="submit">${icon("search")}<span>Search</span></button>
    </form>
    <p class="found" role="status">5 titles for “night”</p>
    <ul class="grid">
${[posterCard({ ...series[1], year: 2026 }, "Series · 2 seasons"), posterCard(films[2]), posterCard(films[3]), posterCard({ ...series[0], year: 2026 }, "Series · 2 seasons"), posterCard(films[5])].map((c) => `      <li>${c}</li>`).join("\n")}
    </ul>
    <nav class="pager" aria-label="Pages of results"><span></span><span class="note">Page 1 of 2</span><a class="button button--small" href="/search?q=night&amp;page=2" rel="next">Next</a></nav>
  </div>`,
});
export const searchEmpty = page({
  title: "Search", kind: "search", top: header({ place: "search" }),
  body: `  <div class="wrap page-head">
    <h1>Search</h1>
    <form class="finder" action="/search" role="search">
      <input class="input" type="search" name="q" value="zzyzx" aria-label="Search films and series">
      <button class="button button--primary" type="submit">${icon("search")}<span>Search</span></button>
    </form>
    <div class="empty" role="status">
      ${icon("film", " empty__mark")}
      <h2 class="empty__title">Nothing here by that name</h2>
      <p class="empty__text">Try fewer letters, or the title in its own language.</p>
      <a class="button" href="/home">See everything</a>
    </div>
  </div>`,
});

const device = (glyph, name, seen, action) => `<li>${icon(glyph, " devices__icon")}<span class="devices__text"><strong>${name}</strong><span class="small">${seen}</span></span>${action}</li>`;
const signOut = (name) => `<form action="/account/sessions/end" method="post">${csrf}<input type="hidden" name="session" value="…"><button class="button button--small" type="submit" aria-label="Sign out ${name}">Sign out</button></form>`;
export const account = page({
  title: "Account", kind: "account",
  body: `  <div class="wrap">
    <div class="flashes">${flash("good", "Voucher redeemed. You can watch until 23 December 2026.")}</div>
    <div class="page-head"><h1>Account</h1></div>
    <div class="account">
      <section class="panel" aria-labelledby="plan">
        <h2 class="panel__title" id="plan">Your plan</h2>
        <p class="plan__name">Cinéphile</p>
        <dl class="details">
          <dt>Until</dt><dd>23 December 2026</dd>
          <dt>Screens at once</dt><dd>3</dd>
          <dt>Picture</dt><dd>Up to 1080p</dd>
          <dt>Renews</dt><dd>No. It ends by itself.</dd>
        </dl>
        <p><a class="button button--small" href="/redeem">Redeem a voucher</a></p>
      </section>
      <section class="panel" aria-labelledby="you">
        <h2 class="panel__title" id="you">You</h2>
        <form class="form" action="/account" method="post">
          ${csrf}
          <div class="field"><label class="field__label" for="email">E-mail address</label><input class="input" id="email" name="email" type="email" value="marion@example.org" autocomplete="email" readonly></div>
          <div class="field"><label class="field__label" for="language">Language</label><select class="select" id="language" name="language"><option value="en" selected>English</option><option value="fr" lang="fr">Français</option></select></div>
          <div class="form__actions"><button class="button button--small" type="submit">Save</button></div>
        </form>
      </section>
      <section class="panel account__wide" aria-labelledby="devices">
        <h2 class="panel__title" id="devices">Where you are signed in</h2>
        <ul class="devices">
          ${device("device", "Chromium on Linux", "This device", '<span class="badge badge--good">Here</span>')}
          ${device("phone", "Firefox on Android", "Last seen yesterday at 22:14", signOut("Firefox on Android"))}
          ${device("live", "Television browser", "Last seen 3 November", signOut("Television browser"))}
        </ul>
        <form action="/account/sessions/end-all" method="post" data-confirm="Sign out on every device, this one too? Whatever is playing stops." data-confirm-yes="Sign out everywhere" data-confirm-no="Keep me signed in">${csrf}<button class="button button--danger button--small" type="submit">Sign out everywhere</button></form>
      </section>
      <section class="panel account__wide" aria-labelledby="password-name">
        <h2 class="panel__title" id="password-name">Change your password</h2>
        <form class="form" action="/account/password" method="post">
          ${csrf}
          <div class="form__row form__row--2">
            <div class="field"><label class="field__label" for="old">Password now</label><input class="input" id="old" name="old" type="password" autocomplete="current-password" required></div>
            <div class="field"><label class="field__label" for="new">New password</label><input class="input" id="new" name="new" type="password" autocomplete="new-password" required minlength="8"></div>
          </div>
          <div class="form__actions"><button class="button button--small" type="submit">Change password</button></div>
        </form>
      </section>
    </div>
  </div>`,
});

export const legal = page({
  title: "Terms", kind: "legal",
  body: `  <div class="wrap">
    <div class="page-head"><h1>Terms</h1></div>
    <div class="legal">
      <nav class="legal__nav" aria-label="Legal pages"><ul>
        <li><a href="/legal/terms" aria-current="page">Terms</a></li><li><a href="/legal/privacy">Privacy</a></li><li><a href="/legal/imprint">Imprint</a></li><li><a href="/legal/cancel">Cancel a subscription</a></li>
      </ul></nav>
      <div class="prose">
        <p class="small">In force since 23 November 2026</p>
        <h2>What you get</h2>
        <p>A subscription lets you watch every title in the library for the days it covers, in the country you are in, on as many screens at once as your plan says.</p>
        <h2>What ends</h2>
        <p>Each title is shown under a right with a beginning and, often, an end. <strong>When a right ends, the title leaves the library</strong>, also while it plays. We show the date on its page beforehand.</p>
        <ul><li>Vouchers add days. They never renew by themselves.</li><li>You may cancel at any time; you keep what you paid for until it runs out.</li></ul>
        <h2>Whom to write to</h2>
        <p>The imprint names who runs this service.</p>
      </div>
    </div>
  </div>`,
});

const problem = ({ code, title, text, actions, more = "" }) => page({
  title, kind: "problem",
  body: `  <div class="wrap problem">
    <p class="problem__code">${code}</p>
    <h1 class="problem__title">${title}</h1>
    <p class="problem__text">${text}</p>
    <div class="cluster">${actions}</div>
  </div>
${more}`,
});
const homeButton = '<a class="button button--primary" href="/home">Go to the library</a>';
export const gone = problem({
  code: "410", title: "Lichen Time has left the library.", text: "Our right to show it ended on 30 October 2026. Your place in it is kept, in case it comes back.",
  actions: homeButton, more: row({ id: "instead", name: "You could watch instead", cards: [films[4], films[3], films[5], films[2]].map((f) => posterCard(f)) }),
});
export const notFound = problem({ code: "404", title: "There is no page here.", text: "The address may be mistyped, or the page has moved.", actions: `${homeButton}<a class="button" href="/search">Search</a>` });
export const territory = problem({ code: "451", title: "Not shown where you are.", text: "We have the right to show Night Trains in Belgium and Switzerland. In France it starts on 1 March 2027.", actions: homeButton });
export const payment = problem({ code: "402", title: "This one needs a plan.", text: "Your last plan ended on 12 November 2026. A voucher opens the library again at once.", actions: '<a class="button button--primary" href="/redeem">Redeem a voucher</a><a class="button" href="/account">See your account</a>' });
export const failure = problem({ code: "500", title: "Something broke on our side.", text: "It has been written down with the number 7f3a-91c2. Trying again in a moment often works.", actions: '<a class="button button--primary" href="">Try again</a><a class="button" href="/home">Go to the library</a>' });
