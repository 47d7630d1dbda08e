//! The page's questions. Each is one function; what it answers is in `docs/desk-api.md`.

use std::sync::Arc;

use aval_protocol::id::AgentId;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::session::{Capabilities, MAX_TEXT, SessionRequest, WorkCategory};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Inner;
use super::fault::{Body, Fault};
use super::seat::With;
use super::shape::{self, NAME};
use crate::calls::show;
use crate::session::{StartError, join, start};

/// What every question may use.
pub(super) type Desk = State<Arc<Inner>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enter {
    launch: String,
}

/// What is asked for.
#[derive(Deserialize, Debug)]
pub(super) struct Asked {
    agent: String,
    capabilities: Vec<String>,
    category: String,
    reference: String,
    minutes: u16,
    /// Beside the session that a colleague is in, to look only.
    #[serde(default)]
    joins: bool,
}

/// The launch token for a key, once.
pub(super) async fn enter(State(desk): Desk, Body(enter): Body<Enter>) -> Result<Json<Value>, Fault> {
    let key = desk.keys.enter(&enter.launch).map_err(|_| Fault::no_randomness())?;
    let Some(key) = key else { return Err(Fault::not_launched()) };
    desk.entered();
    Ok(Json(json!({ "key": key.as_str() })))
}

/// Who works here, and how the line stands.
pub(super) async fn me(State(desk): Desk) -> Json<Value> {
    let member = &desk.member;
    let standing = desk.line.standing();
    Json(json!({
        "person": member.person.as_str(),
        "name": member.display_name,
        "roles": [member.role.label()],
        "certificate_until": member.not_after.0,
        "firm": { "name": desk.profile.name, "phone": desk.profile.phone },
        "version": env!("CARGO_PKG_VERSION"),
        "relay": {
            "connected": standing.console.is_some(),
            "since": standing.since.0,
            "trouble": standing.trouble.as_ref().map(shape::said),
        },
        "relay_now": desk.relay_now().0,
    }))
}

/// The machines.
pub(super) async fn machines(State(desk): Desk) -> Result<Json<Value>, Fault> {
    let (version, rows) = desk.machines().await?;
    let rows: Vec<Value> = rows.iter().map(shape::row).collect();
    Ok(Json(json!({ "rows": rows, "version": version, "relay_now": desk.relay_now().0 })))
}

/// The sessions of this desk.
pub(super) async fn sessions(State(desk): Desk) -> Json<Value> {
    Json(json!({ "rows": desk.seats.rows() }))
}

/// Asks for a session: 201 with its number, 409 with the gate's reasons.
pub(super) async fn ask(State(desk): Desk, Body(asked): Body<Asked>) -> Result<Response, Fault> {
    let request = asked.request()?;
    let console = desk.line.console()?;
    desk.machines().await?;
    let row = desk.roster.get(request.agent).ok_or_else(Fault::nothing)?;
    let mut with = With {
        agent: row.agent,
        hostname: plain(&row.facts.hostname, NAME),
        client: plain(&row.client, NAME),
        technician: desk.member.display_name.clone(),
        asked: request.capabilities,
        beside: None,
        warnings: Vec::new(),
    };
    let begun = if asked.joins { join(&console, request).await } else { start(&console, request).await };
    let running = match begun {
        Ok(running) => running,
        Err(StartError::Refused(decision)) => {
            let body = json!({ "decision": shape::decision(&decision) });
            return Ok((StatusCode::CONFLICT, Json(body)).into_response());
        }
        Err(StartError::Call(error)) => return Err(error.into()),
        Err(error) => {
            return Err(Fault::new(
                StatusCode::BAD_GATEWAY,
                "UNTRUSTED",
                crate::say::Failure::from(error).said,
            ));
        }
    };
    with.warnings = running.permitted().warnings.iter().map(show::reason).collect();
    with.beside = running.beside();
    let session = desk.seats.add(running, with, console);
    Ok((StatusCode::CREATED, Json(json!({ "session": session.to_string() }))).into_response())
}

// === impl Asked

impl Asked {
    /// As the relay is asked.
    pub(super) fn request(&self) -> Result<SessionRequest, Fault> {
        let agent: AgentId = self.agent.parse().map_err(|_| Fault::invalid("agent"))?;
        let mut capabilities = Capabilities::none();
        for name in &self.capabilities {
            capabilities = capabilities.with(match name.as_str() {
                "view" => Capabilities::VIEW,
                "control" => Capabilities::CONTROL,
                _ => return Err(Fault::invalid("capabilities")),
            });
        }
        if !capabilities.holds(Capabilities::VIEW) {
            return Err(Fault::invalid("capabilities"));
        }
        let category = category(&self.category)?;
        let reference = self.reference.trim();
        if reference.chars().count() > MAX_TEXT {
            return Err(Fault::invalid("reference"));
        }
        Ok(SessionRequest {
            agent,
            capabilities,
            category,
            reference: reference.to_owned(),
            minutes: self.minutes,
        })
    }
}

/// A kind of work by its name.
pub(super) fn category(name: &str) -> Result<WorkCategory, Fault> {
    let found = WorkCategory::ALL.iter().copied().find(|category| category.label() == name);
    found.ok_or_else(|| Fault::invalid("category"))
}
