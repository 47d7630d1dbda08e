//! The TLS 1.3 connection inside the control lane, in memory: bytes in, words and bytes out, and the keys that hang on it.

use std::fmt;
use std::io::Read as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use rustls::time_provider::TimeProvider;
use rustls::{AlertDescription, ClientConnection, Connection, ServerConnection};
use rustls_pki_types::{CertificateDer, UnixTime};
use zeroize::Zeroizing;

use super::aead::{Aead, RAW};
use super::datagram::{DatagramOpener, DatagramSealer};
use super::heirloom::Heirloom;
use super::lane::{Opener, Sealer};
use super::{SealError, Side};
use crate::firm::tls::{AGENT_NAME, e2e_agent_config, e2e_console_config, server_name};
use crate::firm::{Firm, Signer, TrustError};
use crate::id::{SessionId, UnixSeconds};
use crate::wire::input::InputUp;
use crate::wire::link::Lane;
use crate::wire::screen::{ScreenDown, ScreenUp};
use crate::wire::session::{FromAgent, FromConsole};
use crate::wire::{Inbox, Wire, encode};

/// Exporter labels (RFC 5705 §4).
const LANE: &[u8] = b"EXPORTER-aval/1 lane";
const DATAGRAMS: &[u8] = b"EXPORTER-aval/1 datagrams";
const MATCH_CODE: &[u8] = b"EXPORTER-aval/1 match code";
const RECEIPT: &[u8] = b"EXPORTER-aval/1 receipt";
const HEIRLOOM: &[u8] = b"EXPORTER-aval/1 heirloom";
const SUCCESSOR: &[u8] = b"EXPORTER-aval/1 successor";
/// Bytes of one read of what TLS opened.
const CHUNK: usize = 16 * 1024;

/// One end of the end-to-end channel.
pub struct Channel {
    tls: Connection,
    side: Side,
    moment: Arc<Moment>,
    inbox: Inbox,
    /// Lanes whose keys were handed out: a second copy would use every count twice.
    handed: Vec<Lane>,
}

/// What certificates are judged at: whatever the caller said last.
#[derive(Debug)]
struct Moment(AtomicI64);

impl TimeProvider for Moment {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.load(Ordering::Relaxed)).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// What the agent says of its nonce before it sees the console's: SHA-256.
pub fn commitment(nonce: &[u8; 32]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, nonce).as_ref());
    hash
}

// === impl Channel

impl Channel {
    /// The agent's end: it waits, and admits technicians of the firm only.
    pub(crate) fn agent(signer: &Signer, firm: Firm, wall: UnixSeconds) -> Result<Self, TrustError> {
        let moment = Arc::new(Moment(AtomicI64::new(wall.0)));
        let config = e2e_agent_config(signer, firm, moment.clone())?;
        let tls = ServerConnection::new(Arc::new(config)).map_err(|_| TrustError::CannotSign)?;
        Ok(Self::new(tls.into(), Side::Agent, moment))
    }

    /// The console's end: it begins, and accepts the machine with this key only.
    pub(crate) fn console(signer: &Signer, agent_spki: &[u8], wall: UnixSeconds) -> Result<Self, TrustError> {
        let moment = Arc::new(Moment(AtomicI64::new(wall.0)));
        let config = e2e_console_config(signer, agent_spki, moment.clone())?;
        let tls = ClientConnection::new(Arc::new(config), server_name(AGENT_NAME)?)
            .map_err(|_| TrustError::CannotSign)?;
        Ok(Self::new(tls.into(), Side::Console, moment))
    }

    fn new(tls: Connection, side: Side, moment: Arc<Moment>) -> Self {
        Self { tls, side, moment, inbox: Inbox::default(), handed: Vec::new() }
    }

    /// The keys of a lane: out and in. Each lane's are handed out once.
    pub fn lane(&mut self, lane: Lane) -> Option<(Sealer, Opener)> {
        if self.handed.contains(&lane) {
            return None;
        }
        let out = self.key(LANE, &[number(lane), direction(self.side)]).ok()?;
        let into = self.key(LANE, &[number(lane), direction(self.side.other())]).ok()?;
        self.handed.push(lane);
        Some((Sealer::new(out, limit(lane, self.side)), Opener::new(into, limit(lane, self.side.other()))))
    }

    /// Takes bytes of the control lane; certificates are judged at `wall`.
    pub(crate) fn receive(&mut self, wall: UnixSeconds, mut bytes: &[u8]) -> Result<(), SealError> {
        self.moment.0.store(wall.0, Ordering::Relaxed);
        while !bytes.is_empty() {
            let read = self.tls.read_tls(&mut bytes).map_err(|_| SealError::Broken)?;
            if read == 0 {
                return Err(SealError::Broken);
            }
            let state = self.tls.process_new_packets().map_err(|error| told(&error))?;
            let mut left = state.plaintext_bytes_to_read();
            let mut chunk = Zeroizing::new([0; CHUNK]);
            while left > 0 {
                let read = self.tls.reader().read(&mut chunk[..]).map_err(|_| SealError::Broken)?;
                if read == 0 {
                    break;
                }
                self.inbox.push(&chunk[..read]);
                left = left.saturating_sub(read);
            }
        }
        Ok(())
    }

