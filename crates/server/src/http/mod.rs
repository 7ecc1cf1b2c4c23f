//! HTTP: three faces (pages, API, media) over the same services.

pub mod api;
pub mod intake;
pub mod listen;
pub mod media;
pub mod operate;
pub mod policy;
pub mod problem;
pub mod session;
pub mod tls;
pub mod web;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;

use crate::App;
use policy::{Declared, Routes};

/// Every route of the server, and the list of what each demands.
///
/// Media are answered on the threads of their connection, all else on the runtime of `app`.
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
    let render = axum::middleware::from_fn_with_state(app.clone(), problem::render);
    let machines = api.merge(operate).layer(render.clone());
    let people = web::dress(pages, app);
    let faces = apart(app.runtime(), machines.merge(people), media.layer(render));
    let log = operate::RefusalLog::new(app);
    let all = faces
        .layer(axum::extract::DefaultBodyLimit::max(intake::FORM_BYTES))
        .layer(axum::middleware::from_fn(intake::hold))
        .layer(axum::middleware::from_fn_with_state(log, operate::observe))
        .with_state(app.clone());
    (all, declared)
}

/// All routes as one, of which those that are not for media are answered on `runtime`.
fn apart<S>(runtime: &Handle, others: Router<S>, media: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let elsewhere = axum::middleware::from_fn_with_state(runtime.clone(), on_runtime);
    others.layer(elsewhere).merge(media)
}

/// Answers on a runtime's threads, whichever the connection has.
async fn on_runtime(State(runtime): State<Handle>, request: Request, next: Next) -> Response {
    let answering = AbortOnDropHandle::new(runtime.spawn(next.run(request)));
    match answering.await.map_err(JoinError::try_into_panic) {
        Ok(response) => response,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime has stopped, and with it the service.
        Err(Err(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
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
        let others = Router::new().route("/page", get(whose)).fallback(whose);
        let media = Router::new().route("/media", get(whose));
        let router = apart(&Handle::current(), others, media);
        let threads = listen::Threads::start().unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let listener = threads.bind(any, "").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let limits = listen::Limits::default();
        let served = threads.serve(listener, None, router, limits, stop.clone());
        let ask = async |path: &str| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(asked.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            body.to_owned()
        };
        assert_eq!(ask("/media").await, listen::THREAD_NAME);
        for path in ["/page", "/nowhere"] {
            let name = ask(path).await;
            assert!(!name.is_empty() && name != listen::THREAD_NAME, "{name}");
        }
        stop.cancel();
        served.await.unwrap();
    }
}
