# Les mots des pages de l’équipe.
## Autour de chaque page
admin-tag = Service
admin-nav = Service
admin-to-library = Voir le catalogue
admin-overview = Vue d’ensemble
admin-titles = Titres
admin-grants = Droits
admin-vouchers = Bons
admin-folders = Dossiers
admin-jobs = Tâches
admin-plays = Lectures en cours
admin-pages = Pages légales
admin-people = Personnes
admin-events = Journal
admin-actions = Actions
admin-state = État
admin-name = Nom
admin-leave-it = Ne rien faire
admin-change = Modifier
admin-filter = Filtrer
admin-earlier = Précédents
admin-later = Suivants
admin-pages-nav = Pages
admin-not-saved = Rien n’a été enregistré.
admin-leave = Quitter sans enregistrer
admin-live-on = En direct
admin-live-late = Connexion perdue, nouvel essai
admin-live-off = En pause
admin-page-preview = Voir avant de publier
admin-page-as-it-will-be = Telle qu’elle sera
admin-event-days = { $n ->
        [one] 1 jour
       *[other] { $n } jours
    }
admin-event-uses = { $n ->
        [one] 1 utilisation
       *[other] { $n } utilisations
    }
admin-see-page = Voir sa page
admin-what-happened = Ce qui s’est passé
admin-summary = Résumé

## Vue d’ensemble
admin-alerts = À surveiller
admin-alert-look = Voir
admin-alert-folder = Le dossier « { $name } » n’est pas là. Ses titres sont indisponibles jusqu’à son retour ; rien n’est supprimé.
admin-alert-jobs =
    { $n ->
        [one] Une tâche a échoué.
       *[other] { $n } tâches ont échoué.
    }
admin-alert-ending =
    { $n ->
        [one] Un droit expire dans les { $days } jours.
       *[other] { $n } droits expirent dans les { $days } jours.
    }
admin-figure-works =
    { $n ->
        [one] film ou série
       *[other] films et séries
    }
admin-figure-visible =
    { $n ->
        [one] visible maintenant
       *[other] visibles maintenant
    }
admin-figure-waiting =
    { $n ->
        [one] fichier illisible par les navigateurs
       *[other] fichiers illisibles par les navigateurs
    }
admin-figure-jobs =
    { $n ->
        [one] tâche en cours
       *[other] tâches en cours
    }
admin-figure-plays =
    { $n ->
        [one] lecture en cours
       *[other] lectures en cours
    }
admin-next-steps = Prochaines étapes
admin-step-folder = Ajouter un dossier de films
admin-step-grant = Attacher des droits aux titres qui n’en ont pas
admin-step-pages = Rédiger les pages légales
admin-latest = Derniers changements
admin-all-events = Tout le journal

## Titres
admin-title = Titre
admin-kind = Type
admin-any = Tous
admin-works = Films, séries et bonus
admin-kind-film = Film
admin-kind-series = Série
admin-kind-season = Saison
admin-kind-episode = Épisode
admin-kind-extra = Bonus
admin-grant = Droit
admin-shown-until = Visible jusqu’au
admin-attach-grant = Attacher un droit
admin-titles-none = Aucun titre ne correspond
admin-titles-none-text = Les titres apparaissent ici à mesure que des fichiers arrivent dans un dossier.
admin-counted =
    { $all ->
        [0] Aucun
        [one] Un titre
       *[other] { $first } à { $last } sur { $all }
    }
admin-season-of = { $series }, saison { $n }
admin-series-sub =
    { $n ->
        [0] { $kind }
        [one] { $kind } · 1 épisode
       *[other] { $kind } · { $n } épisodes
    }
