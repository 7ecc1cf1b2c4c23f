//! What viewers see: landing, signing in, home, titles, player, search, account, legal pages.

pub mod account;
pub mod cards;
pub mod facts;
pub mod gate;
pub mod home;
pub mod landing;
pub mod language;
pub mod legal;
pub mod redeem;
pub mod search;
pub mod series;
pub mod title;
pub mod watch;
pub mod watching;
pub mod welcome;

use crate::http::policy::{Policy, Routes};

/// The viewers' routes.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/", Policy::Public, landing::show)
        .get("/sign-up", Policy::Public, gate::sign_up_form)
        .post("/sign-up", Policy::Public, gate::sign_up)
        .get("/sign-in", Policy::Public, gate::sign_in_form)
        .post("/sign-in", Policy::Public, gate::sign_in)
        .post("/sign-out", Policy::Member, gate::sign_out)
        .get("/welcome", Policy::Public, welcome::form)
        .post("/welcome", Policy::Public, welcome::claim)
        .get("/home", Policy::Member, home::show)
        .get("/title/{slug}", Policy::Public, title::show)
        .get("/watch/{slug}", Policy::Member, watch::show)
        .get("/search", Policy::Public, search::show)
        .get("/account", Policy::Member, account::show)
        .post("/account", Policy::Member, account::save)
        .post(
            "/account/sessions/end",
            Policy::Member,
            account::end_session,
        )
        .post(
            "/account/sessions/end-all",
            Policy::Member,
            account::end_all,
        )
        .post("/account/password", Policy::Member, account::set_password)
        .get("/redeem", Policy::Member, redeem::form)
        .post("/redeem", Policy::Member, redeem::redeem)
        .get("/legal/{page}", Policy::Public, legal::show)
        .post("/language", Policy::Public, language::choose)
        .get("/robots.txt", Policy::Public, landing::robots)
}
