# The words on the pages for staff.
## Around every page
admin-tag = Service
admin-nav = Service
admin-to-library = To the library
admin-overview = Overview
admin-titles = Titles
admin-grants = Grants
admin-vouchers = Vouchers
admin-folders = Folders
admin-jobs = Jobs
admin-plays = Playing now
admin-pages = Legal pages
admin-people = People
admin-events = Record
admin-actions = Actions
admin-state = State
admin-name = Name
admin-leave-it = Leave it
admin-change = Change
admin-filter = Filter
admin-earlier = Earlier
admin-later = Further
admin-pages-nav = Pages
admin-not-saved = Not saved.
admin-leave = Leave without saving
admin-live-on = Live
admin-live-late = Connection lost, trying again
admin-live-off = Paused
admin-page-preview = See it first
admin-page-as-it-will-be = As it will be
admin-event-days = { $n ->
        [one] 1 day
       *[other] { $n } days
    }
admin-event-uses = { $n ->
        [one] 1 use
       *[other] { $n } uses
    }
admin-see-page = See its page
admin-what-happened = What happened
admin-summary = Summary

## Overview
admin-alerts = What needs attention
admin-alert-look = Look
admin-alert-folder = The folder “{ $name }” is not there. Its titles are unavailable until it comes back; nothing is deleted.
admin-alert-jobs =
    { $n ->
        [one] One job has failed.
       *[other] { $n } jobs have failed.
    }
admin-alert-ending =
    { $n ->
        [one] One grant ends within { $days } days.
       *[other] { $n } grants end within { $days } days.
    }
admin-figure-works =
    { $n ->
        [one] film or series
       *[other] films and series
    }
admin-figure-visible = shown now
admin-figure-waiting =
    { $n ->
        [one] file that browsers can’t play
       *[other] files that browsers can’t play
    }
admin-figure-jobs =
    { $n ->
        [one] job under way
       *[other] jobs under way
    }
admin-figure-plays = playing now
admin-next-steps = What comes next
admin-step-folder = Add a folder with films
admin-step-grant = Attach grants to the titles that have none
admin-step-pages = Write the legal pages
admin-latest = Latest changes
admin-all-events = The whole record

## Titles
admin-title = Title
admin-kind = Kind
admin-any = Any
admin-works = Films, series and extras
admin-kind-film = Film
admin-kind-series = Series
admin-kind-season = Season
admin-kind-episode = Episode
admin-kind-extra = Extra
admin-grant = Grant
admin-shown-until = Shown until
admin-attach-grant = Attach a grant
admin-titles-none = No title fits
admin-titles-none-text = Titles appear here as files arrive in a folder.
admin-counted =
    { $all ->
        [0] None
        [one] One title
       *[other] { $first } to { $last } of { $all }
    }
admin-season-of = { $series }, season { $n }
admin-series-sub =
    { $n ->
        [0] { $kind }
        [one] { $kind } · 1 episode
       *[other] { $kind } · { $n } episodes
    }
admin-episode-of = { $series } · Season { $season }, episode { $episode }
admin-shown = Shown
admin-no-grant = No grant
admin-held = Held back
admin-ended = Ended
admin-later-window = Not yet open
admin-elsewhere = Not here
admin-unmet = Terms not met
admin-waiting = Waiting
admin-damaged = Damaged
admin-missing = Not there
admin-unavailable = Unavailable
admin-no-file = No file
admin-ready-in-part = Plays in part
admin-size-of = another size of { $path }
admin-not-offered = Not offered
admin-ready = Ready
admin-ends-in-days =
    { $n ->
        [0] Ends today
        [one] Ends in 1 day
       *[other] Ends in { $n } days
    }
admin-sentence-shown = Members everywhere can see it now.
admin-sentence-shown-in = In the catalogue now ({ $territory }).
admin-sentence-held = Somebody holds it back. It stays dark until the hold is lifted or runs out.
admin-sentence-no-file = No file embodies it yet. Put one into a folder.
admin-sentence-waiting = Its file is kept, but browsers can’t play it as it is.
admin-sentence-damaged = Its file can’t be read. Replace it with a whole one.
admin-sentence-away = Its file is not where it was. It comes back by itself when the file does; nothing is deleted.
admin-sentence-no-grant = No grant names it, so nobody sees it. Attach one.
admin-sentence-later = Its grant opens on { $date }.
admin-sentence-ended = Its grant ended on { $date }.
admin-sentence-protected = Its grant demands a protection that this service can’t give yet: { $protection }. Nobody sees it until then.
admin-sentence-unfit = A grant covers it, but leaves nothing of its file to play. Look at the grant’s offers, languages, greatest height and protection: only H.264 and AAC can be encrypted.
admin-sentence-elsewhere = It is open in some territories only, and this service has not set its own.
admin-sentence-elsewhere-in = It is open elsewhere, but not here ({ $territory }).