admin-episode-of = { $series } · Saison { $season }, épisode { $episode }
admin-shown = Visible
admin-no-grant = Sans droit
admin-held = Retenu
admin-ended = Terminé
admin-later-window = Pas encore ouvert
admin-elsewhere = Pas ici
admin-unmet = Conditions non remplies
admin-waiting = En attente
admin-damaged = Endommagé
admin-missing = Introuvable
admin-unavailable = Indisponible
admin-no-file = Sans fichier
admin-ready-in-part = Lisible en partie
admin-size-of = autre taille de { $path }
admin-not-offered = Non proposé
admin-ready = Prêt
admin-ends-in-days =
    { $n ->
        [0] Finit aujourd’hui
        [one] Finit dans 1 jour
       *[other] Finit dans { $n } jours
    }
admin-sentence-shown = Les membres du monde entier peuvent le voir.
admin-sentence-shown-in = Au catalogue en ce moment ({ $territory }).
admin-sentence-held = Quelqu’un le retient. Il reste caché jusqu’à ce que la retenue soit levée ou expire.
admin-sentence-no-file = Aucun fichier ne lui correspond encore. Déposez-en un dans un dossier.
admin-sentence-waiting = Son fichier est conservé, mais les navigateurs ne peuvent pas le lire tel quel.
admin-sentence-damaged = Son fichier est illisible. Remplacez-le par un fichier entier.
admin-sentence-away = Son fichier n’est plus à sa place. Le titre revient de lui-même avec le fichier ; rien n’est supprimé.
admin-sentence-no-grant = Aucun droit ne le nomme, donc personne ne le voit. Attachez-en un.
admin-sentence-later = Son droit s’ouvre le { $date }.
admin-sentence-ended = Son droit s’est terminé le { $date }.
admin-sentence-protected = Son droit exige une protection que ce service ne peut pas encore donner : { $protection }. Personne ne le voit d’ici là.
admin-sentence-unfit = Un droit le couvre, mais n’en laisse rien à lire. Vérifiez les offres, les langues, la hauteur maximale et la protection de ce droit : seuls H.264 et AAC peuvent être chiffrés.
admin-sentence-elsewhere = Il n’est ouvert que dans certains territoires, et ce service n’a pas indiqué le sien.
admin-sentence-elsewhere-in = Il est ouvert ailleurs, mais pas ici ({ $territory }).

## Un titre
admin-where = Où
admin-until = Jusqu’au
admin-no-grants = Aucun droit ne le nomme.
admin-claim = Ce qu’affirme le fichier voisin
admin-claim-note = Un fichier rights.toml a été trouvé. C’est une affirmation, pas une autorisation : vérifiez-la, puis attachez un droit.
admin-parts = Ce qui en fait partie
admin-files = Fichiers
admin-file = Fichier
admin-picture = Image
admin-sound = Son
admin-subtitles = Sous-titres
admin-chapters =
    { $n ->
        [one] 1 chapitre
       *[other] { $n } chapitres
    }
admin-size = Taille
admin-waiting-note = « En attente » signifie qu’aucun navigateur ne lit le fichier tel quel. La conversion viendra dans une version ultérieure.
admin-texts = Textes
admin-tagline = Accroche
admin-synopsis = Synopsis
admin-save-text = Enregistrer ces textes
admin-address = Adresse
admin-original-language = Langue d’origine
admin-year = Année
admin-length = Durée
admin-age = Âge
admin-age-from = à partir de { $n } ans
admin-genres = Genres
admin-held-since = Depuis le { $since }, jusqu’à ce que la retenue soit levée.
admin-held-since-until = Depuis le { $since }, jusqu’au { $until } inclus.
admin-artwork = Visuels
admin-lift = Lever la retenue
admin-withdraw = Retirer ce titre
admin-withdraw-text = Il quitte aussitôt toutes les pages, et les lectures en cours s’arrêtent en moins d’une minute. Rien n’est supprimé.
admin-withdraw-question = Retirer « { $title } » maintenant ? Les lectures en cours s’arrêtent.
admin-withdraw-yes = Retirer
admin-withdraw-button = Retirer
admin-reason = Motif
admin-hold-until = Jusqu’au (inclus)
admin-hold-until-hint = Laissez vide pour le retenir jusqu’à ce que vous leviez la retenue.

