# What viewers read.

## Everywhere
skip = Skip to content
dismiss = Dismiss
optional = (optional)
save = Save
details = Details
date = { $day } { $month } { $year }
moment = { $date }, { $time }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
length-hours = { $hours } h { $minutes } min
length-minutes = { $minutes } min
length-minutes-seconds = { $minutes } min { $seconds } s
length-seconds = { $seconds } s
language = Language
language-own-name = English
language-change = Change
language-unknown = Language not given

## Header, menu, footer
nav-main = Main
nav-home = Home
nav-films = Films
nav-series = Series
menu-account = Your account
menu-admin = Run the service
account = Account
search = Search
search-placeholder = Search films and series
sign-in = Sign in
sign-up = Sign up
sign-out = Sign out
footer-note = Every film here is shown with the right to show it. Its licence is on its page.

## Landing
landing-name = Cinema, chosen by hand
landing-title = Cinema, chosen by hand.
landing-lead = A small library of films and series, each shown with the right to show it. Watch on any screen, stop when you like, and pick up where you were.
landing-voucher = I have a voucher
landing-how = How it works
row-showing-now = Showing now
promise-plan = One plan
promise-plan-text = Everything in the library, for one price. No advertising, and nothing follows you around.
promise-place = Your place, kept
promise-place-text = Start on the train, finish at home: wherever you sign in, a film goes on from where you stopped. Each browser keeps the languages and subtitles you chose in it.
promise-rights = Rights, in the open
promise-rights-text = Each page names who granted the film and under which licence it is shown. When a right ends, so does the showing.
offer-days = { $days ->
    [one] One day with a voucher
   *[other] { $days } days with a voucher
}
offer-screens = { $n ->
    [one] One screen at a time.
   *[other] { $n } screens at once.
}
offer-height = Pictures up to { $height }p.
offer-ends = It ends by itself: nothing renews unless you ask.

## Signing in and up
email = E-mail address
password = Password
password-show = Show
password-hide = Hide
password-hint = At least 8 characters. A few words together are easy to keep and hard to guess.
territory = Country or region
territory-none = I’d rather not say
territory-hint = Films are licensed place by place. Without it, you see what may be shown everywhere.
voucher-code = Voucher code
sign-in-title = Welcome back
sign-in-intro = Sign in to go on watching.
sign-in-new = New here?
sign-up-title = Make an account
sign-up-intro = An e-mail address and a password are all it takes.
sign-up-known = Already have an account?
terms-accept-before = I accept the
terms-accept-terms = terms
terms-accept-between = and have read the
terms-accept-privacy = privacy notice
welcome-title = Make this service yours
welcome-intro = This is a new service, and it has no owner yet. Whoever started it can read a code on the host.
welcome-code = Code printed on the host
welcome-code-hint = It stands in the terminal where the service was started, and is good for one day.
welcome-button = Become the owner
welcome-other = The owner decides what is shown, on what terms, and who helps.
redeem-title = Redeem a voucher
redeem-intro = Type the code as it stands on the voucher. Dashes and spaces don’t matter.
redeem-button = Redeem
redeem-other = A voucher adds its days to what you already have. It asks for no card, and nothing renews by itself.

## Home and rows
row-continue = Continue watching
row-added = Added lately
row-more = More like this
row-instead = You could watch instead
row-back = Earlier in { $row }
row-on = Further in { $row }
hero-more = More about it
home-empty = Nothing is showing yet
home-empty-text = Titles appear here as soon as there is a film and the right to show it where you are.
resume-left = { $length } left
resume-next = next
watched = Watched
count-seasons = { $n ->
    [one] 1 season
   *[other] { $n } seasons
}
count-episodes = { $n ->
    [one] 1 episode
   *[other] { $n } episodes
}
season = Season { $n }
seasons = Seasons
episode-place = Season { $season }, episode { $episode }
episode-place-short = S{ $season } E{ $episode }

