# Ce qu’on dit quand quelque chose est refusé ou échoue.

## Titres des pages d’erreur
problem-not-found = Il n’y a pas de page ici.
problem-gone = Ce titre a quitté la collection.
problem-gone-named = « { $name } » a quitté la collection.
problem-territory = Pas montré là où vous êtes.
problem-payment = Il faut une formule pour ce titre.
problem-forbidden = Ceci ne vous est pas ouvert.
problem-sign-in = Connectez-vous d’abord.
problem-too-many = Pas si vite.
problem-too-large = C’est trop d’un coup.
problem-refused = Cela n’a pas marché.
problem-unavailable = Pas pour le moment.
problem-internal = Quelque chose s’est cassé de notre côté.
problem-go-home = Aller à la collection
problem-go-front = Aller à la page de présentation
problem-go-account = Voir votre compte
problem-retry = Réessayer

## Phrases
error-not-found = L’adresse est peut-être mal saisie, ou la page a changé de place.
error-internal = C’est noté. Réessayer dans un instant suffit souvent.
error-unavailable = Le service est très demandé. Réessayez dans un instant.
error-cross-site = Ce formulaire venait d’un autre site : il n’a pas été suivi d’effet.
error-around-the-proxy = Ce service se trouve à l’adresse { $address }. Ouvrez-le là.
error-sign-in-first = Connectez-vous pour faire cela.
error-form-unreadable = Ce formulaire n’a pas pu être lu. Revenez en arrière et réessayez.
error-method = Cette adresse n’accepte pas ce genre de demande.
error-too-large = C’est plus que ce qui est accepté ici.
error-terms = Acceptez les conditions d’utilisation pour créer un compte.
error-wrong-password = Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez.
error-too-many-sign-ins = Trop d’essais manqués. Attendez un quart d’heure, puis réessayez.
error-too-many-sign-ups = Beaucoup de comptes viennent d’être créés d’ici. Attendez un quart d’heure, puis réessayez.
error-not-an-address = Ce n’est pas une adresse e-mail. Une adresse ressemble à nom@exemple.org.
error-address-taken = Cette adresse a déjà un compte. Connectez-vous plutôt.
error-password-short = Un mot de passe compte au moins 8 caractères.
error-password-long = Ce mot de passe est trop long.
error-password-common = Ce mot de passe est parmi les premiers qu’on essaie. Choisissez-en un autre.
error-current-password = Ce n’est pas votre mot de passe actuel.
error-host-code = Ce n’est pas le code affiché sur la machine, ou il a déjà servi.
error-voucher-unknown = Ce code n’est pas de chez nous. Vérifiez-le lettre par lettre.
error-voucher-expired = Ce code n’est plus valable.
error-voucher-used = Ce code a déjà été utilisé par quelqu’un d’autre.
error-voucher-stopped = Ce code a été retiré. Demandez-en un autre à la personne qui vous l’a donné.
error-voucher-already = Vous avez déjà utilisé ce code.
error-territory = Nous n’avons pas le droit de montrer ce titre là où vous êtes.
error-territory-from = Nous n’avons pas encore le droit de montrer ce titre là où vous êtes. Il commence le { $date }.
error-ended = Notre droit de montrer ce titre a pris fin le { $date }. Votre place y est gardée, au cas où il reviendrait.
error-held = Ce titre n’est pas disponible pour le moment.
error-age = Ce titre est pour les personnes de { $age } ans et plus.
error-languages = Aucune des langues de ce film ne peut être diffusée là où vous êtes.
error-height = L’image de ce film est plus grande que ne le permettent ses droits ou votre formule.
error-device = Cet écran ne lit pas le format { $codec } de ce film. Essayez un autre navigateur ou un autre écran.
error-encryption = Ce film ne peut être diffusé que chiffré, et son format { $codec } ne peut pas l’être.
error-device-encryption = Ce film est envoyé chiffré, ce que cet écran ne lit pas. Essayez un autre navigateur ou un autre écran.
error-no-subscription = Ce titre est réservé aux membres. Un code ouvre aussitôt toute la collection.
error-offer = Ce titre ne peut pas encore être loué ni acheté ici.
error-no-film = Il n’y a pas encore de film à lire ici.
error-not-playable = La lecture est impossible pour le moment. Réessayez plus tard.
error-no-account = Aucun compte n’a cette adresse.
error-play-withdrawn = L’autorisation de lire ce titre a été retirée. Revenez en arrière pour voir le programme.
error-play-expired = Ce lien de lecture a expiré. Appuyez sur lecture pour continuer.
error-play-stale = La lecture reprendra quand les autorisations pourront être vérifiées. Réessayez dans un instant.
error-play-closed = Cette lecture est terminée. Appuyez sur lecture pour continuer.
error-play-replaced = La lecture s’est arrêtée ici parce que votre compte regarde ailleurs.
error-play-lost = La connexion a été perdue trop longtemps. Appuyez sur lecture pour continuer.

## Refus de lecture
play-refused = Lecture impossible pour le moment
play-stopped = La lecture s’est arrêtée
play-too-many = Trop d’écrans à la fois
play-too-many-text = Votre formule est utilisée sur autant d’écrans qu’elle le permet. Arrêtez-en un pour regarder ici.
play-stop-device = Arrêter « { $name } » sur { $device }, depuis { $time }
play-see-programme = Voir le programme
