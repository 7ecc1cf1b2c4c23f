# Why a file waits, why a job failed, what is being done: what staff are told.

## Sizes
size-bytes = { $n } bytes
size-kb = { $n } KB
size-mb = { $n } MB
size-gb = { $n } GB
decimal = { $whole }.{ $tenth }

## What is wrong with a film’s file
reason-as-written = { $text }
reason-read = The file could not be read: { $why }.
reason-ended-early = The file ended after { $at }, but was said to have { $size }: it changed while being read.
reason-empty = The file is empty. Copy it again.
reason-not-a-film = This is { $what }, not a film. Remove it, or give it the ending it should have.
reason-not-yet = This is { $what }, which this version can’t read yet. Deliver the film as MP4.
reason-missing-box = The file has no “{ $kind }” box where one is needed: it is damaged or was not finished. Deliver the file again.
reason-bad-box = The file’s “{ $kind }” box can’t be read: it is damaged, or of a form this version doesn’t know. Deliver the file again; the log says more.
reason-bad-element = The file’s elements can’t be read: it is damaged, or of a form this version doesn’t know. Deliver the file again; the log says more.
reason-box-too-large = The file’s “{ $kind }” box has { $size }; at most { $limit } are read. Deliver the file again.
reason-truncated = The file is cut off: of at least { $expected } there are only { $actual }, and nothing of them can be played. Deliver the file again.
reason-cut-off = The file is cut off: only { $playable } of { $declared } can be played. Deliver the file again.
reason-cut-off-somewhere = The file is cut off: only its first { $playable } can be played, and it doesn’t say how long the whole film is. Deliver the file again.
reason-holes = The file is damaged { $holes ->
        [one] in one place, { $first } after its beginning
       *[other] in { $holes } places, the first { $first } after its beginning
    }: what lies there is left out. Deliver the file again.
reason-no-tracks = The film has no picture and no sound that can be read. Deliver the file again.
reason-index-again = What is stored of this film doesn’t fit its file. Copy the file into its folder again.
reason-changed-since = The file has changed since it was found complete. It is taken when it lies still again.
reason-changed-while-read = The file changed while it was read.
reason-not-a-file = It is a link, a pipe or a device, and those are not followed. Put the film itself here, or add the folder it lies in as a watch folder.
reason-gone-before-read = The file was gone before it could be read. It is taken when it is back.
reason-missing = The file is not in its folder. It plays again when it is back.
reason-another-file = By its name this is “{ $name }”, which has a file: { $path }. Nothing plays this one until you say that it is the same film; if it is another, put another name or its year into the name of the file.

## Why a file is no other size of a film

reason-size-no-picture = It can’t be another size of the film: one of the two has no picture that plays.
reason-size-codec = It can’t be another size of the film: its picture is { $own }, the film’s is { $film }, and players switch within one codec only. Encode it as the film is.
reason-size-range = It can’t be another size of the film: one of the two pictures has a high dynamic range, and the other has not, or has another.
reason-size-shape = It can’t be another size of the film: its picture has another shape, { $own } instead of { $film }.
reason-size-length = It can’t be another size of the film: it lasts { $own }, the film { $film }.
reason-size-shifted = It can’t be another size of the film: its edit list begins at another distance from a key frame, so that its picture would not fit the film’s sound. Write the file anew without an edit list.
reason-size-open-groups = It can’t be another size of the film: segments of one of the two need pictures of the segment before. Encode both with closed groups of pictures.
reason-size-key-frames = It can’t be another size of the film: its key frames lie elsewhere, and for { $longest } the two have none in common. Encode all sizes with the same key frames.
reason-size-too-many = The film has { $most } other sizes already, as many as it may have.

## Kinds of files, as in “This is …”
word-container-mp4 = an MP4 file
word-container-matroska = a Matroska or WebM file
word-container-mpegts = an MPEG transport stream
word-container-avi = an AVI file
word-container-mxf = an MXF file
word-container-flv = a Flash video
word-container-asf = a Windows Media file
word-container-ogg = an Ogg file
word-container-mp3 = MP3 sound
word-container-playlist = a playlist
word-container-text = a text file
word-container-image = a still picture
word-container-empty = an empty file
word-container-unknown = a file of an unknown kind

