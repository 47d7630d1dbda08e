//! The few paths of the page, and what each may do. Everything else is a page that says so.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aval_protocol::text::Lang;
use aval_protocol::text::install::{self as text, CodeTrouble, PackageKind, System};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::form::Form;
use super::headers::{Secure, dress};
use super::page::{Place, Shown};
use super::{InstallConfig, shelf};
use crate::hub::Hub;
use crate::records::code::Code;
use crate::records::installs::{AcceptError, Acceptance, Package};
use crate::records::{RedeemError, StoreError};
use crate::throttle::{Throttle, neighbourhood};

/// Requests of one neighbourhood within [`WITHIN`]: a person reads, tries a code a few times, and downloads.
const REQUESTS: usize = 120;
const WITHIN: Duration = Duration::from_secs(60);
/// How long a request may take to say what it wants, and the record to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Packages in memory at once: each download holds one until its visitor has it.
const DOWNLOADS: usize = 16;
/// For how long a download's link works, in seconds.
const LINK_S: i64 = 24 * 3600;
const STYLE: &str = include_str!("style.css");

/// The page as a service, and whether browsers may insist on HTTPS.
pub(super) struct App {
    pub(super) router: Router,
    pub(super) secure: Arc<Secure>,
}

#[derive(Clone)]
struct Desk(Arc<Inner>);

struct Inner {
    hub: Arc<Hub>,
    place: Place,
    packages: PathBuf,
    secure: Arc<Secure>,
    requests: Mutex<Throttle<IpAddr>>,
    downloads: Arc<Semaphore>,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    lang: Lang,
    /// Chosen on the page; otherwise the browser says what it runs on.
    system: Option<System>,
}

/// Who reads, and what on.
#[derive(Clone, Copy, Default)]
struct Reader {
    lang: Lang,
    system: Option<System>,
}

/// The page's paths.
pub(super) fn app(config: &InstallConfig, hub: Arc<Hub>, trial: bool) -> App {
    let secure = Secure::new(!trial);
    let place = Place { firm: hub.firm.clone(), relay: config.relay.clone() };
    let desk = Desk(Arc::new(Inner {
        hub,
        place,
        packages: config.packages.clone(),
        secure: Arc::clone(&secure),
        requests: Mutex::new(Throttle::new(REQUESTS, WITHIN)),
        downloads: Arc::new(Semaphore::new(DOWNLOADS)),
    }));
    let router = Router::new()
        .route("/", get(begin))
        .route("/i/{code}", get(invited))
        .route("/accept", post(accept))
        .route("/p/{token}", get(next))
        .route("/p/{token}/{file}", get(download))
        .route("/style.css", get(style))
        .fallback(lost)
        .method_not_allowed_fallback(lost)
        .with_state(desk.clone());
    // Around the whole: a router adds headers of its own to what its routes answer.
    let router = Router::new().fallback_service(router).layer(middleware::from_fn_with_state(desk, guard));
    App { router, secure }
}

/// Around every request: how many, how long, and what every answer carries.
async fn guard(
    State(desk): State<Desk>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let now = desk.0.hub.clock.monotonic();
    let admitted = {
        let mut requests = desk.0.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.admit(neighbourhood(from.ip()), now)
    };
    let plain = matches!(*request.method(), Method::GET | Method::HEAD | Method::POST);
    let mut answer = match admitted {
        Err(_) => said(StatusCode::TOO_MANY_REQUESTS, text::too_many(Lang::Fr)),
        Ok(()) if !plain => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Ok(()) => match timeout(PATIENCE, next.run(request)).await {
            Ok(answer) => answer,
            Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        },
    };
    dress(answer.headers_mut(), &desk.0.secure);
    answer
}

async fn begin(State(desk): State<Desk>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    desk.invitation(StatusCode::OK, reader(&asked, &headers), "", None).await
}

/// Whether a code holds is not said here: a link that is followed by a mail filter changes and reveals nothing.
async fn invited(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    desk.invitation(StatusCode::OK, reader(&asked, &headers), &code, None).await
}

