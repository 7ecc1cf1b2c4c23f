//! The sentences of the API in the languages of the pages. The faces don't share a module, so the few
//! that a player can meet stand here.

use cineclub_domain::reason::Fact;

use crate::error::Error;
use crate::translations::PageLanguage;

/// A fixed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// The heading of a refusal.
    CantPlay,
    /// The heading when every slot is taken.
    TooMany,
    /// What to do about that.
    TooManyDetail,
    /// Leads to where a code is redeemed.
    Redeem,
    /// Leads to the sign-in.
    SignIn,
    /// Leads to the home page.
    Home,
}

/// A fixed text in a language.
pub(super) fn get(language: PageLanguage, text: Text) -> &'static str {
    let (english, french) = match text {
        Text::CantPlay => (
            "This can’t play right now",
            "Lecture impossible pour le moment",
        ),
        Text::TooMany => ("Too many screens at once", "Trop d’écrans à la fois"),
        Text::TooManyDetail => (
            "Your plan is in use on as many screens as it allows. Stop one of them to watch here.",
            "Votre abonnement est utilisé sur autant d’écrans qu’il le permet. Arrêtez-en un pour regarder ici.",
        ),
        Text::Redeem => ("Redeem a code", "Utiliser un code"),
        Text::SignIn => ("Sign in", "Se connecter"),
        Text::Home => ("See what is on", "Voir le programme"),
    };
    choose(language, english, french)
}

/// What the button says that stops another device.
pub(super) fn stop(language: PageLanguage, device: &str) -> String {
    choose(language, "Stop: ", "Arrêter\u{a0}: ").to_owned() + device
}

/// The sentence of a failure. One without a translation is told in English rather than not at all.
pub(super) fn sentence(language: PageLanguage, error: &Error) -> String {
    let fact = |name: &str| {
        error
            .facts
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| match value {
                Fact::Text(text) => text.as_str(),
                _ => "",
            })
    };
    let french = match (language, error.key) {
        (PageLanguage::En, _) | (PageLanguage::Fr, None) => None,
        (PageLanguage::Fr, Some(key)) => french(key),
    };
    french.map_or_else(
        || error.message.clone(),
        |text| {
            text.replace("{date}", fact("date"))
                .replace("{age}", fact("age"))
        },
    )
}

fn french(key: &str) -> Option<&'static str> {
    Some(match key {
        "error-not-found" => "Il n’y a rien à cette adresse.",
        "error-internal" => "Une erreur s’est produite de notre côté. Réessayez dans un instant.",
        "error-unavailable" => "Le service est occupé. Réessayez dans un instant.",
        "error-sign-in-first" => "Connectez-vous d’abord.",
        "error-territory" => "Nous n’avons pas le droit de montrer ce titre là où vous êtes.",
        "error-territory-from" => {
            "Nous pourrons montrer ce titre là où vous êtes à partir du {date}."
        }
        "error-ended" => "Ce titre a quitté le catalogue.",
        "error-held" => "Ce titre n’est pas disponible pour le moment.",
        "error-age" => "Ce titre s’adresse aux personnes de {age} ans et plus.",
        "error-protection" => {
            "L’ayant droit demande une protection que ce service n’offre pas encore."
        }
        "error-languages" => "Aucune des langues de ce film ne peut être diffusée ici.",
        "error-height" => "Votre abonnement ne comprend pas la taille d’image de ce film.",
        "error-no-subscription" => {
            "Ce titre est réservé aux abonnés. Abonnez-vous ou utilisez un code pour le regarder."
        }
        "error-offer" => "Ce titre ne peut pas encore être loué ou acheté ici.",
        "error-not-playable" => "Ce film ne peut pas être lu pour le moment. Réessayez plus tard.",
        "error-play-withdrawn" => {
            "L’autorisation de lire ce titre a été retirée. Revenez en arrière pour voir le programme."
        }
        "error-play-expired" => "Ce lien de lecture a expiré. Appuyez sur lecture pour continuer.",
        "error-play-stale" => {
            "La lecture reprendra quand les autorisations pourront être vérifiées. Réessayez dans un instant."
        }
        "error-play-closed" => "Cette lecture est terminée. Appuyez sur lecture pour continuer.",
        "error-play-replaced" => {
            "La lecture s’est arrêtée ici parce que votre compte regarde ailleurs."
        }
        "error-play-lost" => {
            "La connexion a été perdue trop longtemps. Appuyez sur lecture pour continuer."
        }
        _ => return None,
    })
}

fn choose<'t>(language: PageLanguage, english: &'t str, french: &'t str) -> &'t str {
    match language {
        PageLanguage::En => english,
        PageLanguage::Fr => french,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::refusal;
    use cineclub_domain::decide::Denial;
    use cineclub_domain::grant::Protection;
    use cineclub_domain::time::Timestamp;
    use jiff::tz::TimeZone;

    #[test]
    fn every_denial_a_player_can_meet_has_its_french_sentence() {
        let at = Timestamp::from_millis(0);
        for denial in [
            Denial::NoGrant,
            Denial::NotYet(at),
            Denial::Territory(None),
            Denial::Territory(Some(at)),
            Denial::Ended(at),
            Denial::Held,
            Denial::Age(16),
            Denial::Protection(Protection::Encrypted),
            Denial::Languages,
            Denial::Height(2160),
            Denial::NoSubscription,
            Denial::Offer,
        ] {
            let error = refusal::sentence(denial, &TimeZone::UTC);
            let told = sentence(PageLanguage::Fr, &error);
            assert_ne!(told, error.message, "{denial:?}");
            assert!(!told.contains('{'), "{told}");
            assert_eq!(sentence(PageLanguage::En, &error), error.message);
        }
        let age = sentence(
            PageLanguage::Fr,
            &refusal::sentence(Denial::Age(16), &TimeZone::UTC),
        );
        assert!(age.contains("16"), "{age}");
    }
}
