//! The fragments every prototype shares; each becomes an askama macro or include of the same name.

export const films = [
  { slug: "big-buck-bunny-trailer", name: "Big Buck Bunny: the trailer", year: 2008, time: "33 s", licence: "CC BY 3.0" },
  { slug: "lichen-time", name: "Lichen Time", year: 2026, time: "52 s", licence: "CC0" },
  { slug: "the-building-opposite", name: "The Building Opposite", year: 2026, time: "3 min 20 s", licence: "CC0" },
  { slug: "rain-window-seat", name: "Rain, Window Seat", year: 2026, time: "60 s", licence: "CC0" },
  { slug: "slow-light", name: "Slow Light", year: 2026, time: "45 s", licence: "CC0" },
  { slug: "an-orrery-for-no-one", name: "An Orrery for No One", year: 2026, time: "48 s", licence: "CC0" },
  { slug: "the-unfolding-wall", name: "The Unfolding Wall", year: 2023, time: "40 s", licence: "CC0" },
  { slug: "big-buck-bunny-clip", name: "Big Buck Bunny: a clip", year: 2008, time: "5 s", licence: "CC BY 3.0" },
];
export const series = [
  { slug: "tidelines", name: "Tidelines", seasons: 2, episodes: 6 },
  { slug: "night-trains", name: "Night Trains", seasons: 2, episodes: 6 },
];

export const icon = (name, extra = "") => `<svg class="icon${extra}" aria-hidden="true"><use href="/assets/icons.svg#${name}"/></svg>`;
export const art = (slug, kind, attributes = 'loading="lazy"') => {
  const size = kind === "poster" ? 'width="800" height="1200"' : 'width="1600" height="900"';
  return `<img src="/art/${slug}/${kind}" alt="" ${size} ${attributes}>`;
};
export const mark = `<svg class="brand__mark" viewBox="0 0 34 34" aria-hidden="true"><use href="/assets/logo.svg#mark"/></svg>`;
export const brand = (href = "/") => `<a class="brand" href="${href}">${mark}Cineclub</a>`;

export function header({ over = false, signedIn = true, place = "" } = {}) {
  const current = (name) => (name === place ? ' aria-current="page"' : "");
  const end = signedIn
    ? `${place === "search" ? "" : `<form class="seek" action="/search" role="search">
        <svg class="seek__icon icon" aria-hidden="true"><use href="/assets/icons.svg#search"/></svg>
        <input class="seek__input" type="search" name="q" placeholder="Search films and series" aria-label="Search films and series">
      </form>
      <a class="header__search" href="/search" aria-label="Search">${icon("search")}</a>`}
      <details class="menu" data-menu>
        <summary aria-label="Your account"><span class="avatar" aria-hidden="true">M</span>${icon("down", " menu__chevron")}</summary>
        <div class="menu__panel">
          <p class="menu__who">marion@example.org<span>Cinéphile, until 23 December 2026</span></p>
          <a class="menu__item" href="/account">${icon("person")}Account</a>
          <a class="menu__item" href="/redeem">${icon("ticket")}Redeem a voucher</a>
          <a class="menu__item" href="/admin/titles">${icon("settings")}Run the service</a>
          <form action="/sign-out" method="post"><input type="hidden" name="csrf" value="…"><button class="menu__item" type="submit">${icon("out")}Sign out</button></form>
        </div>
      </details>`
    : `<a class="button button--small button--bare" href="/sign-in">Sign in</a>
      <a class="button button--small button--primary" href="/sign-up">Sign up</a>`;
  return `<header class="header${over ? " header--over" : ""}">
    <div class="wrap header__in">
      ${brand(signedIn ? "/home" : "/")}
      ${signedIn ? `<nav class="places" aria-label="Main"><ul>
        <li><a href="/home"${current("home")}>Home</a></li>
        <li><a href="/home#films"${current("films")}>Films</a></li>
        <li><a href="/home#series"${current("series")}>Series</a></li>
      </ul></nav>` : ""}
      <div class="header__end">
      ${end}
      </div>
    </div>
  </header>`;
}

export const footer = `<footer class="footer">
    <div class="wrap footer__in">
      <ul class="footer__links">
        <li><a href="/legal/terms">Terms</a></li>
        <li><a href="/legal/privacy">Privacy</a></li>
        <li><a href="/legal/imprint">Imprint</a></li>
        <li><a href="/legal/cancel">Cancel a subscription</a></li>
      </ul>
      <form class="footer__language" action="/language" method="post" data-autosubmit>
        <input type="hidden" name="csrf" value="…">
        <label class="quiet" for="footer-language">Language</label>
        <select class="select" id="footer-language" name="language" data-submit>
          <option value="en" lang="en" selected>English</option>
          <option value="fr" lang="fr">Français</option>
        </select>
        <button class="button button--small" type="submit">Change</button>
      </form>
      <p class="footer__note">Every film here is shown with the right to show it. Its licence is on its page.</p>
    </div>
  </footer>`;

export function page({ title, body, kind = "", script = "", bare = false, head = "", foot = footer, top = header() }) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="dark">
  <meta name="theme-color" content="#100e0c">
  <title>${title} · Cineclub</title>
  <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/app.css">
  <script src="/assets/app.js" defer></script>${script ? `\n  <script src="/assets/${script}" defer></script>` : ""}${head}
</head>
<body class="page${kind ? ` page--${kind}` : ""}">
  ${bare ? body : `<a class="skip" href="#main">Skip to content</a>
  ${top}
  <main id="main">
${body}
  </main>
  ${foot}`}
</body>
</html>
`;
}

export const posterCard = (film, meta = `${film.year} · ${film.time}`) => `<a class="card" href="/titles/${film.slug}">
          <span class="card__art">${art(film.slug, "poster")}</span>
          <span class="card__name">${film.name}</span>
          <span class="card__meta">${meta}</span>
        </a>`;
export const wideCard = ({ slug, href, name, meta, done, total }) => `<a class="card" href="${href}">
          <span class="card__art card__art--wide">${art(slug, "backdrop")}<span class="card__play">${icon("play")}</span>${total ? `<progress class="bar card__bar" value="${done}" max="${total}" aria-label="Watched"></progress>` : ""}</span>
          <span class="card__name">${name}</span>
          <span class="card__meta">${meta}</span>
        </a>`;
export const row = ({ id, name, cards, wide = false, more = "" }) => `  <section class="row" id="${id}" aria-labelledby="${id}-name" data-row>
    <div class="wrap row__head">
      <h2 class="row__title" id="${id}-name">${name}</h2>${more}
      <div class="row__arrows" hidden>
        <button class="row__arrow" type="button" data-row-back aria-label="Earlier in ${name}">${icon("left")}</button>
        <button class="row__arrow" type="button" data-row-on aria-label="Further in ${name}">${icon("right")}</button>
      </div>
    </div>
    <ul class="rail${wide ? " rail--wide" : ""}" data-rail>
${cards.map((card) => `      <li class="rail__item">${card}</li>`).join("\n")}
    </ul>
  </section>`;
export const flash = (kind, text) => `<div class="flash flash--${kind}" role="status" data-flash><p class="flash__text">${text}</p><button class="flash__close" type="button" data-flash-close aria-label="Dismiss" hidden>${icon("close")}</button></div>`;
export const csrf = '<input type="hidden" name="csrf" value="…">';