## One title
admin-where = Where
admin-until = Until
admin-no-grants = No grant names it.
admin-claim = What the file beside it claims
admin-claim-note = A rights.toml was found. It is a claim, not a permission: check it, then attach a grant.
admin-parts = What belongs to it
admin-files = Files
admin-file = File
admin-picture = Picture
admin-sound = Sound
admin-subtitles = Subtitles
admin-chapters =
    { $n ->
        [one] 1 chapter
       *[other] { $n } chapters
    }
admin-size = Size
admin-waiting-note = “Waiting” means no browser plays the file as it is. Converting comes in a later version.
admin-texts = Texts
admin-tagline = One line
admin-synopsis = Synopsis
admin-save-text = Save these words
admin-address = Address
admin-original-language = Original language
admin-year = Year
admin-length = Length
admin-age = Age
admin-age-from = { $n } and over
admin-genres = Genres
admin-held-since = Since { $since }, until it is lifted.
admin-held-since-until = Since { $since }, through { $until }.
admin-artwork = Artwork
admin-lift = Let it go
admin-withdraw = Withdraw this title
admin-withdraw-text = It leaves every page at once, and whoever is watching it is stopped within a minute. Nothing is deleted.
admin-withdraw-question = Withdraw “{ $title }” now? Whoever is watching it is stopped.
admin-withdraw-yes = Withdraw it
admin-withdraw-button = Withdraw
admin-reason = Reason
admin-hold-until = Through
admin-hold-until-hint = Leave empty to hold it until you lift it.

## Grants
admin-new-grant = New grant
admin-grant-named = Grant { $reference }
admin-grants-none = No grants yet
admin-grants-none-text = Nothing is shown to anybody without one.
admin-offers = Offers
admin-offer-free = Free
admin-offer-subscription = Subscription
admin-offer-rental = Rental
admin-offer-purchase = Purchase
admin-offer-ticket = Ticket
admin-in-force = In force
admin-from-date = From { $date }
admin-ended-on = Ended on { $date }
admin-no-end = No end
admin-everywhere = Everywhere
admin-except = { $where } except { $but }
admin-n-territories = { $n } territories
admin-and-more = { $names } and { $n } more
admin-licence-contract = Contract
admin-licence-public-domain = Public domain
admin-protection-none = None
admin-protection-encrypted = Encrypted segments (not DRM)
admin-protection-drm-software = DRM by software
admin-protection-drm-hardware = DRM by hardware
admin-from-claim = Filled in from the rights.toml beside the title. Whoever saves it answers for it: check it first.
admin-grant-over = This grant was ended by hand. It stays on record and can’t be changed; enter a new one instead.
admin-grant-who = Who grants it
admin-grant-who-text = The licensor, and what the paper is called.
admin-licensor = Licensor
admin-reference = Reference
admin-grant-what = Which titles
admin-grant-what-text = A series covers its seasons and episodes.
admin-find-titles = Look for titles
admin-find = Look
admin-more-picks = There are more. Look for them by name.
admin-grant-how = How it may be offered
admin-grant-how-text = What a viewer needs in order to watch.
admin-grant-where = Where
admin-grant-where-text = Countries by their two letters. Overseas territories have their own: Papeete is PF, not FR.
admin-included = Only in
admin-included-hint = Leave empty for everywhere.
admin-excluded = Never in
admin-excluded-hint = An exclusion always wins.
admin-grant-when = When
admin-grant-when-text = Dates as they stand in the contract, by the clock of a place.
admin-first-day = First day
admin-first-day-hint = Leave empty if it has always been open.
admin-end-day = End
admin-zone = Clock of
admin-end-rule = How the end counts
admin-end-through = The last day counts in full
admin-end-until = The day itself is outside (“until”)
admin-end-open = No end
admin-grant-languages = Languages
admin-grant-languages-text = Where a dub is held back, name only the languages that may be heard.
admin-all-languages = Leave empty for all.
admin-grant-limits = Limits
admin-grant-limits-text = The strictest of the grant and the viewer’s plan holds. What this service can’t protect as asked is not shown.
admin-max-height = Largest picture
admin-max-streams = Streams at once, for each member
admin-no-limit = No limit
admin-protection = Protection asked
admin-downloads = Downloads allowed
admin-downloads-hint = The whole file may leave the service.
admin-exclusive = Exclusive to us
admin-grant-evidence = Licence and evidence
admin-grant-evidence-text = What we would show if someone asked. The attribution appears on the title’s page and in the player.
admin-licence = Licence
admin-evidence-url = Address of the statement
admin-attribution = Attribution, word for word
admin-attribution-hint = For CC BY: author, source, licence, and what was changed.
admin-statement = The statement as we saw it
admin-seen = Seen on
admin-seen-hint = Leave empty for today.
admin-save-grant = Save grant
admin-preview = See what it changes
admin-effects = What it changes
admin-effects-none = Press “See what it changes” to have it told here before you save.
admin-effect-appears = Appears
admin-effect-dark = Goes dark
admin-effect-stays = Stays shown
admin-effect-hidden = Stays hidden
admin-effect-more = and { $n } more titles
admin-effect-episodes =
    { $n ->
        [one] { $name } (1 episode)
       *[other] { $name } ({ $n } episodes)
    }
