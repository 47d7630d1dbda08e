//! The service, started by a person or by the system; on Windows also how the system is told to start it.

use aval_transport::{Clock, Random};

use super::{DONE, Failure};
use crate::inventory::native;
use crate::ipc::{Door, IpcError};
use crate::service::{Machine, Service};
use crate::state::Home;
use crate::update::Programs;

/// Serves until it is told to stop.
///
/// # Errors
/// [`Failure`], with what to tell the person.
pub(super) async fn serve(
    home: Home,
    stop: impl Future<Output = ()>,
    door: impl FnOnce() -> Result<Door, IpcError>,
    programs: Programs,
) -> Result<u8, Failure> {
    // Before the socket is made: a machine that is not attached, or damaged, opens nothing.
    home.check()?;
    crate::renew::finish_if_begun(&home).await;
    let desktop = Box::new(door()?);
    let (clock, random) = (Clock::system(), Random::system());
    let machine = Machine::this(&random)?;
    let inventory = native();
    let service = Service { home, machine, socket: None, clock, random, inventory, desktop, programs };
    service.run(stop).await?;
    Ok(DONE)
}

#[cfg(windows)]
pub(super) use managed::{install, remove_versions, settle, under_the_system, uninstall};

#[cfg(windows)]
mod managed {
    //! Under the service control manager.

    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use aval_protocol::text::{Lang, agent as text};
    use aval_transport::Clock;

    use super::super::{DONE, FAILED, Failure, runtime};
    use super::serve;
    use crate::ipc::{Door, Helper};
    use crate::say::Said;
    use crate::state::Home;
    use crate::update::trial::Trials;
    use crate::update::{Programs, settle};
    use crate::windows::service::Told;
    use crate::windows::update::{Here, Managed};
    use crate::windows::{helper, service};

    /// The service's whole life, if the system started this process; `false` if a person did.
    pub(in super::super) fn under_the_system(home: &Path, pipe: &Path) -> Result<bool, Failure> {
        let (home, pipe) = (home.to_owned(), pipe.to_owned());
        Ok(service::dispatch(service::NAME, move |told| match live(home, &pipe, told) {
            Ok(exit) => exit,
            Err(failure) => {
                tracing::error!(why = failure.said.en, "the service does not run");
                failure.exit
            }
        })?)
    }

    fn live(home: PathBuf, pipe: &Path, told: Told) -> Result<u8, Failure> {
        let helper = Helper::default();
        let Told { stop, sessions } = told;
        runtime()?.block_on(async {
            let door = || {
                let door = Door::bind_for(pipe, Some(Arc::clone(&helper)))?;
                // Only now there is something to connect to. Ends when nobody tells of sessions any more, and the process ends anyway.
                let (pipe, helper) = (pipe.to_owned(), Arc::clone(&helper));
                std::thread::spawn(move || helper::keep(&pipe, &helper, &sessions));
                Ok(door)
            };
            let stopped = async {
                let _ = stop.await;
            };
            let here = Here::this()?;
            if Trials::new(&home).read().is_none() {
                here.tidy();
            }
            serve(Home::new(home), stopped, door, Programs::Own(Arc::new(here))).await
        })
    }

    /// Removes what came by updates, before the program itself is removed.
    pub(in super::super) fn remove_versions() {
        if let Ok(here) = Here::this() {
            here.remove();
        }
    }

    /// Changes the service's program, as its helper.
    pub(in super::super) fn settle(home: &Path) -> Result<u8, Failure> {
        let trials = Trials::new(home);
        service::dispatch(service::HELPER, move |_| {
            let clock = Clock::system();
            match settle::run(&Managed, &trials, &|| clock.monotonic(), &std::thread::sleep) {
                Ok(()) => {
                    if let Err(error) = service::remove_helper() {
                        tracing::warn!(%error, "the helper stays registered; it finds nothing to do");
                    }
                    DONE
                }
                Err(error) => {
                    tracing::error!(%error, "the helper could not change the service");
                    FAILED
                }
            }
        })?;
        Ok(DONE)
    }

    /// Registers and starts the service.
    pub(in super::super) fn install(lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
        service::install(text::service_name(lang), text::service_about(lang)).map_err(|e| refused(&e))?;
        writeln!(out, "{}", text::service_installed(lang))?;
        Ok(DONE)
    }

    /// Stops and removes it.
    pub(in super::super) fn uninstall(lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
        service::uninstall().map_err(|e| refused(&e))?;
        writeln!(out, "{}", text::service_removed(lang))?;
        Ok(DONE)
    }

    fn refused(error: &std::io::Error) -> Failure {
        Failure { said: Said::of(|lang| text::service_refused(lang, &error.to_string())), exit: FAILED }
    }
}
