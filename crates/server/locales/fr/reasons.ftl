# Pourquoi un fichier attend, pourquoi une tâche échoue, ce qui se fait : ce qu’on dit à l’équipe.

## Tailles
size-bytes = { $n } octets
size-kb = { $n } Ko
size-mb = { $n } Mo
size-gb = { $n } Go
decimal = { $whole },{ $tenth }

## Ce qui ne va pas dans le fichier d’un film
reason-as-written = { $text }
reason-read = Le fichier n’a pas pu être lu : { $why }.
reason-ended-early = Le fichier s’est arrêté après { $at }, alors qu’il en annonçait { $size } : il a changé pendant la lecture.
reason-empty = Le fichier est vide. Copiez-le de nouveau.
reason-not-a-film = C’est { $what }, pas un film. Retirez-le ou donnez-lui l’extension qui lui revient.
reason-not-yet = C’est { $what }, que cette version ne sait pas encore lire. Livrez le film en MP4.
reason-missing-box = Il manque au fichier une boîte « { $kind } » : il est abîmé ou n’a pas été terminé. Livrez-le de nouveau.
reason-bad-box = La boîte « { $kind } » du fichier est illisible : elle est abîmée ou d’une forme que cette version ne connaît pas. Livrez le fichier de nouveau ; le journal en dit plus.
reason-bad-element = Les éléments du fichier sont illisibles : il est abîmé ou d’une forme que cette version ne connaît pas. Livrez le fichier de nouveau ; le journal en dit plus.
reason-box-too-large = La boîte « { $kind } » du fichier fait { $size } ; on en lit au plus { $limit }. Livrez le fichier de nouveau.
reason-truncated = Le fichier est coupé : sur au moins { $expected } il n’y en a que { $actual }, dont rien ne peut être lu. Livrez-le de nouveau.
reason-cut-off = Le fichier est coupé : seules { $playable } sur { $declared } peuvent être lues. Livrez-le de nouveau.
reason-cut-off-somewhere = Le fichier est coupé : seules les premières { $playable } peuvent être lues, et il ne dit pas combien dure le film entier. Livrez-le de nouveau.
reason-holes = Le fichier est abîmé { $holes ->
        [one] à un endroit, { $first } après le début
       *[other] à { $holes } endroits, le premier { $first } après le début
    } : ce qui s’y trouve est omis. Livrez le fichier de nouveau.
reason-no-tracks = Le film n’a ni image ni son lisibles. Livrez le fichier de nouveau.
reason-index-again = Ce qui est enregistré de ce film ne correspond pas à son fichier. Copiez-le de nouveau dans son dossier.
reason-changed-since = Le fichier a changé depuis qu’il a été vu complet. Il sera pris en compte quand il ne bougera plus.
reason-changed-while-read = Le fichier a changé pendant la lecture.
reason-not-a-file = C’est un lien, un tube ou un périphérique, et le service ne les suit pas. Déposez le film lui-même ici, ou ajoutez son dossier aux dossiers surveillés.
reason-gone-before-read = Le fichier avait disparu avant d’être lu. Il sera pris en compte à son retour.
reason-missing = Le fichier n’est pas dans son dossier. Il pourra être lu à son retour.
reason-another-file = D’après son nom, c’est « { $name } », qui a déjà un fichier : { $path }. Celui-ci ne sera pas lu tant que vous n’aurez pas dit que c’est le même film ; si c’en est un autre, mettez un autre nom ou son année dans le nom du fichier.

## Pourquoi un fichier n’est pas une autre taille d’un film