admin-end-grant = End this grant now
admin-end-grant-text =
    { $titles ->
        [one] Its title leaves
       *[other] Its { $titles } titles leave
    } the library unless another grant covers them, and { $plays ->
        [0] nobody is watching on it now.
        [one] one running play stops within a minute.
       *[other] { $plays } running plays stop within a minute.
    } The grant and its history stay on record.
admin-end-grant-question =
    End grant { $reference } now? { $plays ->
        [0] Nobody is watching on it.
        [one] One running play stops within a minute.
       *[other] { $plays } running plays stop within a minute.
    }
admin-end-grant-yes = End the grant
admin-leave-in-force = Leave it in force

## Vouchers
admin-voucher = Voucher
admin-make-voucher = Make a voucher
admin-make-voucher-button = Make voucher
admin-voucher-made = Voucher made. Its code is
admin-voucher-once = It is shown this once and kept nowhere: write it down.
admin-no-plans = There is no plan to sell yet.
admin-plan = Plan
admin-plans = Plans
admin-price = Price
admin-price-per =
    { $n ->
        [one] { $price } a day
       *[other] { $price } for { $n } days
    }
admin-days = Days
admin-uses = How often it can be used
admin-used = Used
admin-n-of-m = { $n } of { $m }
admin-usable-until = Usable through
admin-usable-until-hint = Leave empty for no end.
admin-note = Note
admin-no-note = No note
admin-made-on = Made on { $date }
admin-all-vouchers = All vouchers
admin-usable = Usable
admin-used-up = Used up
admin-expired = Expired
admin-stopped = Stopped
admin-stop-voucher = Stop
admin-stop-voucher-question =
    { $left ->
        [one] Stop this voucher? Its last use can’t be redeemed any more.
       *[other] Stop this voucher? The { $left } uses it has left can’t be redeemed any more.
    } Who redeemed it keeps their days.
admin-stop-voucher-yes = Stop the voucher

## Folders
admin-folder = Folder
admin-folders-note = Cineclub looks into these folders and takes in each file once it is complete. It never changes or deletes what lies there.
admin-watching = Watching
admin-absent = Not there
admin-absent-note = “Not there” means the disk is not mounted or is another disk, or the bucket does not answer. Its titles are unavailable until it comes back; nothing is deleted.
admin-look-now = Look for files now
admin-add-folder = Add a folder
admin-add-folder-button = Add folder
admin-path = Path on the server
admin-path-hint = The whole path, beginning with a slash. The program must be allowed to write there: it leaves a small file to know the disk again by. Or a folder in a bucket of the configuration, such as s3://archive/films: nothing is written there.
admin-folder-empty = No films are seen here yet.
admin-gone-yes = Yes, they are gone
admin-gone-question =
    { $gone ->
        [one] Is one film
       *[other] Are { $gone } films
    } really gone? What is gone can’t be watched until it is back; nothing is deleted.
