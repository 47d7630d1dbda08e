//! A machine that is attached and approved, by bare protocol: what the benches of many machines begin with.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use aval_console::link::Console;
use aval_protocol::firm::tls::{RELAY_NAME, RelayTrust, client_config};
use aval_protocol::firm::{Firm, Signer};
use aval_protocol::id::ContractId;
use aval_protocol::text::Lang;
use aval_protocol::wire::enrol::{Accepted, Call, Reply};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::Head;
use aval_protocol::wire::session::Approval;
use aval_tests::world::CONTRACT;
use aval_transport::socket::{Socket, endpoint};
use aval_transport::{Clock, FrameReader, FrameWriter, config};
use quinn::{Connection, Endpoint};

/// Machines behind one address: the relay hears only 20 codes from one in ten minutes.
pub(crate) const PER_ADDRESS: usize = 16;

/// An address of this machine's own network, so that no address tries too many codes.
pub(crate) fn source(number: usize) -> Result<Endpoint> {
    let last = u8::try_from(number + 2)?;
    Ok(endpoint(Socket::Udp(SocketAddr::from(([127, 0, 1, last], 0))), None)?)
}

pub(crate) async fn attach(
    manager: &Console,
    from: &Endpoint,
    relay: SocketAddr,
    firm: &Firm,
) -> Result<Signer> {
    let contract = ContractId::new(CONTRACT).map_err(|e| anyhow!("{e:?}"))?;
    let issue = Call::IssueCode { contract: contract.clone(), valid_minutes: 60 };
    let Reply::Code(issued) = manager.call(issue).await? else { bail!("no code") };
    let signer = Signer::generate()?;
    let connection = dial(&signer, from, relay, firm).await?;
    let (mut writer, mut reader) = open(&connection).await?;
    let accepted = Accepted { version: "0.1.0".into(), sha256: [0; 32], lang: Lang::Fr };
    let facts = HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() };
    writer.write(&Head::Call(Box::new(Call::Enrol { code: issued.code, facts, accepted }))).await?;
    writer.finish();
    let Reply::Enrolled { .. } = reader.read().await? else { bail!("not attached") };
    connection.close(0_u32.into(), b"");
    let (agent_key, hostname, at) = (signer.key_id(), "COMPTA-1".to_owned(), manager.now());
    let signed = manager.signer().sign(&Approval { agent_key, contract, hostname, at })?;
    let Reply::Done = manager.call(Call::Approve(Box::new(signed))).await? else { bail!("not approved") };
    Ok(signer)
}

pub(crate) async fn dial(
    signer: &Signer,
    from: &Endpoint,
    relay: SocketAddr,
    firm: &Firm,
) -> Result<Connection> {
    let trust = RelayTrust::new(firm.clone());
    let tls = client_config(signer, trust, Arc::new(Clock::system()))?;
    let config = config::client(tls).map_err(|e| anyhow!("{e}"))?;
    Ok(from.connect_with(config, relay, RELAY_NAME)?.await?)
}

pub(crate) async fn open(connection: &Connection) -> Result<(FrameWriter, FrameReader)> {
    let (send, recv) = connection.open_bi().await?;
    Ok((FrameWriter::new(send), FrameReader::new(recv)))
}
