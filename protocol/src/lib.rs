//! The whole conversation on one page: who speaks when.
//!
//! 1. A **technician** picks a machine; the console sends a request to the **relay** ([`wire::enrol::Call::RequestSession`]).
//! 2. The relay's gate judges contract, hours and line. It refuses with reasons ([`wire::record::Decision`]), or signs a
//!    single-use [`wire::session::Ticket`] and offers it to the **agent**.
//! 3. Console and agent complete an end-to-end handshake through the relay ([`seal`]): the relay forwards bytes it cannot read.
//! 4. Inside the seal the console signs its request; both ends show the same match code.
//! 5. Only then the person at the PC is asked ([`consent`]). Silence, closing and crashing mean no.
//! 6. A yes opens the screen and input lanes for one epoch. A no, an end or a lost banner closes them at once, locally first.
//!
//! Nothing here opens a socket or reads a clock: bytes and moments come in as arguments, bytes and commands go out.

pub mod consent;
pub mod firm;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod glpi;
pub mod hex;
pub mod id;
pub mod journal;
pub mod line;
pub mod pace;
pub mod prompt;
pub mod release;
pub mod seal;
pub mod session;
pub mod text;
pub mod wire;
