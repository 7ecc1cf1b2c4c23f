//! Who may come in, and in which language.

use super::*;

#[tokio::test]
async fn every_page_opens_for_those_it_is_for_and_is_not_there_for_others() {
    let Staff {
        server,
        owner,
        programmer,
        viewer,
    } = staff().await;
    let film = server.film("orbits").await;
    let grant = server.grant(&[film]).await;
    let of_grant = format!("/admin/grants/{}", grant.id);
    let for_programmers = [
        "/admin",
        "/admin/titles",
        "/admin/titles?q=orb&state=shown&kind=film&page=1",
        "/admin/titles/orbits",
        "/admin/folders",
        "/admin/jobs",
        "/admin/jobs/live",
        "/admin/plays",
        "/admin/plays/live",
    ];
    let for_owners = [
        "/admin/grants",
        "/admin/grants/new",
        "/admin/grants/new?title=orbits",
        of_grant.as_str(),
        "/admin/vouchers",
        "/admin/pages",
        "/admin/pages/terms/fr",
        "/admin/people",
        "/admin/events",
    ];
    for path in for_programmers.iter().chain(&for_owners) {
        let reply = owner.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let text = reply.text().replace("/assets/admin-", "");
        assert!(
            !text.contains("admin-"),
            "{path} shows a key instead of words: {}",
            around(&text, "admin-")
        );
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(
            viewer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path} for a viewer"
        );
        assert_eq!(
            server.visitor().get(path).await.status,
            StatusCode::SEE_OTHER,
            "{path} for a stranger"
        );
    }
    for path in for_programmers {
        assert_eq!(
            programmer.get(path).await.status,
            StatusCode::OK,
            "{path} for a programmer"
        );
    }
    for path in for_owners {
        assert_eq!(
            programmer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path} for a programmer"
        );
    }
    for path in [
        "/admin/titles/none",
        "/admin/grants/x",
        "/admin/folders/x",
        "/admin/pages/none/en",
        "/admin/pages/terms/de",
    ] {
        assert_eq!(
            owner.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    server.stop().await;
}

fn around<'t>(text: &'t str, what: &str) -> &'t str {
    let at = text.find(what).unwrap_or_default();
    text.get(at..(at + 60).min(text.len())).unwrap_or_default()
}

#[tokio::test]
async fn pages_are_in_french_for_those_who_read_it() {
    let Staff {
        server, mut owner, ..
    } = staff().await;
    server.film("orbits").await;
    owner.cookie = owner.cookie.map(|cookie| format!("{cookie}; language=fr"));
    for (path, word) in [
        ("/admin", "Vue d’ensemble"),
        ("/admin/titles", "Sans droit"),
        ("/admin/titles/orbits", "Aucun droit ne le nomme"),
        ("/admin/grants/new", "Concédant"),
        ("/admin/vouchers", "Créer un bon"),
        ("/admin/folders", "Ajouter un dossier"),
        ("/admin/jobs", "Rien à faire"),
        ("/admin/plays", "Personne ne regarde"),
        ("/admin/pages", "Modèle seulement"),
        ("/admin/people", "Propriétaire"),
        ("/admin/events", "Journal"),
    ] {
        let text = owner.get(path).await.text();
        assert!(text.contains(word), "{path} does not say {word}");
        assert!(text.contains("<html lang=\"fr\">"), "{path}");
    }
    server.stop().await;
}