reason-size-no-picture = Ce ne peut être une autre taille du film : l’un des deux n’a pas d’image lisible.
reason-size-codec = Ce ne peut être une autre taille du film : son image est en { $own }, celle du film en { $film }, et les lecteurs ne changent de taille qu’avec un seul codec. Encodez-le comme le film.
reason-size-range = Ce ne peut être une autre taille du film : l’une des deux images a une grande plage dynamique, et l’autre non, ou une autre.
reason-size-shape = Ce ne peut être une autre taille du film : son image a une autre forme, { $own } au lieu de { $film }.
reason-size-length = Ce ne peut être une autre taille du film : il dure { $own }, le film { $film }.
reason-size-shifted = Ce ne peut être une autre taille du film : sa liste de montage commence à une autre distance d’une image clé, si bien que son image ne suivrait pas le son du film. Réécrivez le fichier sans liste de montage.
reason-size-open-groups = Ce ne peut être une autre taille du film : des segments de l’un des deux ont besoin d’images du segment précédent. Encodez les deux avec des groupes d’images fermés.
reason-size-key-frames = Ce ne peut être une autre taille du film : ses images clés sont ailleurs, et pendant { $longest } les deux n’en ont aucune en commun. Encodez toutes les tailles avec les mêmes images clés.
reason-size-too-many = Le film a déjà { $most } autres tailles, le maximum possible.

## Sortes de fichiers, comme dans « C’est … »
word-container-mp4 = un fichier MP4
word-container-matroska = un fichier Matroska ou WebM
word-container-mpegts = un flux de transport MPEG
word-container-avi = un fichier AVI
word-container-mxf = un fichier MXF
word-container-flv = une vidéo Flash
word-container-asf = un fichier Windows Media
word-container-ogg = un fichier Ogg
word-container-mp3 = un son MP3
word-container-playlist = une liste de lecture
word-container-text = un fichier texte
word-container-image = une image fixe
word-container-empty = un fichier vide
word-container-unknown = un fichier de nature inconnue

## Pourquoi une piste ne peut pas être lue telle quelle
reason-waits-codec = Piste { $track } : tous les navigateurs ne lisent pas { $what } { $codec }. Livrez le film en H.264 pour l’image et en AAC pour le son.
reason-some-screens = Piste { $track } : { $what } { $codec } ne se lit que sur certains écrans. L’image H.264 et le son AAC se lisent sur tous.
reason-waits-profile = Piste { $track } : les navigateurs ne lisent pas { $what } { $codec } de ce profil. Livrez le film en H.264 ordinaire (8 bits, 4:2:0) avec un son AAC-LC.
reason-waits-encrypted = La piste { $track } est chiffrée. Livrez-la sans chiffrement.
reason-waits-elsewhere = La piste { $track } a ses données dans un autre fichier. Livrez un seul fichier qui contient tout.
reason-waits-key-frames = Piste { $track } : le film a un passage de { $longest } sans image clé ; on ne peut ni le découper ni s’y déplacer. Livrez-le avec une image clé toutes les quelques secondes.
reason-waits-format-changes = La piste { $track } change de format en cours de route. Livrez-la dans un seul format.
reason-waits-subtitles = Piste { $track } : les sous-titres de cette forme ne sont pas lus. Livrez-les dans un fichier SRT ou WebVTT.
reason-waits-burn-in = Piste { $track } : ses sous-titres sont des images, à incruster dans celle du film. Livrez-les en texte, dans un fichier SRT ou WebVTT.
reason-waits-compressed = Piste { $track } : ses images sont comprimées une seconde fois. Écrivez le fichier sans compression des pistes.
reason-waits-scattered = Piste { $track } : le son est trop loin de son image dans le fichier. Réécrivez le fichier en les entrelaçant.
reason-waits-not-shown = La piste { $track } n’est ni image, ni son, ni sous-titres.
reason-waits-second-picture = La piste { $track } est une autre image : seule la première est montrée.
reason-waits-no-samples = La piste { $track } est vide.
reason-waits-damaged = Piste { $track } : ses tables se contredisent. Livrez le fichier de nouveau.
word-picture = l’image
word-sound = le son
word-subtitles = les sous-titres
word-data = les données

