//! Whole handshakes in memory: each caller that passes beside one that must not.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rustls::{
    CertificateError, ClientConnection, Connection, Error, HandshakeKind, NamedGroup, ServerConnection,
};
use rustls_pki_types::UnixTime;

use super::super::fixture::*;
use super::super::{FoundedFirm, Member, Role};
use super::*;
use crate::id::UnixSeconds;

#[derive(Debug)]
struct At(AtomicI64);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.load(Ordering::Relaxed).cast_unsigned())))
    }
}

fn at(moment: UnixSeconds) -> Arc<dyn TimeProvider> {
    Arc::new(At(AtomicI64::new(moment.0)))
}

/// The two ends after the handshake, or the first error of either.
fn shake(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
) -> Result<(ClientConnection, ServerConnection), Error> {
    let mut client = ClientConnection::new(Arc::clone(client), server_name(RELAY_NAME).unwrap())?;
    let mut server = ServerConnection::new(Arc::clone(server))?;
    for _ in 0..8 {
        carry(&mut client, &mut server)?;
        carry(&mut server, &mut client)?;
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
    Ok((client, server))
}

fn carry<A, B>(
    from: &mut rustls::ConnectionCommon<A>,
    to: &mut rustls::ConnectionCommon<B>,
) -> Result<(), Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

fn relay(firm: &FoundedFirm, now: UnixSeconds) -> Arc<ServerConfig> {
    let signer = with_role(firm, Role::Relay);
    Arc::new(relay_server_config(&signer, firm.file.firm().clone(), at(now)).unwrap())
}

fn caller(signer: &Signer, trust: &RelayTrust, now: UnixSeconds) -> Arc<ClientConfig> {
    Arc::new(client_config(signer, trust.clone(), at(now)).unwrap())
}

fn refused(result: Result<(ClientConnection, ServerConnection), Error>) -> CertificateError {
    match result {
        Err(Error::InvalidCertificate(error)) => error,
        other => panic!("{:?}", other.map(|_| ())),
    }
}

fn peer(server: &ServerConnection, firm: &FoundedFirm) -> Peer {
    Peer::from_certs(server.peer_certificates().unwrap(), firm.file.firm(), NOW).unwrap()
}

#[test]
fn a_relay_lets_people_and_agents_in_and_knows_which() {
    let firm = firm();
    let server = relay(&firm, NOW);
    for role in [Role::Technician, Role::Manager, Role::Billing] {
        let signer = with_role(&firm, role);
        let trust = RelayTrust::new(firm.file.firm().clone());
        let (client, server) = shake(&caller(&signer, &trust, NOW), &server).unwrap();
        match peer(&server, &firm) {
            Peer::Member(Member { role: seen, key, .. }, chain) => {
                assert_eq!((seen, key, chain.as_slice()), (role, signer.key_id(), signer.chain()));
            }
            Peer::Agent { .. } => panic!("taken for an agent"),
        }
        assert_eq!(trust.judge(NOW).unwrap().role, Role::Relay);
        assert!(!trust.clock_doubt());
        assert_eq!(trust.judge_certs(client.peer_certificates().unwrap(), NOW).unwrap().role, Role::Relay);
    }
    let agent = Signer::generate().unwrap();
    let trust = RelayTrust::new(firm.file.firm().clone());
    let (_, server) = shake(&caller(&agent, &trust, NOW), &server).unwrap();
    assert_eq!(peer(&server, &firm), Peer::Agent { spki: agent.spki().to_vec(), key_id: agent.key_id() });
}

#[test]
fn a_relay_turns_strangers_and_other_roles_away() {
    let (ours, theirs) = (firm(), firm());
    let server = relay(&ours, NOW);
    let trust = RelayTrust::new(ours.file.firm().clone());
    let call = |signer: &Signer| refused(shake(&caller(signer, &trust, NOW), &server));
    assert_eq!(call(&with_role(&theirs, Role::Technician)), CertificateError::UnknownIssuer);
    assert_eq!(call(&with_role(&ours, Role::Relay)), CertificateError::InvalidPurpose);
    assert_eq!(call(&with_role(&ours, Role::Release)), CertificateError::InvalidPurpose);
    // A certificate of one's own making that claims to be Sophie's.
    let key = Signer::generate().unwrap();
    let own = honest_params().self_signed(&super::super::authority::OwnKey(&key)).unwrap().der().to_vec();
    let pretender = Signer::from_pkcs8(key.pkcs8().to_vec(), vec![own]).unwrap();
    assert_eq!(call(&pretender), CertificateError::UnknownIssuer);
    let late = relay(&ours, days(366));
    let expired = with_role(&ours, Role::Technician);
    assert_eq!(refused(shake(&caller(&expired, &trust, NOW), &late)), CertificateError::Expired);
}

#[test]
fn nobody_calls_without_a_certificate() {
    let firm = firm();
    let mut config = ClientConfig::clone(&caller(
        &Signer::generate().unwrap(),
        &RelayTrust::new(firm.file.firm().clone()),
        NOW,
    ));
    config.client_auth_cert_resolver = Arc::new(rustls::client::AlwaysResolvesClientRawPublicKeys::new(
        Arc::new(rustls::sign::CertifiedKey::new(Vec::new(), Arc::new(NoKey))),
    ));
    assert!(shake(&Arc::new(config), &relay(&firm, NOW)).is_err());
}

#[derive(Debug)]
struct NoKey;
impl rustls::sign::SigningKey for NoKey {
    fn choose_scheme(&self, _: &[rustls::SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        None
    }
    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        rustls::SignatureAlgorithm::ED25519
    }
}

#[test]
fn a_certificate_is_of_no_use_without_its_key() {
    let firm = firm();
    let sophie = with_role(&firm, Role::Technician);
    let thief =
        Signer::from_pkcs8(Signer::generate().unwrap().pkcs8().to_vec(), sophie.chain().to_vec()).unwrap();
    let trust = RelayTrust::new(firm.file.firm().clone());
    assert!(client_config(&thief, trust.clone(), at(NOW)).is_err());
    assert!(client_config(&sophie, trust, at(NOW)).is_ok());
    assert!(relay_server_config(&Signer::generate().unwrap(), firm.file.firm().clone(), at(NOW)).is_err());
}

#[test]
fn only_a_relay_of_the_firm_is_taken_for_one() {
    let (ours, theirs) = (firm(), firm());
    let agent = Signer::generate().unwrap();
    let trust = RelayTrust::new(ours.file.firm().clone());
    let client = caller(&agent, &trust, NOW);
    assert_eq!(refused(shake(&client, &relay(&theirs, NOW))), CertificateError::UnknownIssuer);
    for role in [Role::Technician, Role::Manager, Role::Release] {
        let signer = with_role(&ours, role);
        let server = relay_server_config(&signer, ours.file.firm().clone(), at(NOW)).unwrap();
        assert_eq!(refused(shake(&client, &Arc::new(server))), CertificateError::InvalidPurpose);
    }
    assert_eq!(trust.judge(NOW).unwrap_err(), TrustError::Foreign, "nothing was shown that counts");
    assert!(shake(&client, &relay(&ours, NOW)).is_ok());
    assert!(trust.judge(NOW).is_ok());
}

#[test]
fn a_pc_with_a_wrong_clock_hears_the_relay_and_judges_it_again() {
    let firm = firm();
    let server = relay(&firm, NOW);
    let agent = Signer::generate().unwrap();
    for (wrong, error) in [(days(-365), TrustError::NotYetValid), (days(900), TrustError::Expired)] {
        let trust = RelayTrust::new(firm.file.firm().clone());
        assert!(shake(&caller(&agent, &trust, wrong), &server).is_ok());
        assert!(trust.clock_doubt());
        assert_eq!(trust.judge(wrong).unwrap_err(), error);
        assert_eq!(trust.judge(NOW).unwrap().role, Role::Relay);
    }
    // A wrong clock opens no door for another firm's relay or another role.
    let trust = RelayTrust::new(firm.file.firm().clone());
    let client = caller(&agent, &trust, days(-365));
    assert_eq!(
        refused(shake(&client, &relay(&super::super::fixture::firm(), NOW))),
        CertificateError::UnknownIssuer
    );
    let technician = with_role(&firm, Role::Technician);
    let server = relay_server_config(&technician, firm.file.firm().clone(), at(NOW)).unwrap();
    assert_eq!(refused(shake(&client, &Arc::new(server))), CertificateError::InvalidPurpose);
}

#[test]
fn the_sealed_channel_joins_a_technician_and_one_machine() {
    let (ours, theirs) = (firm(), firm());
    let agent = Signer::generate().unwrap();
    let server = Arc::new(e2e_agent_config(&agent, ours.file.firm().clone(), at(NOW)).unwrap());
    let console = |signer: &Signer, spki: &[u8]| Arc::new(e2e_console_config(signer, spki, at(NOW)).unwrap());
    let sophie = with_role(&ours, Role::Technician);
    let (client, answered) = shake(&console(&sophie, agent.spki()), &server).unwrap();
    match peer(&answered, &ours) {
        Peer::Member(member, _) => assert_eq!((member.role, member.key), (Role::Technician, sophie.key_id())),
        Peer::Agent { .. } => panic!("taken for an agent"),
    }
    assert_eq!(client.negotiated_key_exchange_group().unwrap().name(), NamedGroup::X25519MLKEM768);
    let mut ends = [[0; 32]; 2];
    client.export_keying_material(&mut ends[0], b"test", None).unwrap();
    answered.export_keying_material(&mut ends[1], b"test", None).unwrap();
    assert_eq!(ends[0], ends[1]);

    let other = Signer::generate().unwrap();
    assert_eq!(refused(shake(&console(&sophie, other.spki()), &server)), CertificateError::UnknownIssuer);
    let manager = with_role(&ours, Role::Manager);
    assert_eq!(refused(shake(&console(&manager, agent.spki()), &server)), CertificateError::InvalidPurpose);
    let stranger = with_role(&theirs, Role::Technician);
    assert_eq!(refused(shake(&console(&stranger, agent.spki()), &server)), CertificateError::UnknownIssuer);
    assert!(e2e_console_config(&other, agent.spki(), at(NOW)).is_err(), "an agent's key calls nobody");
}

#[test]
fn an_agent_calls_no_agent() {
    let firm = firm();
    let (one, two) = (Signer::generate().unwrap(), Signer::generate().unwrap());
    let server = Arc::new(e2e_agent_config(&one, firm.file.firm().clone(), at(NOW)).unwrap());
    let two = Signer::from_pkcs8(two.pkcs8().to_vec(), vec![agent_certificate(&two).unwrap()]).unwrap();
    let client = Arc::new(e2e_console_config(&two, one.spki(), at(NOW)).unwrap());
    assert!(shake(&client, &server).is_err());
}

#[test]
fn each_handshake_is_a_full_one() {
    let firm = firm();
    let server = relay(&firm, NOW);
    let client = caller(&Signer::generate().unwrap(), &RelayTrust::new(firm.file.firm().clone()), NOW);
    for _ in 0..2 {
        let (client, server) = shake(&client, &server).unwrap();
        assert_eq!(Connection::from(client).handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(Connection::from(server).handshake_kind(), Some(HandshakeKind::Full));
    }
}

#[test]
fn an_agent_is_its_key_and_claims_nothing_else() {
    let firm = firm();
    let key = Signer::generate().unwrap();
    let honest = agent_certificate(&key).unwrap();
    assert_eq!(honest, agent_certificate(&key).unwrap(), "one key, one certificate");
    let read = |certs: &[Vec<u8>]| {
        let certs: Vec<_> = certs.iter().map(|der| CertificateDer::from(der.clone())).collect();
        Peer::from_certs(&certs, firm.file.firm(), NOW)
    };
    assert!(
        matches!(read(std::slice::from_ref(&honest)), Ok(Peer::Agent { key_id, .. }) if key_id == key.key_id())
    );
    assert!(read(&[honest.clone(), honest.clone()]).is_err());
    assert!(read(&[]).is_err());
    let mut torn = honest;
    *torn.last_mut().unwrap() ^= 1;
    assert!(read(&[torn]).is_err());
    let mut claims = honest_params();
    claims.distinguished_name.push(rcgen::DnType::CommonName, "aval-agent");
    let claiming = claims.self_signed(&super::super::authority::OwnKey(&key)).unwrap().der().to_vec();
    assert!(read(&[claiming]).is_err());
}