admin-use-file = Use it for “{ $title }”
admin-use-file-question = Is this file “{ $title }”? It plays in place of the file that the title has, on the same permission.
admin-use-size = Use it as another size
admin-use-size-question = Is this file “{ $title }” in another size? The film keeps its file and its sound; this one’s picture is played where it suits a viewer’s screen or line better, on the same permission.
admin-n-files =
    { $n ->
        [0] No files
        [one] One file
       *[other] { $n } files
    }
admin-n-more-files =
    { $n ->
        [one] One more file is
       *[other] { $n } more files are
    } not listed.
admin-arriving = Arriving
admin-queued = In line
admin-reading = Being read
admin-still-since = Last seen changing { $ago }
admin-disk-away = Its disk is not there. It plays again when the disk is back.
admin-refused = Not taken
admin-progress = Progress
admin-step = Step { $n } of { $total }
admin-send-file = Send a file
admin-send-label = Film, episode, subtitles or poster
admin-send-hint = Or drop files here. A file counts as received once it is on the disk.
admin-send-button = Send
admin-sending = Sending
admin-send-failed = The file didn’t arrive. Check the connection and send it again.
admin-received = { $name } is received ({ $size }).
admin-remove-folder = Stop watching this folder
admin-remove-folder-text = Nothing is deleted: its files stay where they are, and its titles stay in the library. New files are no longer taken in.
admin-remove-folder-question = Stop watching “{ $name }”? Nothing is deleted.
admin-remove-folder-yes = Stop watching

## Jobs
admin-job = Job
admin-job-ingest = Take in
admin-made = Made
admin-running = Running
admin-done = Done
admin-failed = Failed
admin-failed-before = Failed earlier
admin-failed-moot = Failed, file gone
admin-dismissed = Dismissed
admin-cancelled = Stopped
admin-jobs-running = running
admin-jobs-queued = waiting their turn
admin-jobs-failed = failed
admin-jobs-none = Nothing to do
admin-jobs-none-text = Jobs appear here when files arrive.
admin-jobs-counted = { $first } to { $last } of { $all }
admin-retry = Try again
admin-dismiss = Dismiss
admin-stop = Stop
admin-next-try = { $why } Tried again in { $n } s.
admin-ago-seconds = { $n } s ago
admin-ago-minutes = { $n } min ago
admin-ago-hours = { $n } h ago

## Plays
admin-plays-note = Who watches what is not shown here: viewing history belongs to the viewer.
admin-plays-none = Nobody is watching
admin-plays-none-text = Plays appear here as they start.
admin-device = Device
admin-since = Since
admin-last-beat = Last sign of life
admin-stop-question = Stop this play? The screen goes dark within a minute.
admin-stop-yes = Stop the play

## Legal pages
admin-pages-note = Every service must have these. Until you write your own, a template that says so is shown.
admin-page = Page
admin-language = Language
admin-write = Write
admin-written-on = Written on { $date }
admin-template-only = Template only
admin-page-in = { $page }: { $language }
admin-page-note = Plain text. A line beginning with “## ” is a heading, one with “- ” a list; leave an empty line between paragraphs.
admin-page-title = Heading
admin-page-body = Text
admin-save-page = Publish

## People
admin-people-note = A programmer keeps titles, folders and jobs. An owner also keeps grants, vouchers, these pages and people.
admin-person = Person
admin-role = Role
admin-role-viewer = Viewer
admin-role-programmer = Programmer
admin-role-owner = Owner
admin-role-of = Role of { $email }
admin-role-question = Change the role of { $email }?
admin-role-yes = Change the role
admin-since-date = Since { $date }
admin-active = Active
admin-closed = Closed
admin-close-account = Close
admin-open-account = Open again
admin-close-question = Close the account of { $email }? It is signed out everywhere and what it plays stops.
admin-close-yes = Close the account

## The record
admin-events-note = What staff and the program did. It is only ever added to.
admin-events-none = Nothing has happened yet.
admin-program = Cineclub
admin-somebody = Somebody
admin-event-title-text = changed the words of
admin-event-title-held = held back
admin-event-title-released = let go again
admin-event-licence-claimed = found a licence claim beside
admin-event-asset-ingested = took in a file
admin-event-asset-attached = said which film it is of a file
admin-event-asset-sized = said of a file that it is another size of a film
admin-event-grant-entered = entered the grant
admin-event-grant-changed = changed the grant
admin-event-grant-ended = ended the grant
admin-event-voucher-created = made a voucher
admin-event-voucher-stopped = stopped a voucher
admin-event-folder-added = added a folder
admin-event-folder-removed = stopped watching a folder
admin-event-folder-conceded = said that films are gone from a folder
admin-event-page-written = wrote the page
admin-event-account-role = changed the role of
admin-event-account-closed = closed the account of
admin-event-account-opened = opened again the account of
admin-event-account-password = set a new password for
admin-event-play-stopped = stopped a play of
admin-event-job-retried = queued a job again
admin-event-job-cancelled = stopped a job
admin-event-job-dismissed = dismissed a failed job
admin-event-other = did { $action }

