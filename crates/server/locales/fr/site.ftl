# Ce que lisent les spectateurs.

## Partout
skip = Aller au contenu
dismiss = Fermer
optional = (facultatif)
save = Enregistrer
details = Détails
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
moment = { $date } à { $time }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
length-hours = { $hours } h { $minutes } min
length-minutes = { $minutes } min
length-minutes-seconds = { $minutes } min { $seconds } s
length-seconds = { $seconds } s
language = Langue
language-own-name = Français
language-change = Changer
language-unknown = Langue non précisée

## En-tête, menu, pied de page
nav-main = Navigation principale
nav-home = Accueil
nav-films = Films
nav-series = Séries
menu-account = Votre compte
menu-admin = Gérer le service
account = Compte
search = Rechercher
search-placeholder = Un film, une série
sign-in = Se connecter
sign-up = S’inscrire
sign-out = Se déconnecter
footer-note = Chaque film est montré ici avec le droit de l’être. Sa licence figure sur sa page.

## Page de présentation
landing-name = Le cinéma, choisi à la main
landing-title = Le cinéma, choisi à la main.
landing-lead = Une petite collection de films et de séries, chacun montré avec le droit de l’être. Regardez sur l’écran de votre choix, arrêtez quand vous voulez, reprenez où vous en étiez.
landing-voucher = J’ai un code
landing-how = Comment ça marche
row-showing-now = À l’affiche
promise-plan = Une seule formule
promise-plan-text = Toute la collection, à un seul prix. Pas de publicité, et rien ne vous suit à la trace.
promise-place = Votre place, gardée
promise-place-text = Commencez dans le train, finissez à la maison : partout où vous vous connectez, le film reprend où vous en étiez. Chaque navigateur garde les langues et les sous-titres que vous y avez choisis.
promise-rights = Des droits au grand jour
promise-rights-text = Chaque page dit qui a accordé le film et sous quelle licence il est montré. Quand le droit prend fin, la diffusion aussi.
offer-days = { $days ->
    [one] Un jour avec un code
   *[other] { $days } jours avec un code
}
offer-screens = { $n ->
    [one] Un écran à la fois.
   *[other] { $n } écrans à la fois.
}
offer-height = Image jusqu’à { $height }p.
offer-ends = L’accès s’arrête de lui-même : rien ne se renouvelle sans que vous le demandiez.

## Connexion et inscription
email = Adresse e-mail
password = Mot de passe
password-show = Afficher
password-hide = Masquer
password-hint = Au moins 8 caractères. Quelques mots mis bout à bout se retiennent bien et se devinent mal.
territory = Pays ou région
territory-none = Je préfère ne pas le dire
territory-hint = Les films sont accordés pays par pays. Sans cette indication, vous voyez ce qui peut être montré partout.
voucher-code = Code
sign-in-title = Bon retour
sign-in-intro = Connectez-vous pour reprendre.
sign-in-new = Première visite ?
sign-up-title = Créer un compte
sign-up-intro = Une adresse e-mail et un mot de passe suffisent.
sign-up-known = Vous avez déjà un compte ?
terms-accept-before = J’accepte les
terms-accept-terms = conditions d’utilisation
terms-accept-between = et j’ai lu la
terms-accept-privacy = notice sur les données personnelles
welcome-title = Prenez possession de ce service
welcome-intro = Ce service est tout neuf et n’a pas encore de propriétaire. La personne qui l’a démarré peut lire un code sur la machine.
welcome-code = Code affiché sur la machine
welcome-code-hint = Il se trouve dans le terminal où le service a été démarré, et reste valable un jour.
welcome-button = Devenir propriétaire
welcome-other = Le propriétaire décide de ce qui est montré, à quelles conditions, et de qui l’aide.
redeem-title = Utiliser un code
redeem-intro = Saisissez le code tel qu’il vous a été donné. Tirets et espaces sont sans importance.
redeem-button = Utiliser
redeem-other = Un code ajoute ses jours à ceux que vous avez déjà. Aucune carte n’est demandée, et rien ne se renouvelle tout seul.

## Accueil et rangées
row-continue = Reprendre
row-added = Ajoutés récemment
row-more = Dans le même esprit
row-instead = À voir à la place
row-back = Reculer dans { $row }
row-on = Avancer dans { $row }
hero-more = En savoir plus
home-empty = Rien à l’affiche pour l’instant
home-empty-text = Un titre paraît ici dès qu’il y a un film et le droit de le montrer là où vous êtes.
resume-left = encore { $length }
resume-next = à suivre
watched = Déjà vu
count-seasons = { $n ->
    [one] { $n } saison
   *[other] { $n } saisons
}
count-episodes = { $n ->
    [one] { $n } épisode
   *[other] { $n } épisodes
}
season = Saison { $n }
seasons = Saisons
episode-place = Saison { $season }, épisode { $episode }
episode-place-short = S{ $season } É{ $episode }

