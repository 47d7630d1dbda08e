//! A technician's program inside the bench's process, so that one clock measures both ends.

use anyhow::{Context as _, Result, bail, ensure};
use aval_console::calls::machines;
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_console::session::{Happened, Running, start};
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};

use crate::desk::Desk;
use crate::world::agree;

/// A line to the relay of that folder, over that socket if one is given.
///
/// # Errors
/// When no relay answers.
pub async fn connect(home: Home, socket: impl Into<Option<Socket>>) -> Result<Console> {
    let console = Console::connect(ConsoleConfig {
        socket: socket.into(),
        relays: home.relays,
        signer: home.signer.into(),
        firm: home.firm.firm().clone(),
        clock: Clock::system(),
        random: Random::system(),
        keep: Some(home.bulletin),
    });
    Ok(console.await?)
}

/// A session with view and control, the person's yes included.
///
/// # Errors
/// When it does not come to that.
pub async fn granted(console: &Console, desk: &Desk) -> Result<Running> {
    let rows = machines(console).await?;
    let request = SessionRequest {
        agent: rows.first().context("the machine is listed")?.agent,
        capabilities: Capabilities::KNOWN,
        category: WorkCategory::Assistance,
        reference: "appel de M. Leroy, 10 h 12".into(),
        minutes: 30,
    };
    let mut running = start(console, request).await?;
    loop {
        match running.next().await.context("the session ended early")? {
            Happened::Asking { .. } => tokio::task::block_in_place(|| agree(desk))?,
            Happened::Granted { capabilities, .. } => {
                ensure!(capabilities.holds(Capabilities::CONTROL), "control was not granted");
                return Ok(running);
            }
            Happened::Ended(reason) => bail!("no session: {reason}"),
            _ => {}
        }
    }
}