## Why a track can’t be played as it is
reason-waits-codec = Track { $track }: not every browser plays { $codec } { $what }. Deliver the film with H.264 picture and AAC sound.
reason-some-screens = Track { $track }: { $codec } { $what } plays on some screens only. H.264 picture and AAC sound play on all.
reason-waits-profile = Track { $track }: browsers don’t play this profile of { $codec } { $what }. Deliver the film as ordinary H.264 (8 bits, 4:2:0) with AAC-LC sound.
reason-waits-encrypted = Track { $track } is encrypted. Deliver it without encryption.
reason-waits-elsewhere = Track { $track } keeps its data in another file. Deliver one self-contained file.
reason-waits-key-frames = Track { $track }: the film has a stretch of { $longest } without a key frame, so it can’t be cut or sought. Deliver it with a key frame every few seconds.
reason-waits-format-changes = Track { $track } changes its format in the middle. Deliver it in one format.
reason-waits-subtitles = Track { $track }: subtitles of this form are not read. Deliver them as an SRT or WebVTT file.
reason-waits-burn-in = Track { $track }: its subtitles are pictures and have to be drawn into the film’s own. Deliver them as text, in an SRT or WebVTT file.
reason-waits-compressed = Track { $track }: its frames are compressed once more. Write the file without compression of its tracks.
reason-waits-scattered = Track { $track }: the sound lies too far from its picture in the file. Write the file anew, interleaved.
reason-waits-not-shown = Track { $track } is neither picture, sound nor subtitles.
reason-waits-second-picture = Track { $track } is another picture: only the first is shown.
reason-waits-no-samples = Track { $track } is empty.
reason-waits-damaged = Track { $track }: its tables contradict themselves. Deliver the file again.
word-picture = picture
word-sound = sound
word-subtitles = subtitles
word-data = data

## Files beside a film
reason-passed-over = { $path } was passed over.
reason-sidecar-large = It is larger than { $limit }.
reason-nfo-other = It is not about a film, series or episode in Kodi’s dialect.
reason-nfo-malformed = It is not well-formed XML. Correct or remove it.
reason-picture = The picture can’t be read. Use a JPEG, PNG or WebP of at most 8192 pixels a side.
reason-tracks = A film can have { $most } tracks.
reason-subtitles = There is no text with times in it. Deliver subtitles as an SRT or WebVTT file.
error-claim-malformed = Line { $line } of the rights.toml can’t be understood. Correct it.
error-claim-licence = The rights.toml names no licence that is known. Write one of { $known }.
error-claim-licensor = In the rights.toml, licensor is empty. Say who gives the licence.
error-claim-url = In the rights.toml, licence_url must begin with https:// or http://.
error-claim-attribution = { $licence } asks for the author to be named. Give attribution in the rights.toml.
error-claim-seen = In the rights.toml, seen is not a date such as 2026-11-23.