## Droits
admin-new-grant = Nouveau droit
admin-grant-named = Droit { $reference }
admin-grants-none = Aucun droit pour l’instant
admin-grants-none-text = Sans droit, rien n’est montré à personne.
admin-offers = Offres
admin-offer-free = Gratuit
admin-offer-subscription = Abonnement
admin-offer-rental = Location
admin-offer-purchase = Achat
admin-offer-ticket = Billet
admin-in-force = En vigueur
admin-from-date = À partir du { $date }
admin-ended-on = Terminé le { $date }
admin-no-end = Sans fin
admin-everywhere = Partout
admin-except = { $where } sauf { $but }
admin-n-territories = { $n } territoires
admin-and-more = { $names } et { $n } de plus
admin-licence-contract = Contrat
admin-licence-public-domain = Domaine public
admin-protection-none = Aucune
admin-protection-encrypted = Segments chiffrés (sans DRM)
admin-protection-drm-software = DRM logicielle
admin-protection-drm-hardware = DRM matérielle
admin-from-claim = Rempli d’après le rights.toml voisin du titre. Qui l’enregistre en répond : vérifiez d’abord.
admin-grant-over = Ce droit a été interrompu à la main. Il reste au dossier et ne peut plus être modifié ; saisissez-en un nouveau.
admin-grant-who = Qui l’accorde
admin-grant-who-text = Le concédant, et la référence du document.
admin-licensor = Concédant
admin-reference = Référence
admin-grant-what = Quels titres
admin-grant-what-text = Une série couvre ses saisons et ses épisodes.
admin-find-titles = Chercher des titres
admin-find = Chercher
admin-more-picks = Il y en a d’autres. Cherchez-les par leur nom.
admin-grant-how = Sous quelle forme
admin-grant-how-text = Ce qu’il faut pour regarder.
admin-grant-where = Où
admin-grant-where-text = Les pays par leurs deux lettres. Les territoires d’outre-mer ont les leurs : Papeete, c’est PF et non FR.
admin-included = Seulement dans
admin-included-hint = Laissez vide pour partout.
admin-excluded = Jamais dans
admin-excluded-hint = Une exclusion l’emporte toujours.
admin-grant-when = Quand
admin-grant-when-text = Les dates telles que le contrat les donne, à l’heure d’un lieu.
admin-first-day = Premier jour
admin-first-day-hint = Laissez vide si elle a toujours été ouverte.
admin-end-day = Fin
admin-zone = À l’heure de
admin-end-rule = Comment compte la fin
admin-end-through = Le dernier jour compte en entier
admin-end-until = Le jour même n’en fait plus partie (« jusqu’à »)
admin-end-open = Sans fin
admin-grant-languages = Langues
admin-grant-languages-text = Si un doublage est exclu, ne nommez que les langues que l’on peut entendre.
admin-all-languages = Laissez vide pour toutes.
admin-grant-limits = Limites
admin-grant-limits-text = La plus stricte des limites du droit et de la formule s’applique. Ce que ce service ne peut protéger comme demandé n’est pas montré.
admin-max-height = Plus grande image
admin-max-streams = Lectures simultanées, par membre
admin-no-limit = Sans limite
admin-protection = Protection exigée
admin-downloads = Téléchargement permis
admin-downloads-hint = Le fichier entier peut quitter le service.
admin-exclusive = En exclusivité
admin-grant-evidence = Licence et preuves
admin-grant-evidence-text = Ce que nous montrerions si on nous le demandait. L’attribution paraît sur la page du titre et dans le lecteur.
admin-licence = Licence
admin-evidence-url = Adresse de la déclaration
admin-attribution = Attribution, mot pour mot
admin-attribution-hint = Pour CC BY : auteur, source, licence, et ce qui a été modifié.
admin-statement = La déclaration telle que nous l’avons vue
admin-seen = Vue le
admin-seen-hint = Laissez vide pour aujourd’hui.
admin-save-grant = Enregistrer le droit
admin-preview = Voir ce que cela change
admin-effects = Ce que cela change
admin-effects-none = Appuyez sur « Voir ce que cela change » pour le lire ici avant d’enregistrer.
admin-effect-appears = Apparaît
admin-effect-dark = Disparaît
admin-effect-stays = Reste visible
admin-effect-hidden = Reste caché
admin-effect-more = et { $n } autres titres
admin-effect-episodes =
    { $n ->
        [one] { $name } (1 épisode)
       *[other] { $name } ({ $n } épisodes)
    }