async fn accept(
    State(desk): State<Desk>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    body: Body,
) -> Response {
    let Some(Form { code, lang, system, kind }) = Form::read(body).await else {
        return desk
            .invitation(StatusCode::BAD_REQUEST, Reader::default(), "", Some(CodeTrouble::Unknown))
            .await;
    };
    let reader = Reader { lang, system };
    if !desk.0.hub.may_try_code(from.ip()) {
        return desk
            .invitation(StatusCode::TOO_MANY_REQUESTS, reader, &code, Some(CodeTrouble::TooMany))
            .await;
    }
    match desk.agree(&code, reader, kind).await {
        Ok(token) => {
            let code = Code::from_typed(&code).map_or_else(String::new, |code| code.grouped());
            let to = format!("/p/{token}?code={code}{}", lang.pick("", "&lang=en"));
            see(&to)
        }
        Err(AcceptError::Code(RedeemError::Store(error))) => desk.failed(lang, &error),
        Err(error) => {
            let trouble = match error {
                AcceptError::Code(RedeemError::Expired) => CodeTrouble::Expired,
                AcceptError::Code(RedeemError::Used | RedeemError::AlreadyEnrolled)
                | AcceptError::TooOften => CodeTrouble::Used,
                AcceptError::Code(_) => CodeTrouble::Unknown,
            };
            desk.invitation(StatusCode::FORBIDDEN, reader, &code, Some(trouble)).await
        }
    }
}

#[derive(Deserialize, Default)]
struct Agreed {
    #[serde(default)]
    lang: Lang,
    /// Only to write the command out: nothing is looked up by it.
    #[serde(default)]
    code: String,
}

async fn next(State(desk): State<Desk>, Path(token): Path<String>, Query(asked): Query<Agreed>) -> Response {
    match desk.agreed(&token).await {
        Ok(Some((agreed, package))) => {
            let code = Code::from_typed(&asked.code);
            html(StatusCode::OK, desk.0.place.next(asked.lang, &token, code.as_ref(), &agreed, &package))
        }
        Ok(None) => desk.lost(asked.lang),
        Err(error) => desk.failed(asked.lang, &error),
    }
}

async fn download(
    State(desk): State<Desk>,
    Path((token, file)): Path<(String, String)>,
    Query(asked): Query<Agreed>,
) -> Response {
    let package = match desk.agreed(&token).await {
        Ok(Some((_, package))) if package.file == file => package,
        Ok(_) => return desk.lost(Lang::Fr),
        Err(error) => return desk.failed(Lang::Fr, &error),
    };
    let Ok(place) = Arc::clone(&desk.0.downloads).try_acquire_owned() else {
        return desk.unavailable(Lang::Fr);
    };
    let (folder, wanted) = (desk.0.packages.clone(), package.clone());
    let taken = tokio::task::spawn_blocking(move || shelf::take(&folder, &wanted)).await;
    let bytes = match taken {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            tracing::error!(%error, "a package is not handed out");
            return desk.unavailable(Lang::Fr);
        }
        Err(error) => {
            tracing::error!(%error, "a package could not be read");
            return desk.unavailable(Lang::Fr);
        }
    };
    let mut answer = Response::new(Body::from(Bytes::from_owner(Held { bytes, _place: place })));
    let named = package.saved_as(Code::from_typed(&asked.code).as_ref());
    let name = format!("attachment; filename=\"{named}\"");
    let headers = answer.headers_mut();
    let kind = match package.kind() {
        PackageKind::Deb => "application/vnd.debian.binary-package",
        PackageKind::Setup => "application/vnd.microsoft.portable-executable",
        PackageKind::Msi => "application/x-msi",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    answer
}

