//! Attaching against relays that are honest, foreign, old, restarting, silent or of another year, over real UDP on the loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::{FoundedFirm, Grant, Role, files, tls};
use aval_protocol::id::{PersonId, UnixSeconds};
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::{Downlink, Farewell, Head};
use aval_transport::{FrameReader, FrameWriter, config, socket};
use tokio::sync::mpsc;

use super::*;
use crate::keep;
use crate::say::ForPeople as _;

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
const YEAR: i64 = 365 * 86_400;
const CODE: &str = "K7QF-2M9X-RT4W";

/// What a scripted relay does with whoever comes.
#[derive(Clone)]
enum Does {
    Attach,
    Fault(FaultCode),
    Farewell(Farewell),
    HangUp,
    Nonsense,
}

/// A relay with a key of the firm that says what time it is and follows its script.
struct Relay {
    address: SocketAddr,
    /// What it was asked.
    heard: mpsc::UnboundedReceiver<Head>,
}

struct World {
    firm: FoundedFirm,
    dir: tempfile::TempDir,
    home: Home,
}

impl World {
    fn new() -> Self {
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("firm.pub"), firm.file.to_pem().unwrap()).unwrap();
        let home = Home::new(dir.path().join("home"));
        Self { firm, dir, home }
    }

    fn relay_key(&self, certified_at: UnixSeconds) -> Signer {
        let key = Signer::generate().unwrap();
        let grant = Grant {
            role: Role::Relay,
            person: PersonId::new("relay-1").unwrap(),
            display_name: "Relay 1".into(),
            valid_days: 90,
        };
        let chain =
            certify(&self.firm.issuing, &request(&key, "relay").unwrap(), &grant, certified_at).unwrap();
        files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
    }

    fn relay(&self, does: Does) -> Relay {
        relay(&self.relay_key(NOW), &self.firm, does)
    }

    fn agree(
        &self,
        relays: &[SocketAddr],
        code: Option<&str>,
        typed: &str,
    ) -> (Result<Agreed, EnrolError>, String) {
        let invitation = Invitation {
            firm: Given::File(self.dir.path().join("firm.pub")),
            code: code.map(str::to_owned),
            relays: relays.iter().map(ToString::to_string).collect(),
        };
        let facts = HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() };
        let mut output = Vec::new();
        let agreed = {
            let mut person = AtTerminal { input: &mut typed.as_bytes(), output: &mut output };
            agree(&self.home, invitation, facts, Lang::Fr, &mut person)
        };
        (agreed, String::from_utf8(output).unwrap())
    }

    async fn enrol_at(&self, relays: &[SocketAddr], pc: UnixSeconds) -> Result<Attached, EnrolError> {
        let agreed = self.agree(relays, Some(CODE), "oui\n").0.unwrap();
        let means = Means { socket: None, clock: Clock::starting_at(pc), random: Random::system() };
        attach(&self.home, agreed, means).await
    }

    async fn enrol(&self, relays: &[SocketAddr]) -> Result<Attached, EnrolError> {
        self.enrol_at(relays, NOW).await
    }

    async fn refusal(&self, does: Does) -> EnrolError {
        let relay = self.relay(does);
        let error = self.enrol(&[relay.address]).await.unwrap_err();
        assert!(!self.home.is_enrolled());
        error
    }
}

fn relay(key: &Signer, firm: &FoundedFirm, does: Does) -> Relay {
    let time = Arc::new(Clock::starting_at(NOW));
    let tls = tls::relay_server_config(key, firm.file.firm().clone(), time).unwrap();
    let here = socket::Socket::Udp((Ipv4Addr::LOCALHOST, 0).into());
    let endpoint = socket::endpoint(here, Some(config::server(tls).unwrap())).unwrap();
    let address = endpoint.local_addr().unwrap();
    let (told, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            if let Ok(connection) = incoming.await {
                tokio::spawn(serve(connection, does.clone(), told.clone()));
            }
        }
    });
    Relay { address, heard }
}

