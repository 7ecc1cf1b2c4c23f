//! HTTP: three faces (pages, API, media) over the same services.

pub mod api;
pub mod intake;
pub mod listen;
pub mod media;
pub mod operate;
pub mod policy;
pub mod problem;
pub mod session;
pub mod web;

use axum::Router;

use crate::App;
use policy::{Declared, Routes};

/// Every route of the server, and the list of what each demands.
pub fn router(app: &App) -> (Router, Vec<Declared>) {
    let pages = web::routes(Routes::new(app.clone()));
    let api = api::routes(Routes::new(app.clone()));
    let media = media::routes(Routes::new(app.clone()));
    let operate = operate::routes(Routes::new(app.clone()));
    let (api, mut declared) = api.finish();
    let (media, more) = media.finish();
    declared.extend(more);
    let (operate, more) = operate.finish();
    declared.extend(more);
    let (pages, more) = pages.finish();
    declared.extend(more);
    let machines = api
        .merge(media)
        .merge(operate)
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            problem::render,
        ));
    let people = web::dress(pages, app);
    let log = operate::RefusalLog::new(app);
    let all = machines
        .merge(people)
        .layer(axum::extract::DefaultBodyLimit::max(intake::FORM_BYTES))
        .layer(axum::middleware::from_fn(intake::hold))
        .layer(axum::middleware::from_fn_with_state(log, operate::observe))
        .with_state(app.clone());
    (all, declared)
}
