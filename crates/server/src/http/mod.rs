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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio_util::sync::CancellationToken;

    /// Says which threads answer.
    async fn whose() -> String {
        std::thread::current().name().unwrap_or_default().to_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn media_are_answered_where_they_flow_and_the_rest_where_the_database_is() {
        let rest =
            Router::new()
                .route("/rest", get(whose))
                .layer(axum::middleware::from_fn_with_state(
                    Handle::current(),
                    here,
                ));
        let router = rest.route("/media", get(whose));
        let threads = listen::Threads::start().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let stop = CancellationToken::new();
        let limits = listen::Limits::default();
        let served = threads.serve((address, ""), None, router, limits, stop.clone());
        let served = served.unwrap();
        let ask = async |path: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(asked.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            body.to_owned()
        };
        assert_eq!(ask("/media").await, listen::THREADS);
        let others = ask("/rest").await;
        assert!(!others.is_empty() && others != listen::THREADS, "{others}");
        stop.cancel();
        served.await.unwrap();
    }
}