admin-end-grant = Interrompre ce droit maintenant
admin-end-grant-text =
    { $titles ->
        [one] Son titre quitte
       *[other] Ses { $titles } titres quittent
    } le catalogue, sauf si un autre droit le couvre ; { $plays ->
        [0] personne ne regarde en ce moment.
        [one] une lecture en cours s’arrête en moins d’une minute.
       *[other] { $plays } lectures en cours s’arrêtent en moins d’une minute.
    } Le droit et son historique restent au dossier.
admin-end-grant-question =
    Interrompre le droit { $reference } maintenant ? { $plays ->
        [0] Personne ne regarde.
        [one] Une lecture en cours s’arrête en moins d’une minute.
       *[other] { $plays } lectures en cours s’arrêtent en moins d’une minute.
    }
admin-end-grant-yes = Interrompre le droit
admin-leave-in-force = Le laisser en vigueur

## Bons
admin-voucher = Bon
admin-make-voucher = Créer un bon
admin-make-voucher-button = Créer le bon
admin-voucher-made = Bon créé. Son code :
admin-voucher-once = Il n’est affiché que cette fois et n’est conservé nulle part : notez-le.
admin-no-plans = Il n’y a pas encore de formule à vendre.
admin-plan = Formule
admin-plans = Formules
admin-price = Prix
admin-price-per =
    { $n ->
        [one] { $price } par jour
       *[other] { $price } pour { $n } jours
    }
admin-days = Jours
admin-uses = Nombre d’utilisations
admin-used = Utilisé
admin-n-of-m = { $n } sur { $m }
admin-usable-until = Utilisable jusqu’au
admin-usable-until-hint = Laissez vide pour aucune limite.
admin-note = Note
admin-no-note = Sans note
admin-made-on = Créé le { $date }
admin-all-vouchers = Tous les bons
admin-usable = Utilisable
admin-used-up = Épuisé
admin-expired = Expiré
admin-stopped = Arrêté
admin-stop-voucher = Arrêter
admin-stop-voucher-question =
    { $left ->
        [one] Arrêter ce bon ? L’utilisation qui lui reste ne sera plus possible.
       *[other] Arrêter ce bon ? Les { $left } utilisations qui lui restent ne seront plus possibles.
    } Les jours déjà obtenus restent acquis.
admin-stop-voucher-yes = Arrêter le bon

## Dossiers
admin-folder = Dossier
admin-folders-note = Cineclub observe ces dossiers et prend chaque fichier dès qu’il est complet. Il ne modifie ni ne supprime jamais ce qui s’y trouve.
admin-watching = Observé
admin-absent = Absent
admin-absent-note = « Absent » signifie que le disque n’est pas monté, que c’en est un autre ou que le compartiment ne répond pas. Ses titres sont indisponibles jusqu’à son retour ; rien n’est supprimé.
admin-look-now = Chercher des fichiers maintenant
admin-add-folder = Ajouter un dossier
admin-add-folder-button = Ajouter le dossier
admin-path = Chemin sur le serveur
admin-path-hint = Le chemin entier, commençant par une barre oblique. Le programme doit pouvoir y écrire : il y laisse un petit fichier pour reconnaître le disque. Ou un dossier d’un compartiment de la configuration, comme s3://archive/films : rien n’y est écrit.
admin-folder-empty = Aucun film vu ici pour l’instant.
admin-gone-yes = Oui, ils ont disparu
admin-gone-question =
    { $gone ->
        [one] Un film a-t-il
       *[other] { $gone } films ont-ils
    } vraiment disparu ? Ce qui a disparu ne peut être regardé jusqu’à son retour ; rien n’est supprimé.