/// What the page is written for: what was chosen on it, else what the browser says it runs on.
fn reader(asked: &Asked, headers: &HeaderMap) -> Reader {
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let told = match browser {
        it if it.contains("Windows") => Some(System::Windows),
        it if it.contains("Linux") && !it.contains("Android") => Some(System::Debian),
        _ => None,
    };
    Reader { lang: asked.lang, system: asked.system.or(told) }
}

/// A package on its way; its place among the downloads is free once its visitor has it all, or is gone.
struct Held {
    bytes: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

async fn style() -> Response {
    let kind = (header::CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "public, max-age=3600")], STYLE).into_response()
}

async fn lost(State(desk): State<Desk>) -> Response {
    desk.lost(Lang::Fr)
}

// === impl Desk

impl Desk {
    async fn invitation(
        &self,
        status: StatusCode,
        Reader { lang, system }: Reader,
        code: &str,
        trouble: Option<CodeTrouble>,
    ) -> Response {
        match self.0.hub.store(|store| store.packages()).await {
            Ok(packages) => {
                let first = packages.first().map(|package| package.kind().system());
                let system = system.or(first).unwrap_or(System::Windows);
                let packages: Vec<&Package> =
                    packages.iter().filter(|package| package.kind().system() == system).collect();
                let shown = Shown { system, packages: &packages, code, trouble };
                html(status, self.0.place.invitation(lang, &shown))
            }
            Err(error) => self.failed(lang, &error),
        }
    }

    /// Records the agreement; the secret in the link of the download.
    async fn agree(
        &self,
        code: &str,
        Reader { lang, system }: Reader,
        kind: Option<PackageKind>,
    ) -> Result<String, AcceptError> {
        let hub = &self.0.hub;
        let random: [u8; 16] = hub.random.bytes().map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let token: String = aval_protocol::hex::encode(&random);
        let (id, at, code) = (id_of(&token), hub.clock.wall(), code.to_owned());
        let done = hub.store(move |store| {
            let packages = store.packages()?;
            let wanted = packages.into_iter().find(|it| {
                let it = it.kind();
                kind.is_none_or(|kind| it == kind) && system.is_none_or(|system| it.system() == system)
            });
            let Some(package) = wanted else {
                return Err(StoreError::NotFound("package".to_owned()));
            };
            Ok(store.accept(&code, &package, lang, id, at).map(|()| package))
        });
        let package = done.await??;
        tracing::info!(version = package.version, "an installation is agreed to");
        Ok(token)
    }

    /// What was agreed to under this link, if the link still works and the package is the one that is handed out.
    async fn agreed(&self, token: &str) -> Result<Option<(Acceptance, Package)>, StoreError> {
        if token.len() != 32 {
            return Ok(None);
        }
        let (id, now) = (id_of(token), self.0.hub.clock.wall());
        let found = self.0.hub.store(move |store| Ok((store.acceptance(id)?, store.packages()?))).await?;
        let (Some(agreed), packages) = found else { return Ok(None) };
        let fresh = now.0 < agreed.at.0.saturating_add(LINK_S);
        let package = packages.into_iter().find(|package| package.sha256 == agreed.sha256);
        Ok(package.filter(|_| fresh).map(|package| (agreed, package)))
    }

    fn lost(&self, lang: Lang) -> Response {
        html(StatusCode::NOT_FOUND, self.0.place.not_found(lang))
    }

    fn failed(&self, lang: Lang, error: &StoreError) -> Response {
        tracing::error!(%error, "the install page can't use the record");
        self.unavailable(lang)
    }

    fn unavailable(&self, lang: Lang) -> Response {
        html(StatusCode::SERVICE_UNAVAILABLE, self.0.place.failed(lang))
    }
}

/// What the record knows a link by: whoever reads the record can't download in somebody's name.
fn id_of(token: &str) -> [u8; 32] {
    let mut id = [0; 32];
    id.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    id
}

fn html(status: StatusCode, page: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

fn said(status: StatusCode, sentence: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sentence).into_response()
}

/// After a form: the next page is fetched, so that "reload" sends nothing again.
fn see(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
