//! The DevTools protocol as a plain conversation: one call, one answer, and what the browser says in between.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

use super::PATIENCE;

/// How long to listen for events that nobody waits for.
const GLANCE: Duration = Duration::from_millis(1);

/// The connection to one browser.
pub(super) struct Wire {
    socket: WebSocket<TcpStream>,
    last: u64,
    /// Of a worker: the page it belongs to.
    parents: BTreeMap<String, String>,
    complaints: Vec<(String, String)>,
    expected: Vec<String>,
}

// === impl Wire

impl Wire {
    pub(super) fn open(port: u16, path: &str) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        let address = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) = client(address, stream).map_err(|error| anyhow::anyhow!("no DevTools: {error}"))?;
        Ok(Self { socket, last: 0, parents: BTreeMap::new(), complaints: Vec::new(), expected: Vec::new() })
    }

    /// Calls a method, of the browser or of one page, and waits for its answer.
    #[allow(clippy::needless_pass_by_value, reason = "a call is written with its parameters in place")]
    pub(super) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        let id = self.send(session, method, &params)?;
        loop {
            let message =
                self.read(PATIENCE)?.with_context(|| format!("the browser never answered {method}"))?;
            if message["id"].as_u64() != Some(id) {
                self.hear(&message)?;
                continue;
            }
            if let Some(error) = message.get("error") {
                bail!("{method}: {error}");
            }
            return Ok(message["result"].clone());
        }
    }

    /// Everything the browser complained about that was not expected.
    pub(super) fn errors(&mut self) -> Vec<String> {
        // What it has said by now; a browser that is gone says no more.
        while let Ok(Some(message)) = self.read(GLANCE) {
            if self.hear(&message).is_err() {
                break;
            }
        }
        let known = |text: &String| self.expected.iter().any(|part| text.contains(part));
        self.complaints.iter().map(|(_, text)| text.clone()).filter(|text| !known(text)).collect()
    }

    /// The same, of one page and its workers.
    pub(super) fn errors_of(&mut self, session: &str) -> Vec<String> {
        let all = self.errors();
        let own: Vec<&String> =
            self.complaints.iter().filter(|(of, _)| of == session).map(|(_, text)| text).collect();
        all.into_iter().filter(|text| own.contains(&text)).collect()
    }

    pub(super) fn expect(&mut self, part: &str) {
        self.expected.push(part.to_owned());
    }

    fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<u64> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string()))?;
        Ok(self.last)
    }

    fn read(&mut self, within: Duration) -> Result<Option<Value>> {
        self.socket.get_ref().set_read_timeout(Some(within))?;
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(text.as_str())?)),
                Ok(Message::Close(_)) => bail!("the browser closed"),
                Ok(_) => {}
                Err(Error::Io(error))
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Something the browser says on its own.
    fn hear(&mut self, message: &Value) -> Result<()> {
        let (session, params) = (message["sessionId"].as_str().unwrap_or_default(), &message["params"]);
        let page = self.parents.get(session).cloned().unwrap_or_else(|| session.to_owned());
        let complaint = match message["method"].as_str().unwrap_or_default() {
            "Target.attachedToTarget" if !session.is_empty() => {
                let child = params["sessionId"].as_str().context("a session has a name")?.to_owned();
                self.parents.insert(child.clone(), page);
                self.send(Some(&child), "Runtime.enable", &json!({}))?;
                self.send(Some(&child), "Log.enable", &json!({}))?;
                self.send(Some(&child), "Runtime.runIfWaitingForDebugger", &json!({}))?;
                return Ok(());
            }
            "Runtime.exceptionThrown" => {
                let detail = &params["exceptionDetails"];
                let text = &detail["exception"]["description"];
                text.as_str().unwrap_or(detail["text"].as_str().unwrap_or_default()).to_owned()
            }
            "Runtime.consoleAPICalled" if ["error", "assert"].map(Value::from).contains(&params["type"]) => {
                params["args"].to_string()
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                format!(
                    "{}: {} {}",
                    params["entry"]["source"], params["entry"]["text"], params["entry"]["url"]
                )
            }
            "Audits.issueAdded" if params["issue"]["code"] == "ContentSecurityPolicyIssue" => {
                format!("content policy: {}", params["issue"]["details"])
            }
            "Inspector.targetCrashed" => "the page crashed".to_owned(),
            _ => return Ok(()),
        };
        self.complaints.push((page, complaint));
        Ok(())
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("complaints", &self.complaints).finish_non_exhaustive()
    }
}

/// A string that an answer must have.
pub(super) fn word(answer: &Value, field: &str) -> Result<String> {
    let word = answer[field].as_str();
    ensure!(word.is_some(), "no {field} in {answer}");
    Ok(word.unwrap_or_default().to_owned())
}