admin-use-file = L’utiliser pour « { $title } »
admin-use-file-question = Ce fichier est-il « { $title } » ? Il sera lu à la place du fichier que le titre possède, avec la même autorisation.
admin-use-size = L’utiliser comme autre taille
admin-use-size-question = Ce fichier est-il « { $title } » dans une autre taille ? Le film garde son fichier et son son ; l’image de celui-ci est lue quand elle convient mieux à l’écran ou à la connexion, avec la même autorisation.
admin-n-files =
    { $n ->
        [0] Aucun fichier
        [one] Un fichier
       *[other] { $n } fichiers
    }
admin-n-more-files =
    { $n ->
        [one] Un autre fichier n’est pas affiché.
       *[other] { $n } autres fichiers ne sont pas affichés.
    }
admin-arriving = En arrivée
admin-queued = En file
admin-reading = En lecture
admin-still-since = Dernier changement constaté { $ago }
admin-disk-away = Son disque est absent. La lecture reprendra au retour du disque.
admin-refused = Refusé
admin-progress = Progression
admin-step = Étape { $n } sur { $total }
admin-send-file = Envoyer un fichier
admin-send-label = Film, épisode, sous-titres ou affiche
admin-send-hint = Ou déposez des fichiers ici. Un fichier est considéré comme reçu une fois sur le disque.
admin-send-button = Envoyer
admin-sending = Envoi
admin-send-failed = Le fichier n’est pas arrivé. Vérifiez la connexion et renvoyez-le.
admin-received = { $name } est reçu ({ $size }).
admin-remove-folder = Ne plus observer ce dossier
admin-remove-folder-text = Rien n’est supprimé : ses fichiers restent où ils sont et ses titres au catalogue. Les nouveaux fichiers ne sont plus pris en compte.
admin-remove-folder-question = Ne plus observer « { $name } » ? Rien n’est supprimé.
admin-remove-folder-yes = Ne plus observer

## Tâches
admin-job = Tâche
admin-job-ingest = Prise en compte
admin-made = Créée
admin-running = En cours
admin-done = Terminée
admin-failed = Échouée
admin-failed-before = Échouée auparavant
admin-failed-moot = Échouée, fichier disparu
admin-dismissed = Écartée
admin-cancelled = Arrêtée
admin-jobs-running = en cours
admin-jobs-queued = en attente
admin-jobs-failed =
    { $n ->
        [one] échouée
       *[other] échouées
    }
admin-jobs-none = Rien à faire
admin-jobs-none-text = Les tâches apparaissent ici quand des fichiers arrivent.
admin-jobs-counted = { $first } à { $last } sur { $all }
admin-retry = Réessayer
admin-dismiss = Écarter
admin-stop = Arrêter
admin-next-try = { $why } Nouvel essai dans { $n } s.
admin-ago-seconds = il y a { $n } s
admin-ago-minutes = il y a { $n } min
admin-ago-hours = il y a { $n } h

## Lectures
admin-plays-note = Qui regarde quoi n’est pas montré ici : l’historique appartient au spectateur.
admin-plays-none = Personne ne regarde
admin-plays-none-text = Les lectures apparaissent ici dès qu’elles commencent.
admin-device = Appareil
admin-since = Depuis
admin-last-beat = Dernier signe de vie
admin-stop-question = Arrêter cette lecture ? L’écran s’éteint en moins d’une minute.
admin-stop-yes = Arrêter la lecture

