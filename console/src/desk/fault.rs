//! An answer that says no, in the form the page expects: `{"error":{"code","fr","en"}}`.

use aval_protocol::text::console::{self as text, desk as said};
use aval_protocol::wire::codes::FaultCode;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::link::CallError;
use crate::say::Said;

/// Why a request of the page is not carried out.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    said: Said,
}

/// A JSON body, refused with a sentence when it is none.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

// === impl Fault

impl Fault {
    pub(super) fn new(status: StatusCode, code: &'static str, said: Said) -> Self {
        Self { status, code, said }
    }

    /// Nobody may come in without the key.
    pub(super) fn locked_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "NO_KEY", Said::of(said::no_key))
    }

    /// The launch token was used, or is none.
    pub(super) fn not_launched() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "LAUNCH_USED", Said::of(said::no_key))
    }

    /// Another name, or another page.
    pub(super) fn stranger(status: StatusCode) -> Self {
        Self::new(status, "STRANGER", Said::of(said::stranger))
    }

    /// No such thing here.
    pub(super) fn nothing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", Said::of(said::nothing_here))
    }

    /// The path is there, the method is not.
    pub(super) fn no_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "NO_METHOD", Said::of(said::nothing_here))
    }

    /// Something asked for is out of bounds; `what` names the field.
    pub(super) fn invalid(what: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "INVALID", Said::of(|l| said::invalid(l, what)))
    }

    /// There is no line to the relay now.
    pub(super) fn no_line(trouble: Option<Said>) -> Self {
        let said = trouble.unwrap_or_else(|| Said::of(said::connecting));
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "RELAY_LOST", said)
    }

    /// This program could not do it.
    pub(super) fn own(said: Said) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", said)
    }

    /// A command that did not do its work.
    pub(super) fn failed(failure: crate::say::Failure) -> Self {
        Self::new(StatusCode::CONFLICT, "FAILED", failure.said)
    }

    /// No randomness.
    pub(super) fn no_randomness() -> Self {
        Self::own(Said::of(text::no_randomness))
    }
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        let (status, code) = match &error {
            CallError::Fault { code, .. } => (status_of(*code), code.label()),
            CallError::Lost(_) | CallError::Silent => (StatusCode::SERVICE_UNAVAILABLE, "RELAY_LOST"),
            CallError::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LONG"),
            CallError::Odd => (StatusCode::BAD_GATEWAY, "RELAY_ODD"),
        };
        Self::new(status, code, error.said())
    }
}

fn status_of(code: FaultCode) -> StatusCode {
    match code {
        FaultCode::Forbidden => StatusCode::FORBIDDEN,
        FaultCode::NotFound => StatusCode::NOT_FOUND,
        FaultCode::Conflict | FaultCode::Offline => StatusCode::CONFLICT,
        FaultCode::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        FaultCode::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultCode::Unsupported => StatusCode::NOT_IMPLEMENTED,
        FaultCode::CodeUnknown
        | FaultCode::CodeExpired
        | FaultCode::CodeUsed
        | FaultCode::Invalid
        | FaultCode::Unknown(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let Self { status, code, said } = self;
        let body = json!({ "error": { "code": code, "fr": said.fr, "en": said.en } });
        (status, Json(body)).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            // What exactly is wrong is for whoever writes the page; it holds nothing of the body but field names.
            Err(rejection) => Err(malformed(&rejection)),
        }
    }
}

fn malformed(rejection: &JsonRejection) -> Fault {
    let (status, code) = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LONG"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "NOT_JSON"),
        _ => (StatusCode::BAD_REQUEST, "BAD_JSON"),
    };
    tracing::debug!(code, "a body of the page is not what it should be");
    Fault::new(status, code, Said::of(said::bad_json))
}
