//! A session by bare protocol: a machine that answers for itself and the technician's end, with the lane of the screen open between them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use aval_protocol::firm::{Firm, Role, Signer};
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::wire::VERSION;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Head, Hello, Lane, Step, Uplink};
use aval_protocol::wire::session::{Capabilities, Receipt, SessionRequest, Ticket, WorkCategory};
use aval_transport::{Clock, FrameReader, FrameWriter};
use quinn::{Connection, Endpoint, RecvStream, SendStream};
use tokio::sync::mpsc;

use super::attach::{dial, open, source};

/// An address that no machine has.
const DESK: usize = 200;

/// The technician's end of all sessions.
pub(crate) struct Desk {
    signer: Arc<Signer>,
    endpoint: Endpoint,
    link: Connection,
    _streams: (FrameWriter, FrameReader),
}

/// What keeps a session alive.
pub(crate) struct Pair {
    _machine: Connection,
    _writer: FrameWriter,
    _media: [(Connection, FrameWriter, FrameReader); 2],
    _streams: Vec<(SendStream, RecvStream)>,
    _ways: (SendStream, RecvStream),
    _offers: mpsc::Receiver<Downlink>,
}

/// The screen's way, at both ends.
pub(crate) struct Screen {
    pub(crate) to: SendStream,
    pub(crate) from: RecvStream,
}

impl Desk {
    pub(crate) async fn open(signer: Arc<Signer>, relay: SocketAddr, firm: &Firm) -> Result<Self> {
        let endpoint = source(DESK)?;
        let (link, writer, reader) = stand(&signer, &endpoint, relay, firm).await?;
        Ok(Self { signer, endpoint, link, _streams: (writer, reader) })
    }
}

impl Pair {
    /// A session that passed the gate and that the machine says was granted.
    pub(crate) async fn open(
        desk: &Desk,
        key: &Signer,
        from: &Endpoint,
        relay: SocketAddr,
        firm: &Firm,
    ) -> Result<(Self, Screen)> {
        let (machine, mut writer, reader) = stand(key, from, relay, firm).await?;
        let measuring = dial(key, from, relay, firm).await?;
        let mut offers = listen(reader, measuring);
        let request = SessionRequest {
            agent: key.key_id().into(),
            capabilities: Capabilities::KNOWN,
            category: WorkCategory::Assistance,
            reference: "appel de Mme Leroy, 10 h 12".into(),
            minutes: 60,
        };
        match call(&desk.link, Call::RequestSession(request)).await? {
            Reply::Permitted(_) => {}
            other => bail!("not permitted: {other:?}"),
        }
        let Some(Downlink::Offer(offer)) = offers.recv().await else { bail!("no offer") };
        let ticket = offer.ticket.open_by_firm(firm, Role::Relay, Clock::system().wall())?.0;
        let session = ticket.session;
        let own = media(key, from, relay, firm, session).await?;
        let mut streams = vec![lane(&desk.link, session, Lane::Control).await?];
        streams.push(twin(&machine, session, Lane::Control).await?);
        let theirs = media(&desk.signer, &desk.endpoint, relay, firm, session).await?;
        writer.write(&Uplink::Step { session, step: Step::Asked }).await?;
        let granted = Step::Granted(Box::new(key.sign(&receipt(&ticket))?));
        writer.write(&Uplink::Step { session, step: granted }).await?;
        let (back, from) = lane(&theirs.0, session, Lane::Screen).await?;
        let (to, forth) = twin(&own.0, session, Lane::Screen).await?;
        let ways = (back, forth);
        let pair = Self {
            _machine: machine,
            _writer: writer,
            _media: [own, theirs],
            _streams: streams,
            _ways: ways,
            _offers: offers,
        };
        Ok((pair, Screen { to, from }))
    }
}

/// A standing link that is welcome.
async fn stand(
    key: &Signer,
    from: &Endpoint,
    relay: SocketAddr,
    firm: &Firm,
) -> Result<(Connection, FrameWriter, FrameReader)> {
    let connection = dial(key, from, relay, firm).await?;
    let (mut writer, mut reader) = open(&connection).await?;
    let hello = Hello { program: "aval-bench".into(), oldest: VERSION, boot: [1; 16] };
    writer.write(&Head::Link(hello)).await?;
    match reader.read().await? {
        Downlink::Welcome { .. } => Ok((connection, writer, reader)),
        other => bail!("not welcome: {other:?}"),
    }
}

/// Lets itself be measured, once and over that connection, and tells of offers.
fn listen(mut reader: FrameReader, measuring: Connection) -> mpsc::Receiver<Downlink> {
    let (tell, offers) = mpsc::channel(4);
    tokio::spawn(async move {
        let mut measuring = Some(measuring);
        while let Ok(word) = reader.read::<Downlink>().await {
            match word {
                Downlink::MeasureLine { token } => {
                    if let Some(connection) = measuring.take() {
                        let _ = aval_agent::measure::run(connection, token, Clock::system()).await;
                    }
                }
                Downlink::Offer(_) => {
                    let _ = tell.send(word).await;
                }
                _ => {}
            }
        }
    });
    offers
}

async fn media(
    key: &Signer,
    from: &Endpoint,
    relay: SocketAddr,
    firm: &Firm,
    session: SessionId,
) -> Result<(Connection, FrameWriter, FrameReader)> {
    let connection = dial(key, from, relay, firm).await?;
    let (mut writer, reader) = open(&connection).await?;
    writer.write(&Head::Media { session }).await?;
    Ok((connection, writer, reader))
}

async fn call(connection: &Connection, question: Call) -> Result<Reply> {
    let (mut writer, mut reader) = open(connection).await?;
    writer.write(&Head::Call(Box::new(question))).await?;
    writer.finish();
    Ok(reader.read().await?)
}

async fn lane(connection: &Connection, session: SessionId, lane: Lane) -> Result<(SendStream, RecvStream)> {
    let (mut writer, reader) = open(connection).await?;
    writer.write(&Head::Lane { session, lane }).await?;
    Ok((writer.into_inner(), reader.into_inner()))
}

async fn twin(connection: &Connection, session: SessionId, lane: Lane) -> Result<(SendStream, RecvStream)> {
    let (send, recv) = connection.accept_bi().await?;
    let mut reader = FrameReader::new(recv);
    match reader.read().await? {
        Head::Lane { session: of, lane: which } if (of, which) == (session, lane) => {
            Ok((send, reader.into_inner()))
        }
        other => Err(anyhow!("not the lane: {other:?}")).context("the relay's twin"),
    }
}

fn receipt(ticket: &Ticket) -> Receipt {
    Receipt {
        session: ticket.session,
        agent_key: ticket.agent_key,
        technician: ticket.technician.clone(),
        technician_key: ticket.technician_key,
        contract: ticket.contract.clone(),
        capabilities: Capabilities::VIEW,
        epoch: Epoch(1),
        granted_at: ticket.issued_at,
        for_s: 1800,
        shown_ms: 4000,
        channel: [1; 32],
    }
}