## Titre et lecteur
play = Lire
play-episode = Lire { $place }
resume = Reprendre
resume-episode = Reprendre { $place }
start-over = Depuis le début
money-symbol = { $amount } { $symbol }
away = Indisponible pour le moment
age-all = Tous publics
fact-licensor = Avec l’autorisation de
fact-original-language = Langue d’origine
fact-sound = Son
fact-subtitles = Sous-titres
fact-picture = Image
fact-picture-size = { $size }, { $rate } images par seconde
fact-shown-until = Dernier jour
fact-no-end = Aucun de prévu
sound-mono = mono
sound-stereo = stéréo
track-sdh = { $language } pour sourds et malentendants
track-forced = { $language }, dialogues étrangers seulement
track-description = { $language } avec audiodescription
track-dub = { $language } (version doublée)
track-commentary = { $language } (commentaire)
licence-read = Lire la licence
licence-contract = Tous droits réservés
licence-public-domain = Domaine public
licence-cc0 = Versé au domaine public, CC0 1.0
licence-cc-by-3 = Creative Commons Attribution 3.0
licence-cc-by-4 = Creative Commons Attribution 4.0
licence-cc-by-sa-4 = Creative Commons Attribution – Partage dans les mêmes conditions 4.0
licence-cc-by-nd-4 = Creative Commons Attribution – Pas de modification 4.0
licence-cc-by-nc-4 = Creative Commons Attribution – Pas d’utilisation commerciale 4.0
player-noscript = Le lecteur a besoin de JavaScript. Activez-le pour ce site, puis rechargez la page.
player-late = Le lecteur n’a pas démarré. Rechargez la page ou essayez un autre navigateur.
player-back = Retour au titre
genre-abstract = Abstrait
genre-action = Action
genre-adventure = Aventure
genre-animation = Animation
genre-biography = Biographie
genre-city = Ville
genre-comedy = Comédie
genre-crime = Policier
genre-design = Design
genre-documentary = Documentaire
genre-drama = Drame
genre-experimental = Expérimental
genre-family = Jeune public
genre-fantasy = Fantastique
genre-history = Histoire
genre-horror = Épouvante
genre-music = Musique
genre-mystery = Énigme
genre-nature = Nature
genre-romance = Romance
genre-science = Science
genre-science-fiction = Science-fiction
genre-short = Court métrage
genre-space = Espace
genre-thriller = Thriller
genre-travel = Voyage
genre-war = Guerre
genre-western = Western

## Recherche
search-found = { $n ->
    [one] { $n } titre pour « { $question } »
   *[other] { $n } titres pour « { $question } »
}
search-nothing = Rien ici sous ce nom
search-nothing-text = Essayez avec moins de lettres, ou avec le titre dans sa langue d’origine.
search-everything = Voir toute la collection
search-pages = Pages de résultats
pager-before = Précédente
pager-after = Suivante
pager-place = Page { $number } sur { $pages }

## Compte
account-you = Vous
plan-yours = Votre formule
plan-none = Vous n’avez pas de formule en ce moment. Un code ouvre aussitôt la collection.
plan-until = Jusqu’au
plan-screens = Écrans à la fois
plan-picture = Image
plan-picture-up-to = Jusqu’à { $height }p
plan-picture-any = Aussi belle que le film
plan-renews = Renouvellement
plan-renews-no = Non. L’accès s’arrête de lui-même.
password-change = Changer de mot de passe
password-current = Mot de passe actuel
password-new = Nouveau mot de passe
password-change-note = Tous les autres appareils sont déconnectés, et leurs lectures s’arrêtent. Ici, vous restez connecté.
password-kept = Votre mot de passe n’a pas changé.
devices = Où vous êtes connecté
device-this = Cet appareil
device-here = Ici
device-unknown = Un navigateur
device-seen = Vu pour la dernière fois le { $when }
device-sign-out = Se déconnecter de { $device }
sign-out-everywhere = Se déconnecter partout
sign-out-everywhere-question = Se déconnecter sur tous les appareils, celui-ci compris ? Toute lecture en cours s’arrête.
sign-out-everywhere-no = Rester connecté

## Pages légales
legal-pages = Pages légales
legal-terms = Conditions d’utilisation
legal-privacy = Données personnelles
legal-imprint = Mentions légales
legal-cancellation = Résilier un abonnement
legal-since = En vigueur depuis le { $date }
legal-other-language = Cette page n’existe que dans une langue : { $language }.
legal-template = Ce texte est un modèle, et les mots [entre crochets] manquent. La personne qui exploite ce service ne l’a pas encore complété.

## Ce qui vient d’être fait
done-signed-out = Vous êtes déconnecté.
done-signed-out-everywhere = Vous êtes déconnecté partout.
done-device-signed-out = Cet appareil est déconnecté.
done-signed-up = Votre compte est créé. Un code ouvre la collection.
done-signed-up-redeemed = Votre compte est créé et la collection vous est ouverte. Bonne séance.
done-signed-up-voucher-refused = Votre compte est créé, mais le code a été refusé. { $what }
done-signed-up-voucher-failed = Votre compte est créé, mais le code n’a pas pu être utilisé à l’instant. Cela vient de nous et non du code : saisissez-le de nouveau dans un moment.
done-redeemed = Code accepté. Vous pouvez regarder jusqu’au { $what }.
done-password = Votre mot de passe est changé. Tous les autres appareils sont déconnectés.
done-preferences = C’est enregistré.
done-welcome = Le service est à vous. Commencez par un dossier de films, et une autorisation pour les montrer.