## Answers
admin-done-text = The words are saved.
admin-done-hold = The title is withdrawn.
admin-done-lift = The hold is lifted.
admin-done-lift-already = The hold was over already. Nothing was changed.
admin-done-grant = The grant is saved.
admin-done-end = The grant has ended. Its titles go dark, and what plays on it stops within a minute.
admin-done-end-already = The grant had ended already. Nothing was changed.
admin-done-folder = “{ $what }” is watched from now on.
admin-done-scan = The folder was looked at.
admin-done-remove = The folder is no longer watched. Nothing was deleted.
admin-done-gone = What is gone is marked as not there. It plays again when it is back.
admin-done-attach = The file plays from now on.
admin-done-size = The film can be played in another size from now on.
admin-done-send = { $what } received.
admin-done-send-none = No file was chosen.
admin-done-retry = The job is in line again.
admin-done-retry-not = This job can’t be tried again now: it runs, is done, or is in line already.
admin-done-cancel = The job is stopped.
admin-done-cancel-not = The job was over before it could be stopped.
admin-done-dismiss = The failure is dismissed. The job can still be tried again.
admin-done-dismiss-not = Only a job that failed can be dismissed, and this one needs nobody any more.
admin-done-play = The play is stopped.
admin-done-play-already = The play had ended already.
admin-done-voucher = The voucher is stopped. Its code can’t be redeemed any more.
admin-done-voucher-made = That voucher was made already, and its code is shown once only. If it was not written down, stop the voucher and make another.
admin-done-voucher-already = The voucher was stopped already. Nothing was changed.
admin-done-page = The page is published.
admin-done-role = The role is changed.
admin-done-close = The account is closed.
admin-done-open = The account is open again.

## What is wrong with a form
admin-error-stale = Somebody changed this while you were writing. What you typed is still here; open the page anew to see what it says now.
admin-error-too-long = This text is too long.
admin-error-date = This is not a date. Use year-month-day.
admin-error-past = This day is over.
admin-error-number = This number can’t be used here.
admin-error-between = Give a whole number from 1 to { $most }.
admin-error-territory = “{ $code }” is no country code. Use two letters such as FR, GB (not UK) or US.
admin-error-language = “{ $code }” is no language code. Use one such as fr, en or pt-BR.
admin-error-zone = This is no time zone. Use a name such as Europe/Paris.
admin-error-window-empty = The window ends before it starts.
admin-error-window-end = Give the day of the end, or choose “No end”.
admin-error-window-open = A day is given and “No end” is chosen. Choose how the day counts, or remove it.
admin-error-url = An address begins with https:// or http://.
admin-error-licence = Choose a licence.
admin-error-licence-forbids = { $licence } forbids putting the work behind payment: only “Free” can be offered.
admin-error-attribution = { $licence } asks for a line that names the author.
admin-error-evidence = Keep the words of the statement as evidence.
admin-error-licensor = Say who grants it.
admin-error-title = Tick at least one title.
admin-error-offer = Tick at least one offer.
admin-error-plan = Choose a plan.
admin-error-path = Give the folder’s path.
admin-error-role = There is no such role.
admin-error-hold-reason = Say why the title is held back.
admin-error-page-empty = A page needs a heading and a text.
admin-error-last-owner = The service needs an owner. Make somebody else an owner first.
error-hold-reason = Say why the title is held back.
error-hold-over = The hold would be over before it begins.
error-name-missing = A title needs a name.
error-text-long = This text is too long.
error-voucher-empty = A voucher needs at least one day and one use.
error-grant-ended = This grant has ended. Enter a new one.
error-title-unknown = One of the titles no longer exists.
error-gone-unclear = Nothing was concluded: more films are gone now, or the folder can’t be read whole. Look at it again.
error-file-settled = This file doesn’t wait for a decision any more. Look at the folder again.
error-upload-broken = The upload broke off. Send the file again.
error-last-owner = The service would be left without an owner.