    /// The next word of the other side, if it is complete.
    pub(crate) fn next<M: Wire>(&mut self) -> Result<Option<M>, SealError> {
        Ok(self.inbox.next()?)
    }

    /// Seals a word; [`outgoing`](Self::outgoing) has the bytes. Only in an open channel.
    pub(crate) fn send<M: Wire>(&mut self, word: &M) -> Result<(), SealError> {
        if !self.is_open() {
            return Err(SealError::NoKeys);
        }
        let frame = encode(word)?;
        self.tls.writer().write_all(&frame).map_err(|_| SealError::Broken)
    }

    /// Bytes for the control lane, if there are any.
    pub(crate) fn outgoing(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        while self.tls.wants_write() {
            if !matches!(self.tls.write_tls(&mut bytes), Ok(1..)) {
                break;
            }
        }
        (!bytes.is_empty()).then_some(bytes)
    }

    /// Whether the handshake is done and each side has proved its key.
    pub(crate) fn is_open(&self) -> bool {
        !self.tls.is_handshaking()
    }

    /// The certificates the other side showed.
    pub(crate) fn peer_chain(&self) -> Vec<Vec<u8>> {
        let certs = self.tls.peer_certificates().unwrap_or_default();
        certs.iter().map(|cert: &CertificateDer<'_>| cert.to_vec()).collect()
    }

    /// The six digits that both sides show.
    pub(crate) fn match_code(
        &self,
        agent_nonce: &[u8; 32],
        console_nonce: &[u8; 32],
    ) -> Result<u32, SealError> {
        let both = [agent_nonce.as_slice(), console_nonce].concat();
        let mut raw = [0; 8];
        self.export(&mut raw, MATCH_CODE, &both)?;
        // 2⁶⁴ is so much larger than a million that no code is noticeably likelier than another.
        u32::try_from(u64::from_le_bytes(raw) % 1_000_000).map_err(|_| SealError::Broken)
    }

    /// What binds a receipt to this channel.
    pub(crate) fn receipt_binding(&self) -> Result<[u8; 32], SealError> {
        let mut raw = [0; 32];
        self.export(&mut raw, RECEIPT, &[])?;
        Ok(raw)
    }

    /// What this channel leaves to the next one between the same two.
    pub(crate) fn heirloom(&self) -> Result<Heirloom, SealError> {
        let mut secret = Zeroizing::new([0; 32]);
        self.export(&mut secret[..], HEIRLOOM, &[])?;
        Ok(Heirloom::new(&secret))
    }

    /// What binds a heirloom's proof to this channel, the next one.
    pub(super) fn successor_binding(&self) -> Result<[u8; 32], SealError> {
        let mut raw = [0; 32];
        self.export(&mut raw, SUCCESSOR, &[])?;
        Ok(raw)
    }

    /// The agent's hand for signs of life.
    pub(crate) fn datagram_sealer(&self, session: SessionId) -> Result<DatagramSealer, SealError> {
        Ok(DatagramSealer::new(self.key(DATAGRAMS, &[direction(Side::Agent)])?, session))
    }

    /// The console's eye for them.
    pub(crate) fn datagram_opener(&self, session: SessionId) -> Result<DatagramOpener, SealError> {
        Ok(DatagramOpener::new(self.key(DATAGRAMS, &[direction(Side::Agent)])?, session))
    }

    fn key(&self, label: &[u8], context: &[u8]) -> Result<Aead, SealError> {
        let mut raw = Zeroizing::new([0; RAW]);
        self.export(&mut raw[..], label, context)?;
        Aead::new(&raw)
    }

    fn export(&self, out: &mut [u8], label: &[u8], context: &[u8]) -> Result<(), SealError> {
        self.tls.export_keying_material(out, label, Some(context)).map_err(|_| SealError::NoKeys)?;
        Ok(())
    }
}

/// A lane's number in the derivation of keys: for ever.
const fn number(lane: Lane) -> u8 {
    match lane {
        Lane::Control => 0,
        Lane::Screen => 1,
        Lane::Input => 2,
    }
}

/// A sender's number in the derivation of keys: for ever.
const fn direction(from: Side) -> u8 {
    match from {
        Side::Agent => 0,
        Side::Console => 1,
    }
}

/// The largest content that a side may send on a lane.
const fn limit(lane: Lane, from: Side) -> usize {
    match (lane, from) {
        (Lane::Control, Side::Agent) => FromAgent::LIMIT,
        (Lane::Control, Side::Console) => FromConsole::LIMIT,
        (Lane::Screen, Side::Agent) => ScreenDown::LIMIT,
        (Lane::Screen, Side::Console) => ScreenUp::LIMIT,
        (Lane::Input, Side::Console) => InputUp::LIMIT,
        // The agent has nothing to say there.
        (Lane::Input, Side::Agent) => 0,
    }
}

/// Whose fault a failed handshake is, as far as it can be told (RFC 8446 §6.2).
fn told(error: &rustls::Error) -> SealError {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            SealError::PeerUntrusted
        }
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired,
        ) => SealError::Rejected,
        _ => SealError::Broken,
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("side", &self.side)
            .field("open", &self.is_open())
            .finish_non_exhaustive()
    }
}