## Pages légales
admin-pages-note = Tout service doit en avoir. Tant que vous n’avez pas rédigé les vôtres, un modèle qui le précise est affiché.
admin-page = Page
admin-language = Langue
admin-write = Rédiger
admin-written-on = Rédigée le { $date }
admin-template-only = Modèle seulement
admin-page-in = { $page } : { $language }
admin-page-note = Texte simple. Une ligne commençant par « ## » est un titre, par « - » une liste ; laissez une ligne vide entre les paragraphes.
admin-page-title = Titre
admin-page-body = Texte
admin-save-page = Publier

## Personnes
admin-people-note = Un programmateur s’occupe des titres, des dossiers et des tâches. Un propriétaire s’occupe aussi des droits, des bons, des pages et des personnes.
admin-person = Personne
admin-role = Rôle
admin-role-viewer = Spectateur
admin-role-programmer = Programmateur
admin-role-owner = Propriétaire
admin-role-of = Rôle de { $email }
admin-role-question = Changer le rôle de { $email } ?
admin-role-yes = Changer le rôle
admin-since-date = Depuis le { $date }
admin-active = Actif
admin-closed = Fermé
admin-close-account = Fermer
admin-open-account = Rouvrir
admin-close-question = Fermer le compte de { $email } ? Il est déconnecté partout et ses lectures s’arrêtent.
admin-close-yes = Fermer le compte

## Le journal
admin-events-note = Ce qu’ont fait l’équipe et le programme. On ne fait qu’y ajouter.
admin-events-none = Il ne s’est encore rien passé.
admin-program = Cineclub
admin-somebody = Quelqu’un
admin-event-title-text = a modifié les textes de
admin-event-title-held = a retenu
admin-event-title-released = a levé la retenue de
admin-event-licence-claimed = a trouvé une licence affirmée à côté de
admin-event-asset-ingested = a pris en compte un fichier
admin-event-asset-attached = a dit de quel film est un fichier
admin-event-asset-sized = a dit d’un fichier qu’il est une autre taille d’un film
admin-event-grant-entered = a saisi le droit
admin-event-grant-changed = a modifié le droit
admin-event-grant-ended = a interrompu le droit
admin-event-voucher-created = a créé un bon
admin-event-voucher-stopped = a arrêté un bon
admin-event-folder-added = a ajouté un dossier
admin-event-folder-removed = a cessé d’observer un dossier
admin-event-folder-conceded = a dit que des films ont disparu d’un dossier
admin-event-page-written = a rédigé la page
admin-event-account-role = a changé le rôle de
admin-event-account-closed = a fermé le compte de
admin-event-account-opened = a rouvert le compte de
admin-event-account-password = a donné un nouveau mot de passe à
admin-event-play-stopped = a arrêté une lecture de
admin-event-job-retried = a relancé une tâche
admin-event-job-cancelled = a arrêté une tâche
admin-event-job-dismissed = a écarté une tâche échouée
admin-event-other = a fait { $action }

## Réponses
admin-done-text = Les textes sont enregistrés.
admin-done-hold = Le titre est retiré.
admin-done-lift = La retenue est levée.
admin-done-lift-already = La retenue était déjà levée. Rien n’a changé.
admin-done-grant = Le droit est enregistré.
admin-done-end = Le droit est interrompu. Ses titres disparaissent, et les lectures qui en dépendent s’arrêtent en moins d’une minute.
admin-done-end-already = Le droit était déjà terminé. Rien n’a changé.
admin-done-folder = « { $what } » est désormais observé.
admin-done-scan = Le dossier a été parcouru.
admin-done-remove = Le dossier n’est plus observé. Rien n’a été supprimé.
admin-done-gone = Ce qui a disparu est marqué absent. La lecture reprendra au retour des fichiers.
admin-done-attach = Le fichier est utilisé à partir de maintenant.
admin-done-size = Le film peut être lu dans une autre taille à partir de maintenant.
admin-done-send = { $what } reçu.
admin-done-send-none = Aucun fichier n’a été choisi.
admin-done-retry = La tâche est de nouveau en file.
admin-done-retry-not = Cette tâche ne peut pas être relancée : elle est en cours, terminée ou déjà en file.
admin-done-cancel = La tâche est arrêtée.
admin-done-cancel-not = La tâche était finie avant de pouvoir être arrêtée.
admin-done-dismiss = L’échec est écarté. La tâche peut encore être relancée.
admin-done-dismiss-not = Seule une tâche échouée peut être écartée, et celle-ci n’attend plus personne.
admin-done-play = La lecture est arrêtée.
admin-done-play-already = La lecture était déjà finie.
admin-done-voucher = Le bon est arrêté. Son code ne peut plus être utilisé.
admin-done-voucher-made = Ce bon a déjà été créé, et son code ne s’affiche qu’une fois. Si vous ne l’avez pas noté, arrêtez le bon et créez-en un autre.
admin-done-voucher-already = Le bon était déjà arrêté. Rien n’a changé.
admin-done-page = La page est publiée.
admin-done-role = Le rôle est changé.
admin-done-close = Le compte est fermé.
admin-done-open = Le compte est rouvert.

