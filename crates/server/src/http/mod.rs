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
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

use crate::App;
use crate::error::Error;
use policy::{Declared, Routes};

/// Every route of the server, and the list of what each demands.
///
/// Media are answered on the threads of their connection, all else on the runtime that this is called in.
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
    let here = axum::middleware::from_fn_with_state(Handle::current(), here);
    let machines = api.merge(operate).layer(here.clone()).merge(media).layer(
        axum::middleware::from_fn_with_state(app.clone(), problem::render),
    );
    let people = web::dress(pages, app).layer(here);
    let log = operate::RefusalLog::new(app);
    let all = machines
        .merge(people)
        .layer(axum::extract::DefaultBodyLimit::max(intake::FORM_BYTES))
        .layer(axum::middleware::from_fn(intake::hold))
        .layer(axum::middleware::from_fn_with_state(log, operate::observe))
        .with_state(app.clone());
    (all, declared)
}

/// Answers on this runtime's threads, whichever the connection has.
async fn here(State(runtime): State<Handle>, request: Request, next: Next) -> Response {
    let answering = AbortOnDropHandle::new(runtime.spawn(next.run(request)));
    match answering
        .await
        .map_err(tokio::task::JoinError::try_into_panic)
    {
        Ok(response) => response,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(stopped)) => Error::internal(stopped).into_response(),
    }
}
