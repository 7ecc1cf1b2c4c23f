//! Somebody with thirty days who presses play, at the services' own door.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use cineclub_db::assets::Asset;
use cineclub_domain::account::{Account, Role};
use cineclub_domain::decide::Screen;
use cineclub_domain::id::TitleId;
use cineclub_server::accounts::password::Secret;
use cineclub_server::accounts::{self, NewAccount, SignedIn, staff};
use cineclub_server::billing::{self, Provider};
use cineclub_server::delivery::plays::{self, Answer, Asker};
use cineclub_server::error::Result;
use cineclub_server::http::listen::Peer;
use cineclub_server::{App, delivery, http, rights};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::granted::grant_of;

/// A signed-in member.
pub struct Viewer {
    app: App,
    pub signed: SignedIn,
}

impl Viewer {
    /// One with a role and thirty days.
    pub async fn new(app: &App, email: &str, role: Role) -> Self {
        delivery::learn_all(app).await.unwrap();
        let new = NewAccount {
            email: email.to_owned(),
            password: Secret::new("a long enough password".to_owned()),
            language: "en".parse().unwrap(),
            territory: "FR".parse().ok(),
        };
        let account = accounts::sign_up(app, new).await.unwrap();
        if role != Role::Viewer {
            staff::set_role(app, None, account.id, role).await.unwrap();
        }
        subscribe(app, &account).await;
        let signed = accounts::open_session(app, account, "test").await.unwrap();
        Self {
            app: app.clone(),
            signed,
        }
    }

    pub fn account(&self) -> &Account {
        &self.signed.account
    }

    /// What a page says.
    pub async fn get(&self, path: &str) -> String {
        self.get_in("en", path).await
    }

    /// What a page says in a language.
    pub async fn get_in(&self, language: &str, path: &str) -> String {
        self.send("GET", path, language).await.1
    }

    /// Presses a button.
    pub async fn post(&self, path: &str) -> StatusCode {
        self.send("POST", path, "en").await.0
    }

    async fn send(&self, method: &str, path: &str, language: &str) -> (StatusCode, String) {
        let cookies = format!("session={}; language={language}", self.signed.token);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookies)
            .body(Body::empty())
            .unwrap();
        let peer = Peer(([127, 0, 0, 1], 40_000).into());
        request.extensions_mut().insert(peer);
        let (router, _) = http::router(&self.app);
        let reply = router.oneshot(request).await.unwrap();
        let (status, body) = (reply.status(), reply.into_body());
        let bytes = body.collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Presses play, and says which file plays.
    pub async fn play(&self, slug: &str) -> Result<Asset> {
        delivery::learn_all(&self.app).await?;
        let language = "en".parse().unwrap();
        let asker = Asker {
            account: self.account(),
            session: self.signed.session,
            audience: rights::audience(&self.app, Some(self.account())),
            language: &language,
            device: "test",
            screen: Screen::ANY,
        };
        let playing = match plays::start(&self.app, asker, slug).await? {
            Answer::Playing(playing) => playing.play,
            Answer::TooMany(others) => panic!("too many: {others:?}"),
        };
        let asset = self
            .app
            .db()
            .read(async |tx| {
                let play = cineclub_db::plays::by_id(tx, playing).await?.unwrap();
                cineclub_db::assets::by_id(tx, play.asset).await
            })
            .await;
        let asset: cineclub_db::Result<_> = asset;
        Ok(asset.unwrap().unwrap())
    }
}

async fn subscribe(app: &App, account: &Account) {
    let new = billing::vouchers::NewVoucher {
        plan: billing::ensure_plan(app).await.unwrap().id,
        days: 30,
        uses: 1,
        expires: None,
        note: String::new(),
    };
    let code = billing::vouchers::create(app, None, new).await.unwrap();
    let settled = billing::vouchers::Vouchers.settle(app, account.id, &code);
    settled.await.unwrap();
}

/// A grant of everything, everywhere, for members.
pub async fn grant(app: &App, title: TitleId) {
    let grant = grant_of(app, &[title]);
    rights::grants::enter(app, None, &grant).await.unwrap();
}
