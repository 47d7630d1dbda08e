//! The page's server: every request passes the door before anything looks at it, and every answer leaves with its marks.

use std::io;
use std::sync::Arc;

use aval_protocol::wire::fleet::MAX_BROUGHT;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::header::{AUTHORIZATION, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::door::Refused;
use super::fault::Fault;
use super::guests::{Guests, Trust};
use super::{Inner, api, contracts, equipment, files, machine, manage, news, papers, viewer};

/// Longest body, in bytes: a request has a few lines.
const BODY: usize = 16 * 1024;
/// Longest body that brings a file: two digits for each of its bytes.
const FILE: usize = 2 * MAX_BROUGHT + BODY;
/// What a key is called among a WebSocket's subprotocols, the only place where a browser lets a page put one.
const KEY: &str = "key.";

/// Serves until it is dropped.
pub(super) fn serve(listener: TcpListener, desk: Arc<Inner>) -> JoinSet<io::Result<()>> {
    let mut tasks = JoinSet::new();
    let router = router(desk);
    tasks.spawn(async move {
        axum::serve(Guests::new(listener), router.into_make_service_with_connect_info::<Trust>()).await
    });
    tasks
}

fn router(desk: Arc<Inner>) -> Router {
    let mut router = Router::new()
        .route("/api/enter", post(api::enter))
        .route("/api/me", get(api::me))
        .route("/api/machines", get(api::machines))
        .route("/api/machines/{agent}", get(machine::detail))
        .route("/api/journal/{agent}", get(machine::read_journal))
        .route("/api/explain", post(machine::explain))
        .route("/api/offers", post(machine::offer))
        .route("/api/offers/{offer}/answer", post(machine::answer))
        .route("/api/approve", post(manage::approve))
        .route("/api/contracts", get(manage::contracts).post(contracts::open))
        .route("/api/contracts/{contract}", get(contracts::detail))
        .route("/api/contracts/{contract}/papers", get(papers::papers).post(papers::write))
        .route("/api/contracts/{contract}/money", get(papers::money))
        .route("/api/contracts/{contract}/lines", get(papers::lines))
        .route("/api/contracts/{contract}/equipment", get(equipment::read).post(equipment::write))
        .route("/api/machines/{agent}/equipment", get(equipment::of_machine))
        .route(
            "/api/contracts/{contract}/equipment/import",
            post(equipment::import).layer(DefaultBodyLimit::max(FILE)),
        )
        .route("/api/contracts/{contract}/equipment/{list}/effect", get(equipment::effect))
        .route("/api/contracts/{contract}/notices", post(contracts::notice))
        .route("/api/contracts/{contract}/suspend", post(contracts::suspend))
        .route("/api/contracts/{contract}/resume", post(contracts::resume))
        .route("/api/codes", post(manage::code))
        .route("/api/exceptions", post(manage::except))
        .route("/api/people", get(manage::people))
        .route("/api/lock", post(manage::lock))
        .route("/api/hand-over", post(manage::hand_over))
        .route("/api/sessions", get(api::sessions).post(api::ask))
        .route("/ws/sessions/{session}", get(viewer::open))
        .route("/ws/news", get(news::open));
    for path in files::paths() {
        router = router.route(path, get(files::serve));
    }
    router
        .fallback(nothing)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), guard))
        .with_state(desk)
}

/// The door.
async fn guard(State(desk): State<Arc<Inner>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let mut response = match desk.door.judge(&head) {
        Err(Refused::Host) => Fault::stranger(StatusCode::MISDIRECTED_REQUEST).into_response(),
        Err(Refused::Origin) => Fault::stranger(StatusCode::FORBIDDEN).into_response(),
        Ok(()) if is_open(&head) => next.run(Request::from_parts(head, body)).await,
        Ok(()) if !shows_key(&desk, &head) => Fault::locked_out().into_response(),
        Ok(()) => {
            if let Some(ConnectInfo(trust)) = head.extensions.get::<ConnectInfo<Trust>>() {
                trust.earn();
            }
            next.run(Request::from_parts(head, body)).await
        }
    };
    let headers = response.headers_mut();
    let strangers: Vec<_> = headers.keys().filter(|name| !files::allowed(name)).cloned().collect();
    for name in strangers {
        headers.remove(name);
    }
    desk.door.mark(headers);
    response
}

/// Whether this request needs no key. What is not known to be harmless needs one.
fn is_open(head: &Parts) -> bool {
    let path = head.uri.path();
    files::paths().any(|file| file == path) || (path == "/api/enter" && head.method == Method::POST)
}

/// Whether this request shows the key.
fn shows_key(desk: &Inner, head: &Parts) -> bool {
    let path = head.uri.path();
    if path.starts_with("/ws/") {
        // A browser always says which page opens a WebSocket; the door has looked at which.
        let offered = head.headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
        let offered = offered.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(','));
        let key = offered.filter_map(|name| name.trim().strip_prefix(KEY)).next();
        return head.headers.contains_key(ORIGIN) && key.is_some_and(|key| desk.keys.opens(key));
    }
    let shown = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    shown.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|key| desk.keys.opens(key))
}

async fn nothing() -> Fault {
    Fault::nothing()
}

async fn no_method() -> Fault {
    Fault::no_method()
}