/// Serves one connection; `None` when it ended.
async fn serve(connection: quinn::Connection, does: Does, heard: mpsc::UnboundedSender<Head>) -> Option<()> {
    let (send, recv) = connection.accept_bi().await.ok()?;
    let (mut link, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    heard.send(reader.read::<Head>().await.ok()?).ok()?;
    let first = match &does {
        Does::Farewell(farewell) => Downlink::Farewell(farewell.clone()),
        _ => Downlink::Welcome { relay_time: NOW },
    };
    link.write(&first).await.ok()?;
    let (send, recv) = connection.accept_bi().await.ok()?;
    let (mut answer, mut question) = (FrameWriter::new(send), FrameReader::new(recv));
    heard.send(question.read::<Head>().await.ok()?).ok()?;
    let reply = match does {
        Does::Attach => {
            let certs =
                connection.peer_identity()?.downcast::<Vec<rustls_pki_types::CertificateDer<'_>>>().ok()?;
            let firm = found("Autre", "+33199001235", NOW, 1, 1).ok()?;
            let tls::Peer::Agent { key_id, .. } =
                tls::Peer::from_certs(&certs, firm.file.firm(), NOW).ok()?
            else {
                return None;
            };
            Reply::Enrolled { agent: AgentId::from(key_id) }
        }
        Does::Fault(code) => Reply::Fault { code, fr: "non".into(), en: "no".into() },
        Does::Nonsense => Reply::Done,
        Does::HangUp | Does::Farewell(_) => {
            connection.close(quinn::VarInt::from_u32(1), b"");
            return None;
        }
    };
    answer.write(&reply).await.ok()?;
    answer.finish_and_wait().await;
    connection.closed().await;
    Some(())
}

#[tokio::test]
async fn a_yes_attaches_and_the_journal_begins() {
    let world = World::new();
    let mut relay = world.relay(Does::Attach);
    let attached = world.enrol(&[relay.address]).await.unwrap();
    let key = world.home.signer().unwrap();
    assert_eq!(attached.agent, AgentId::from(key.key_id()));
    assert_eq!(
        (attached.firm.name.as_str(), attached.clock_off_s),
        ("Atelier Beaurepaire Informatique", None)
    );
    assert!(
        matches!(relay.heard.recv().await, Some(Head::Link(hello)) if hello.program.starts_with("aval-agent "))
    );
    let Some(Head::Call(call)) = relay.heard.recv().await else { panic!("no call") };
    let Call::Enrol { code, facts, accepted } = *call else { panic!("another call") };
    assert_eq!((code.as_str(), facts.hostname.as_str()), ("K7QF2M9XRT4W", "COMPTA-1"));
    assert_eq!((accepted.version.as_str(), accepted.lang), (env!("CARGO_PKG_VERSION"), Lang::Fr));
    let mut journal = Vec::new();
    keep::read(&world.home.path(JOURNAL), key.spki(), |entry| journal.push(entry.told())).unwrap();
    let enrolled = Event::Enrolled { agent_key: key.key_id() };
    assert_eq!(journal, [aval_protocol::journal::Told::Known(enrolled)]);
    assert_eq!(world.home.settings().unwrap().relays, [relay.address.to_string()]);
    assert_eq!(
        FirmFile::parse(&String::from_utf8(world.home.firm().unwrap()).unwrap()).unwrap(),
        world.firm.file
    );
    let again = world.agree(&[relay.address], Some(CODE), "oui\n").0.unwrap_err();
    assert!(again.said().fr.contains("aval-agent leave"), "{again}");
}

#[tokio::test]
async fn without_a_yes_no_relay_hears_a_word_and_no_key_is_made() {
    let world = World::new();
    let mut relay = world.relay(Does::Attach);
    for typed in ["", "\n", "non\n", "oui"] {
        let (agreed, shown) = world.agree(&[relay.address], Some(CODE), typed);
        assert!(matches!(agreed, Err(EnrolError::Declined)), "{typed:?}");
        assert!(shown.contains("COMPTA-1"));
    }
    assert!(relay.heard.try_recv().is_err());
    assert!(!world.home.dir().exists());
}

#[tokio::test]
async fn a_code_may_be_typed_at_the_question() {
    let world = World::new();
    let relay = world.relay(Does::Attach);
    let (agreed, shown) = world.agree(&[relay.address], None, "k7qf 2m9x rt4w\noui\n");
    assert!(agreed.is_ok() && shown.starts_with("Code de rattachement"), "{shown}");
    for typed in ["", "\n", "oui\n", "é\noui\n"] {
        assert!(matches!(world.agree(&[relay.address], None, typed).0, Err(EnrolError::NoCode)), "{typed:?}");
    }
}

#[tokio::test]
async fn a_refused_code_says_why_and_whom_to_call() {
    for (code, said) in [
        (FaultCode::CodeUnknown, "n’existe pas"),
        (FaultCode::CodeExpired, "a expiré"),
        (FaultCode::CodeUsed, "a déjà servi"),
        (FaultCode::TooManyAttempts, "Trop d’essais"),
    ] {
        let world = World::new();
        let error = world.refusal(Does::Fault(code)).await.said();
        assert!(
            error.fr.contains(said) && error.fr.contains("01\u{a0}99\u{a0}00\u{a0}12\u{a0}34"),
            "{error:?}"
        );
        assert!(error.en.contains("Call Atelier"), "{error:?}");
        // Tried again with a good code: the same key.
        let key = world.home.signer().unwrap().key_id();
        let relay = world.relay(Does::Attach);
        assert_eq!(world.enrol(&[relay.address]).await.unwrap().agent, AgentId::from(key));
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_made_good_by_trying_again() {
    let world = World::new();
    for does in [Does::HangUp, Does::Nonsense] {
        let error = world.refusal(does).await;
        assert!(matches!(error, EnrolError::Interrupted { .. }), "{error}");
        assert!(error.said().en.contains("same code"));
    }
    let relay = world.relay(Does::Fault(FaultCode::Conflict));
    world.enrol(&[relay.address]).await.unwrap();
    assert!(world.home.is_enrolled());
}

#[tokio::test]
async fn a_relay_that_hangs_up_with_a_word_is_understood() {
    let world = World::new();
    let old = world.refusal(Does::Farewell(Farewell::TooOld { oldest: 9 })).await;
    assert!(old.said().fr.contains("trop ancienne"), "{old}");
    let restarting = Farewell::Restarting { reconnect_in_s: 7, try_for_s: 30 };
    assert!(world.refusal(Does::Farewell(restarting)).await.said().en.contains("in 7 s"));
}

#[tokio::test]
async fn a_redirect_leads_to_another_relay_and_circles_end() {
    let world = World::new();
    let other = world.relay(Does::Attach);
    let to = vec![other.address.to_string()];
    let first = world.relay(Does::Farewell(Farewell::Redirect { to, after_s: 0 }));
    let circle = World::new();
    world.enrol(&[first.address]).await.unwrap();
    assert_eq!(world.home.settings().unwrap().relays, [first.address.to_string()], "one's own list stays");
    let nowhere = Farewell::Redirect { to: vec!["127.0.0.1:x".into(); 20], after_s: 0 };
    let error = circle.refusal(Does::Farewell(nowhere)).await;
    let EnrolError::Unreachable { tried, .. } = error else { panic!("{error}") };
    assert_eq!(tried.len(), 9);
}

#[tokio::test]
async fn another_firms_relay_hears_no_code() {
    let (world, other) = (World::new(), World::new());
    let mut foreign = relay(&other.relay_key(NOW), &other.firm, Does::Attach);
    let error = world.enrol(&[foreign.address]).await.unwrap_err();
    assert!(matches!(error, EnrolError::Unreachable { .. }), "{error}");
    assert!(error.said().fr.contains("ne répond pas comme un serveur de Atelier"), "{}", error.said().fr);
    assert!(foreign.heard.try_recv().is_err(), "it heard a word");
    // The second relay of the list is the firm's.
    let honest = world.relay(Does::Attach);
    world.enrol(&[foreign.address, honest.address]).await.unwrap();
}

#[tokio::test]
async fn a_pc_whose_clock_is_wrong_by_a_year_is_attached_and_told() {
    for off in [-YEAR, YEAR] {
        let world = World::new();
        let relay = world.relay(Does::Attach);
        let attached = world.enrol_at(&[relay.address], UnixSeconds(NOW.0 + off)).await.unwrap();
        let told = attached.clock_off_s.unwrap();
        assert!((told + off).abs() < 60, "{told}");
    }
}

#[tokio::test]
async fn a_relay_whose_certificate_expired_by_its_own_clock_hears_no_code() {
    let world = World::new();
    let old = world.relay_key(UnixSeconds(NOW.0 - 200 * 86_400));
    let mut relay = relay(&old, &world.firm, Does::Attach);
    let error = world.enrol(&[relay.address]).await.unwrap_err();
    assert!(matches!(error, EnrolError::Unreachable { .. }), "{error}");
    assert!(matches!(relay.heard.recv().await, Some(Head::Link(_))));
    assert!(!matches!(relay.heard.try_recv(), Ok(Head::Call(_))), "it heard the code");
}

#[test]
fn what_was_given_is_checked_before_anybody_is_asked() {
    let world = World::new();
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let invite = |firm: &str, relays: &[&str]| {
        let relays = relays.iter().map(|&relay| relay.to_owned()).collect();
        let firm = Given::File(world.dir.path().join(firm));
        let invitation = Invitation { firm, code: Some(CODE.into()), relays };
        let facts = HardwareFacts::default();
        {
            let mut person = AtTerminal { input: &mut &b"oui\n"[..], output: &mut Vec::new() };
            agree(&world.home, invitation, facts, Lang::Fr, &mut person).unwrap_err()
        }
    };
    let good = here.to_string();
    assert!(matches!(invite("firm.pub", &[]), EnrolError::BadRelays(_)));
    assert!(matches!(invite("firm.pub", &["nowhere"]), EnrolError::BadRelays(_)));
    assert!(matches!(invite("missing.pub", &[&good]), EnrolError::FirmFile { .. }));
    let pem = std::fs::read_to_string(world.dir.path().join("firm.pub")).unwrap();
    for (name, text) in
        [("empty", String::new()), ("torn", pem[..pem.len() / 2].to_owned()), ("long", "x".repeat(100_000))]
    {
        std::fs::write(world.dir.path().join(name), text).unwrap();
        let error = invite(name, &[&good]);
        assert!(matches!(error, EnrolError::FirmFile { .. }), "{name}: {error}");
        assert!(error.said().fr.contains("--firm") && error.said().en.contains("--firm"));
    }
    assert!(!world.home.dir().exists(), "something was kept");
}