## Folders, disks and paths
reason-offline-no-folder = The folder { $path } is not there. Is its disk mounted?
reason-offline-another-root = Another disk lies in the place of { $path }. Mount the right one.
reason-offline-no-id = The folder { $path } has no id file .cineclub-root. Is its disk mounted?
reason-offline-bad-id = The id file .cineclub-root in { $path } is damaged. Put it back as it was.
reason-offline-unreadable = The folder { $path } can’t be read: { $why }.
reason-offline-bucket-unknown = The configuration names no bucket for { $path }. Name it under [buckets].
reason-offline-bucket-none = The store has no bucket for { $path }. Look at [buckets] in the configuration.
reason-offline-bucket-refused = The store does not let us list and read { $path }. Look at the key’s rights.
reason-offline-bucket-silent = The store does not answer for { $path }. Its films come back by themselves.
reason-unknown-root = This folder is no longer watched.
reason-gone = The file is not there.
reason-in-a-bucket = This folder lies in a bucket, and nothing is written to it. Upload with the store’s own tools.
reason-storage = The storage could not be read or written: { $why }.
reason-path-long = The path is empty or longer than 1024 bytes. Shorten the names.
reason-path-deep = The file lies more than 12 folders deep. Move it up.
reason-path-leaving = The path leaves its folder (“..”, “.” or an empty name). Use plain names.
reason-path-not-utf8 = The name is not valid UTF-8. Rename the file.
reason-path-control = The name holds a line break or another control character. Rename the file.
reason-folder-full = More than { $most } files lie here, and those beyond are not taken in. Spread them over several folders, and watch those instead of this one.
reason-folder-deep = The folder “{ $path }” lies more than { $most } folders deep and is not looked into. Move it up.
reason-folder-part = The folder “{ $path }” could not be read, and what lies in it is not taken in. See whether this program may read it, and whether its disk is well.
reason-bucket-list = The bucket’s list breaks off, and what follows is not taken in: a name in it may be no path (it holds “//” or “..”). Rename such objects, or watch other folders of the bucket instead of this one.
reason-folder-emptied = The folder is suddenly empty, though { $known ->
        [one] one film is
       *[other] { $known } films are
    } known in it. Nothing is concluded from that: if its disk is missing, mount it.
reason-folder-vanished = { $gone } of the { $known } films known in this folder are suddenly gone. Nothing is concluded from that: if something is missing, bring it back.
word-io-denied = this program is not allowed to
word-io-full = the disk is full
word-io-read-only = the disk can only be read
word-io-not-a-file = something else lies in its place
word-io-failed = the disk refused; the log says more

## Jobs
reason-step-film = Reading the film
reason-step-texts = Reading the texts beside it
reason-step-pictures = Making pictures
reason-step-subtitles = Making subtitles
reason-step-writing = Writing it down
reason-taken = Taken in.
reason-taken-asks = Taken in; it waits for you to say which film it is.
reason-taken-waits = Taken in; it waits, because browsers can’t play it as it is.
reason-taken-damaged = Taken in, but the file is damaged.
reason-job-stopped = Somebody stopped its job. Try it again from the list of jobs.
reason-job-interrupted = The program was asked to stop; it goes on afterwards.
reason-job-begins-again = The program stopped while it worked on this; it begins again.
reason-job-stopped-each-time = The program stopped each time while it worked on this. Please report it; the log has the place.
reason-job-newer = A newer version of the program made this job. Run that version.
reason-stumbled = The program stumbled over this. Please report it; the log has the place.
reason-database = The database refused.

## What was sent or typed
error-name-folders = Give a plain file name, without folders.
error-name-long = The name is longer than { $most } bytes. Shorten it.
error-name-useless = “{ $name }” is no film, subtitle, picture or NFO. Send files such as .mp4, .srt, .jpg or .nfo.
error-name-taken = There is a file named “{ $name }” already. Give this one another name.
error-disk-full = The disk is full: nothing was kept of this file.
error-disk-refuses = The file could not be written: nothing was kept of it.
error-folder-relative = Give the folder’s whole path, beginning with a slash.
error-folder-none = There is no folder { $path }.
error-folder-unreadable = The folder { $path } can’t be read. Allow this program to.
error-folder-unopened = The folder { $path } can’t be opened.
error-folder-a-file = { $path } is a file, not a folder.
error-folder-ours = This folder holds the service’s own data, or lies in it. Use another.
error-folder-unwritable = The folder { $path } can’t be written to: its id file .cineclub-root could not be made. Allow this program to write there.
error-folder-not-utf8 = The folder’s path is not valid UTF-8. Rename it.
error-folder-watched = This folder is watched already.
error-folder-overlaps = This folder and { $path }, which is watched already, lie in one another: every file would be taken twice.
error-folder-copy = This folder carries the id of { $path }, which is there as well: it is a copy. Remove the file .cineclub-root from the copy.
error-bucket-late = The bucket does not answer. Try again later.