## Fichiers à côté d’un film
reason-passed-over = { $path } a été laissé de côté.
reason-sidecar-large = Il dépasse { $limit }.
reason-nfo-other = Il ne parle ni d’un film, ni d’une série, ni d’un épisode à la manière de Kodi.
reason-nfo-malformed = Ce n’est pas du XML bien formé. Corrigez-le ou retirez-le.
reason-picture = L’image est illisible. Prenez un JPEG, un PNG ou un WebP d’au plus 8192 pixels de côté.
reason-tracks = Un film peut avoir { $most } pistes.
reason-subtitles = Il ne contient pas de texte minuté. Livrez les sous-titres dans un fichier SRT ou WebVTT.
error-claim-malformed = La ligne { $line } du rights.toml est incompréhensible. Corrigez-la.
error-claim-licence = Le rights.toml ne nomme pas de licence connue. Écrivez l’une de celles-ci : { $known }.
error-claim-licensor = Dans le rights.toml, licensor est vide. Dites qui accorde la licence.
error-claim-url = Dans le rights.toml, licence_url doit commencer par https:// ou http://.
error-claim-attribution = { $licence } demande que l’auteur soit nommé. Indiquez attribution dans le rights.toml.
error-claim-seen = Dans le rights.toml, seen n’est pas une date comme 2026-11-23.

