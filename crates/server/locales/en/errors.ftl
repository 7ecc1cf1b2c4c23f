# What people are told when something is refused or fails.

## Headings of error pages
problem-not-found = There is no page here.
problem-gone = This has left the library.
problem-gone-named = { $name } has left the library.
problem-territory = Not shown where you are.
problem-payment = This one needs a plan.
problem-forbidden = This isn’t open to you.
problem-sign-in = Sign in first.
problem-too-many = Not so fast.
problem-too-large = That is too much at once.
problem-refused = That didn’t work.
problem-unavailable = Not at the moment.
problem-internal = Something broke on our side.
problem-go-home = Go to the library
problem-go-front = Go to the front page
problem-go-account = See your account
problem-retry = Try again

## Sentences
error-not-found = The address may be mistyped, or the page has moved.
error-internal = It has been written down. Trying again in a moment often works.
error-unavailable = The service is busy. Try again in a moment.
error-cross-site = This form came from another site, so it was not acted on.
error-around-the-proxy = People reach this service at { $address }. Open it there.
error-sign-in-first = Sign in to do this.
error-form-unreadable = This form could not be read. Go back and try again.
error-method = This address doesn’t take that kind of request.
error-too-large = This is more than is taken here.
error-terms = Accept the terms to make an account.
error-wrong-password = That e-mail address and password don’t match. Check both and try again.
error-too-many-sign-ins = Too many failed sign-ins. Wait a quarter of an hour, then try again.
error-too-many-sign-ups = Many accounts were made from here just now. Wait a quarter of an hour, then try again.
error-not-an-address = This isn’t an e-mail address. One looks like name@example.org.
error-address-taken = This address has an account already. Sign in instead.
error-password-short = A password needs at least 8 characters.
error-password-long = This password is too long.
error-password-common = This password is among the first that are tried. Choose another.
error-current-password = This isn’t your current password.
error-host-code = This isn’t the code printed on the host, or it has been used.
error-voucher-unknown = This code isn’t one of ours. Check it letter by letter.
error-voucher-expired = This code is no longer good.
error-voucher-used = This code has been used by somebody else already.
error-voucher-stopped = This code was withdrawn. Ask whoever gave it to you for another.
error-voucher-already = You have used this code already.
error-territory = We don’t have the right to show this where you are.
error-territory-from = We don’t have the right to show this where you are yet. It starts on { $date }.
error-ended = Our right to show it ended on { $date }. Your place in it is kept, in case it comes back.
error-held = It is not available at the moment.
error-age = This is for people of { $age } and over.
error-languages = None of this film’s languages may be played where you are.
error-height = This film’s picture is larger than its licence or your plan allows.
error-device = This screen doesn’t play { $codec }, which this film is coded in. Try another browser or another screen.
error-encryption = This film may be shown only encrypted, and { $codec }, which it is coded in, can’t be.
error-device-encryption = This film is sent encrypted, which this screen doesn’t play. Try another browser or another screen.
error-no-subscription = It is for members. A voucher opens the whole library at once.
error-offer = It can’t be rented or bought here yet.
error-no-film = There is no film here to play yet.
error-not-playable = It can’t be played at the moment. Try again later.
error-no-account = No account has this address.
error-play-withdrawn = The permission to play this was withdrawn. Go back to see what is on offer.
error-play-expired = This playback link has expired. Press play to go on.
error-play-stale = Playback pauses until permissions can be checked again. Try again in a moment.
error-play-closed = This viewing was ended. Press play to go on.
error-play-replaced = This was stopped because the film goes on elsewhere on your account.
error-play-lost = The connection was lost for too long. Press play to go on.

## Refusals to play
play-refused = This can’t play right now
play-stopped = Playback stopped
play-too-many = Too many screens at once
play-too-many-text = Your plan is in use on as many screens as it allows. Stop one of them to watch here.
play-stop-device = Stop “{ $name }” on { $device }, since { $time }
play-see-programme = See what is on