## Title and player
play = Play
play-episode = Play { $place }
resume = Resume
resume-episode = Resume { $place }
start-over = Start over
money-symbol = { $symbol }{ $amount }
away = Unavailable for now
age-all = All
fact-licensor = Shown by permission of
fact-original-language = Original language
fact-sound = Sound
fact-subtitles = Subtitles
fact-picture = Picture
fact-picture-size = { $size }, { $rate } frames a second
fact-shown-until = Shown until
fact-no-end = No end date
sound-mono = mono
sound-stereo = stereo
track-sdh = { $language } for the deaf and hard of hearing
track-forced = { $language }, foreign dialogue only
track-description = { $language } with audio description
track-dub = { $language } (dubbed)
track-commentary = { $language } commentary
licence-read = Read the licence
licence-contract = All rights reserved
licence-public-domain = Public domain
licence-cc0 = Public domain dedication, CC0 1.0
licence-cc-by-3 = Creative Commons Attribution 3.0
licence-cc-by-4 = Creative Commons Attribution 4.0
licence-cc-by-sa-4 = Creative Commons Attribution-ShareAlike 4.0
licence-cc-by-nd-4 = Creative Commons Attribution-NoDerivatives 4.0
licence-cc-by-nc-4 = Creative Commons Attribution-NonCommercial 4.0
player-noscript = The player needs JavaScript. Turn it on for this site, then load the page again.
player-late = The player did not start. Load the page again, or try another browser.
player-back = Back to the title
genre-abstract = Abstract
genre-action = Action
genre-adventure = Adventure
genre-animation = Animation
genre-biography = Biography
genre-city = City
genre-comedy = Comedy
genre-crime = Crime
genre-design = Design
genre-documentary = Documentary
genre-drama = Drama
genre-experimental = Experimental
genre-family = Family
genre-fantasy = Fantasy
genre-history = History
genre-horror = Horror
genre-music = Music
genre-mystery = Mystery
genre-nature = Nature
genre-romance = Romance
genre-science = Science
genre-science-fiction = Science fiction
genre-short = Short film
genre-space = Space
genre-thriller = Thriller
genre-travel = Travel
genre-war = War
genre-western = Western

## Search
search-found = { $n ->
    [one] 1 title for “{ $question }”
   *[other] { $n } titles for “{ $question }”
}
search-nothing = Nothing here by that name
search-nothing-text = Try fewer letters, or the title in its own language.
search-everything = See everything
search-pages = Pages of results
pager-before = Previous
pager-after = Next
pager-place = Page { $number } of { $pages }

## Account
account-you = You
plan-yours = Your plan
plan-none = You have no plan at the moment. A voucher opens the library at once.
plan-until = Until
plan-screens = Screens at once
plan-picture = Picture
plan-picture-up-to = Up to { $height }p
plan-picture-any = As good as the film is
plan-renews = Renews
plan-renews-no = No. It ends by itself.
password-change = Change password
password-current = Current password
password-new = New password
password-change-note = Every other device is signed out, and what it plays stops. You stay signed in here.
password-kept = Your password is unchanged.
devices = Where you are signed in
device-this = This device
device-here = Here
device-unknown = A browser
device-seen = Last seen { $when }
device-sign-out = Sign out { $device }
sign-out-everywhere = Sign out everywhere
sign-out-everywhere-question = Sign out on every device, this one too? Whatever is playing stops.
sign-out-everywhere-no = Keep me signed in

## Legal pages
legal-pages = Legal pages
legal-terms = Terms
legal-privacy = Privacy
legal-imprint = Imprint
legal-cancellation = Cancel a subscription
legal-since = In force since { $date }
legal-other-language = This page exists in one language only: { $language }.
legal-template = This text is a template, and words in [square brackets] are missing. Whoever runs this service has not completed it yet.

## What was done
done-signed-out = You are signed out.
done-signed-out-everywhere = You are signed out everywhere.
done-device-signed-out = That device is signed out.
done-signed-up = Your account is made. A voucher opens the library.
done-signed-up-redeemed = Your account is made and the library is open. Enjoy.
done-signed-up-voucher-refused = Your account is made, but the voucher was refused. { $what }
done-signed-up-voucher-failed = Your account is made, but the voucher couldn’t be redeemed just now. That is our doing and not the code’s: type it again in a moment.
done-redeemed = Voucher redeemed. You can watch until { $what }.
done-password = Your password is changed. Every other device is signed out.
done-preferences = Saved.
done-welcome = The service is yours. Start with a folder of films, and a grant for them.