## Ce qui ne va pas dans un formulaire
admin-error-stale = Quelqu’un a modifié ceci pendant que vous écriviez. Votre saisie est encore là ; rouvrez la page pour voir son état actuel.
admin-error-too-long = Ce texte est trop long.
admin-error-date = Ce n’est pas une date. Écrivez année-mois-jour.
admin-error-past = Ce jour est passé.
admin-error-number = Ce nombre ne convient pas ici.
admin-error-between = Donnez un nombre entier de 1 à { $most }.
admin-error-territory = « { $code } » n’est pas un code de pays. Utilisez deux lettres, comme FR, GB (et non UK) ou US.
admin-error-language = « { $code } » n’est pas un code de langue. Utilisez par exemple fr, en ou pt-BR.
admin-error-zone = Ce n’est pas un fuseau horaire. Utilisez un nom comme Europe/Paris.
admin-error-window-empty = La fenêtre se ferme avant de s’ouvrir.
admin-error-window-end = Donnez le jour de la fin, ou choisissez « Sans fin ».
admin-error-window-open = Un jour est indiqué et « Sans fin » est choisi. Choisissez comment le jour compte, ou effacez-le.
admin-error-url = Une adresse commence par https:// ou http://.
admin-error-licence = Choisissez une licence.
admin-error-licence-forbids = { $licence } interdit de faire payer l’accès à l’œuvre : seule l’offre « Gratuit » est possible.
admin-error-attribution = { $licence } exige une ligne qui nomme l’auteur.
admin-error-evidence = Conservez le texte de la déclaration comme preuve.
admin-error-licensor = Dites qui l’accorde.
admin-error-title = Cochez au moins un titre.
admin-error-offer = Cochez au moins une offre.
admin-error-plan = Choisissez une formule.
admin-error-path = Donnez le chemin du dossier.
admin-error-role = Ce rôle n’existe pas.
admin-error-hold-reason = Dites pourquoi le titre est retenu.
admin-error-page-empty = Une page doit avoir un titre et un texte.
admin-error-last-owner = Le service a besoin d’un propriétaire. Nommez d’abord quelqu’un d’autre.
error-hold-reason = Dites pourquoi le titre est retenu.
error-hold-over = La retenue serait finie avant d’avoir commencé.
error-name-missing = Un titre doit avoir un nom.
error-text-long = Ce texte est trop long.
error-voucher-empty = Un bon doit donner au moins un jour et une utilisation.
error-grant-ended = Ce droit est terminé. Saisissez-en un nouveau.
error-title-unknown = L’un des titres n’existe plus.
error-gone-unclear = Rien n’a été conclu : d’autres films ont disparu, ou le dossier ne peut être lu en entier. Regardez-le de nouveau.
error-file-settled = Ce fichier n’attend plus de décision. Regardez de nouveau le dossier.
error-upload-broken = L’envoi s’est interrompu. Renvoyez le fichier.
error-last-owner = Le service se retrouverait sans propriétaire.
