//! What the service is told to do, and how the machine's outputs become that.

use std::time::Instant;

use aval_protocol::id::SessionId;
use aval_protocol::journal::Event;
use aval_protocol::prompt::Banner;
use aval_protocol::session::AtDesk;
use aval_protocol::session::agent::Output;
use aval_protocol::wire::beside::Colleague;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::Uplink;
use aval_protocol::wire::session::{Capabilities, Ticket};

use super::Engine;
use crate::ipc::ToSession;

/// What is to be done, in this order.
#[derive(Debug)]
pub(crate) enum Command {
    /// Tell the relay.
    Uplink(Uplink),
    /// Tell the desktop.
    Order(ToSession),
    /// Sealed bytes for the control lane of a session.
    Control(SessionId, Vec<u8>),
    /// A sealed datagram on the control connection.
    Datagram(Vec<u8>),
    /// Keep the person's yes to one return of this session's technician.
    KeepPromise {
        /// The session's ticket.
        ticket: Box<Ticket>,
        /// With what, at most.
        capabilities: Capabilities,
    },
    /// Remove it. If that fails nothing may follow from it.
    ForgetPromise,
    /// Write it into the journal.
    Record(Event),
    /// Open the media connection of this session.
    OpenMedia(SessionId),
    /// Frames and input of this session's granted epoch may pass from now on.
    Live(SessionId),
    /// Nothing of it may pass for now; the lanes stay.
    Hold(SessionId),
    /// Nothing of it may pass any more.
    Dead(SessionId),
    /// The line of the session is lost: give up its lanes and connections; others may take their place.
    Hang(SessionId),
    /// The session is over: give up its lanes and connections.
    Close(SessionId),
}

impl Engine {
    /// Turns what the machine says into commands.
    pub(super) fn drain(&mut self, now: Instant) {
        while let Some((at, output)) = self.said() {
            let Some(active) = self.active.get_mut(at) else { return };
            let session = active.ticket.session;
            let command = match output {
                Output::Send(bytes) => Command::Control(session, bytes),
                Output::Datagram(bytes) => Command::Datagram(bytes),
                Output::Ask(ask) => {
                    self.limit.asked(now, &active.ticket.technician);
                    self.tell_first(session, |way| Colleague::Asked { way, for_s: ask.ttl_s });
                    Command::Order(ToSession::Ask { session, ask })
                }
                Output::Withdraw => Command::Order(ToSession::Withdraw { session }),
                Output::Start { epoch, capabilities, for_s, technician } => {
                    (active.living, active.granted) = (true, true);
                    self.commands.push_back(Command::Live(session));
                    let banner = Box::new(Banner {
                        technicians: self.names(session, technician),
                        firm: self.own.profile.name.clone(),
                        phone: self.own.profile.phone.clone(),
                        capabilities,
                        remaining_s: for_s,
                        lang: None,
                    });
                    Command::Order(ToSession::Begin { session, epoch, capabilities, for_s, banner })
                }
                Output::Hold { .. } => {
                    active.living = false;
                    Command::Hold(session)
                }
                Output::Turn { before, epoch, capabilities } => {
                    active.turns(epoch);
                    active.living = true;
                    self.commands.push_back(Command::Live(session));
                    let word = AtDesk::Turn { epoch, capabilities };
                    Command::Order(ToSession::AtDesk { epoch: before, word })
                }
                Output::AtDesk { epoch, word } => {
                    if matches!(word, AtDesk::Widen { .. } | AtDesk::AskReturn { .. }) {
                        self.limit.asked(now, &active.ticket.technician);
                    }
                    Command::Order(ToSession::AtDesk { epoch, word })
                }
                Output::Return { epoch, capabilities, for_s, technician } => {
                    active.living = true;
                    self.commands.push_back(Command::Live(session));
                    let banner = Box::new(Banner {
                        technicians: vec![technician],
                        firm: self.own.profile.name.clone(),
                        phone: self.own.profile.phone.clone(),
                        capabilities,
                        remaining_s: for_s,
                        lang: None,
                    });
                    Command::Order(ToSession::Return { session, epoch, capabilities, for_s, banner })
                }
                Output::Promise { capabilities } => {
                    Command::KeepPromise { ticket: Box::new(active.ticket.clone()), capabilities }
                }
                Output::Away { epoch, for_s } => {
                    (active.living, active.waiting) = (false, true);
                    let word = AtDesk::LineLost { for_s };
                    self.commands.push_back(Command::Dead(session));
                    self.commands.push_back(Command::Order(ToSession::AtDesk { epoch, word }));
                    Command::Hang(session)
                }
                Output::Back { lost, epoch } => {
                    active.turns(epoch);
                    (active.living, active.waiting) = (true, false);
                    self.commands.push_back(Command::Live(session));
                    Command::Order(ToSession::AtDesk { epoch: lost, word: AtDesk::Back { epoch } })
                }
                Output::Stop { reason, .. } => {
                    active.living = false;
                    self.commands.push_back(Command::Dead(session));
                    Command::Order(ToSession::End { session, reason })
                }
                Output::Report(step) => Command::Uplink(Uplink::Step { session, step }),
                Output::Journal(event) => Command::Record(event),
                Output::Over(reason) => {
                    if reason == EndReason::SecurityCut {
                        self.commands.push_back(Command::ForgetPromise);
                    }
                    tracing::info!(%session, %reason, "the session is over");
                    self.forget(now, session, reason);
                    self.commands.push_back(Command::Dead(session));
                    self.commands.push_back(Command::Order(ToSession::End { session, reason }));
                    Command::Close(session)
                }
            };
            self.commands.push_back(command);
        }
    }
}
