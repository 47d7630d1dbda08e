//! A browser's part of the desk, by hand: requests as bytes, so that a test can send what no browser would; WebSockets as a page
//! opens them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aval_console::desk::{Desk, DeskConfig};
use aval_protocol::firm::{FirmFile, Signer};
use aval_transport::Clock;
use aval_transport::random::Random;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::relay::World;

/// A desk and the key to it.
pub(crate) struct Page {
    pub(crate) desk: Desk,
    pub(crate) at: SocketAddr,
    pub(crate) key: String,
    pub(crate) dir: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A WebSocket as a page has it.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The code of an answer that says no, with both its sentences.
    pub(crate) fn error(&self) -> String {
        let error = &self.json()["error"];
        assert!(error["fr"].is_string() && error["en"].is_string(), "{self:?}");
        error["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    /// A desk of the world's technician, come in by the launch file.
    pub(crate) async fn open(world: &World) -> Self {
        let mut page =
            Self::closed(world.address.to_string(), &world.firm.technician, &world.firm.founded.file).await;
        let token = page.token();
        let answer = page.post("/api/enter", &json!({ "launch": token })).await;
        page.key = answer.json()["key"].as_str().unwrap().to_owned();
        page.connected().await;
        page
    }

    /// A desk that nobody has come in to yet.
    pub(crate) async fn closed(relay: String, signer: &Arc<Signer>, firm: &FirmFile) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = DeskConfig {
            relays: vec![relay],
            signer: Arc::clone(signer),
            firm: firm.clone(),
            clock: Clock::system(),
            random: Random::system(),
            runtime: Some(dir.path().to_owned()),
            keep: None,
        };
        let desk = Desk::start(config).await.unwrap();
        let at = desk.address();
        Self { desk, at, key: String::new(), dir }
    }

    /// What the launch file leads to.
    pub(crate) fn token(&self) -> String {
        let file = std::fs::read_to_string(self.desk.launch()).unwrap();
        let (_, rest) = file.split_once(&format!("url=http://{}/#launch=", self.at)).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Waits until there is a line to the relay.
    pub(crate) async fn connected(&self) {
        let there = async {
            while self.get("/api/me").await.json()["relay"]["connected"] != true {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), there).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.own(), "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let mut headers = self.own();
        headers.push(("Content-Type".into(), "application/json".into()));
        self.ask("POST", path, &headers, &body.to_string()).await
    }

    /// The headers of the page itself.
    pub(crate) fn own(&self) -> Vec<(String, String)> {
        let mut headers = vec![
            ("Host".to_owned(), self.at.to_string()),
            ("Origin".to_owned(), format!("http://{}", self.at)),
            ("Sec-Fetch-Site".to_owned(), "same-origin".to_owned()),
        ];
        if !self.key.is_empty() {
            headers.push(("Authorization".to_owned(), format!("Bearer {}", self.key)));
        }
        headers
    }

    /// The same with one header another, or gone.
    pub(crate) fn with(&self, name: &str, value: Option<&str>) -> Vec<(String, String)> {
        let mut headers = self.own();
        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        headers
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.bytes(request.as_bytes()).await
    }

    /// Whatever bytes.
    pub(crate) async fn bytes(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        // A server that has heard enough may hang up before all is sent.
        let _ = stream.write_all(request).await;
        let mut got = Vec::new();
        let _ = timeout(Duration::from_secs(40), stream.read_to_end(&mut got)).await.unwrap();
        let text = String::from_utf8_lossy(&got).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|s| s.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Answer { status: status.unwrap_or(0), headers, body: body.to_owned() }
    }

    pub(crate) async fn socket(&self, path: &str) -> Socket {
        let protocols = format!("aval, key.{}", self.key);
        self.try_socket(path, Some(&format!("http://{}", self.at)), &protocols).await.unwrap()
    }

    /// A WebSocket of a page of this origin that offers these subprotocols; the status if there is none.
    pub(crate) async fn try_socket(
        &self,
        path: &str,
        origin: Option<&str>,
        protocols: &str,
    ) -> Result<Socket, u16> {
        let mut request = format!("ws://{}{path}", self.at).into_client_request().unwrap();
        let headers = request.headers_mut();
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        headers.insert("sec-websocket-protocol", protocols.parse().unwrap());
        match connect_async(request).await {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers().get("sec-websocket-protocol").unwrap(), "aval");
                Ok(Socket(socket))
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Socket {
    pub(crate) async fn say(&mut self, value: &Value) {
        self.0.send(Message::text(value.to_string())).await.unwrap();
    }

    pub(crate) async fn raw(&mut self, text: &str) {
        self.0.send(Message::text(text.to_owned())).await.unwrap();
    }

    /// The next text or binary message; `None` when it is closed.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            match timeout(Duration::from_secs(20), self.0.next()).await.unwrap() {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => return Some(message),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return None,
            }
        }
    }

    /// The next text that holds; panics when the socket is closed before.
    pub(crate) async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        while let Some(message) = self.next().await {
            let Message::Text(text) = message else { continue };
            last = serde_json::from_str(&text).unwrap();
            if holds(&last) {
                return last;
            }
        }
        panic!("closed after {last}");
    }

    /// The next binary message of this kind.
    pub(crate) async fn binary(&mut self, kind: u8) -> Vec<u8> {
        while let Some(message) = self.next().await {
            if let Message::Binary(bytes) = message
                && bytes[0] == kind
            {
                return bytes.to_vec();
            }
        }
        panic!("closed");
    }
}