## Dossiers, disques et chemins
reason-offline-no-folder = Le dossier { $path } n’est pas là. Son disque est-il monté ?
reason-offline-another-root = Un autre disque est à la place de { $path }. Montez le bon.
reason-offline-no-id = Le dossier { $path } n’a pas de fichier d’identité .cineclub-root. Son disque est-il monté ?
reason-offline-bad-id = Le fichier d’identité .cineclub-root dans { $path } est abîmé. Remettez-le tel qu’il était.
reason-offline-unreadable = Le dossier { $path } n’est pas lisible : { $why }.
reason-offline-bucket-unknown = La configuration ne nomme aucun compartiment pour { $path }. Nommez-le sous [buckets].
reason-offline-bucket-none = Le stockage n’a pas de compartiment pour { $path }. Voyez [buckets] dans la configuration.
reason-offline-bucket-refused = Le stockage ne nous laisse ni lister ni lire { $path }. Voyez les droits de la clé.
reason-offline-bucket-silent = Le stockage ne répond pas pour { $path }. Ses films reviendront d’eux-mêmes.
reason-unknown-root = Ce dossier n’est plus observé.
reason-gone = Le fichier n’est pas là.
reason-in-a-bucket = Ce dossier est dans un compartiment, où rien n’est écrit. Envoyez les fichiers avec les outils du stockage.
reason-storage = Le stockage n’a pas pu être lu ou écrit : { $why }.
reason-path-long = Le chemin est vide ou dépasse 1024 octets. Raccourcissez les noms.
reason-path-deep = Le fichier est à plus de 12 dossiers de profondeur. Remontez-le.
reason-path-leaving = Le chemin sort de son dossier (« .. », « . » ou un nom vide). Utilisez des noms simples.
reason-path-not-utf8 = Le nom n’est pas de l’UTF-8 valide. Renommez le fichier.
reason-path-control = Le nom contient un saut de ligne ou un autre caractère de contrôle. Renommez le fichier.
reason-folder-full = Plus de { $most } fichiers se trouvent ici, et ceux au-delà ne sont pas pris. Répartissez-les dans plusieurs dossiers, et surveillez ceux-là au lieu de celui-ci.
reason-folder-deep = Le dossier « { $path } » se trouve à plus de { $most } dossiers de profondeur et n’est pas parcouru. Remontez-le.
reason-folder-part = Le dossier « { $path } » n’a pas pu être lu, et son contenu n’est pas pris. Vérifiez que ce programme peut le lire, et que son disque va bien.
reason-bucket-list = La liste du compartiment s’interrompt, et la suite n’est pas prise : un nom n’y est peut-être pas un chemin (il contient « // » ou « .. »). Renommez ces objets, ou surveillez d’autres dossiers du compartiment au lieu de celui-ci.
reason-folder-emptied = Le dossier est soudain vide, alors que { $known ->
        [one] un film y est connu
       *[other] { $known } films y sont connus
    }. Rien n’en est conclu : si son disque manque, montez-le.
reason-folder-vanished = { $gone } des { $known } films connus dans ce dossier ont soudain disparu. Rien n’en est conclu : si quelque chose manque, remettez-le.
word-io-denied = ce programme n’y a pas accès
word-io-full = le disque est plein
word-io-read-only = le disque est en lecture seule
word-io-not-a-file = autre chose se trouve à sa place
word-io-failed = le disque a refusé ; le journal en dit plus

## Tâches
reason-step-film = Lecture du film
reason-step-texts = Lecture des textes qui l’accompagnent
reason-step-pictures = Préparation des images
reason-step-subtitles = Préparation des sous-titres
reason-step-writing = Enregistrement
reason-taken = Pris en compte.
reason-taken-asks = Pris en compte ; il attend que vous disiez de quel film il s’agit.
reason-taken-waits = Pris en compte ; il attend, car les navigateurs ne peuvent pas le lire tel quel.
reason-taken-damaged = Pris en compte, mais le fichier est abîmé.
reason-job-stopped = Quelqu’un a arrêté sa tâche. Relancez-la depuis la liste des tâches.
reason-job-interrupted = On a demandé au programme de s’arrêter ; il reprendra ensuite.
reason-job-begins-again = Le programme s’est arrêté pendant qu’il y travaillait ; il recommence.
reason-job-stopped-each-time = Le programme s’est arrêté chaque fois qu’il y travaillait. Merci de le signaler ; le journal dit où.
reason-job-newer = Une version plus récente du programme a créé cette tâche. Utilisez cette version.
reason-stumbled = Le programme a trébuché là-dessus. Merci de le signaler ; le journal dit où.
reason-database = La base de données a refusé.

## Ce qui a été envoyé ou saisi
error-name-folders = Donnez un simple nom de fichier, sans dossier.
error-name-long = Le nom dépasse { $most } octets. Raccourcissez-le.
error-name-useless = « { $name } » n’est ni un film, ni des sous-titres, ni une image, ni un NFO. Envoyez des fichiers comme .mp4, .srt, .jpg ou .nfo.
error-name-taken = Il y a déjà un fichier nommé « { $name } ». Donnez un autre nom à celui-ci.
error-disk-full = Le disque est plein : rien n’a été gardé de ce fichier.
error-disk-refuses = Le fichier n’a pas pu être écrit : rien n’en a été gardé.
error-folder-relative = Donnez le chemin complet du dossier, commençant par une barre oblique.
error-folder-none = Il n’y a pas de dossier { $path }.
error-folder-unreadable = Le dossier { $path } n’est pas lisible. Donnez-en le droit à ce programme.
error-folder-unopened = Le dossier { $path } ne peut pas être ouvert.
error-folder-a-file = { $path } est un fichier, pas un dossier.
error-folder-ours = Ce dossier contient les données du service, ou s’y trouve. Prenez-en un autre.
error-folder-unwritable = On ne peut pas écrire dans le dossier { $path } : son fichier d’identité .cineclub-root n’a pas pu être créé. Permettez à ce programme d’y écrire.
error-folder-not-utf8 = Le chemin du dossier n’est pas de l’UTF-8 valide. Renommez-le.
error-folder-watched = Ce dossier est déjà observé.
error-folder-overlaps = Ce dossier et { $path }, déjà observé, sont l’un dans l’autre : chaque fichier serait pris deux fois.
error-folder-copy = Ce dossier porte l’identité de { $path }, qui est là aussi : c’est une copie. Retirez le fichier .cineclub-root de la copie.
error-bucket-late = Le compartiment ne répond pas. Réessayez plus tard.
