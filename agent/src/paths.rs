//! Where the agent's folder and socket are when nobody says otherwise.

use std::path::{Path, PathBuf};

/// The service's folder and socket when root runs it: what the Filesystem Hierarchy Standard 3.0 (§5.8, §3.15) and the unit have.
#[cfg(not(windows))]
const SYSTEM: (&str, &str) = ("/var/lib/aval-agent", "/run/aval-agent/agent.sock");
/// The same on Windows, when an administrator or the system runs it.
#[cfg(windows)]
const SYSTEM: (&str, &str) = (r"C:\ProgramData\Aval\Agent", r"\\.\pipe\aval-agent");
const OWN: &str = "aval-agent";
#[cfg(not(windows))]
const SOCKET: &str = "agent.sock";

/// What decides: who runs the program, and the XDG Base Directory variables.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts {
    system: bool,
    home: Option<PathBuf>,
    state: Option<PathBuf>,
    #[cfg_attr(windows, allow(dead_code, reason = "pipes have one folder for all"))]
    runtime: Option<PathBuf>,
}

// === impl Whereabouts

impl Whereabouts {
    /// Of this process.
    pub fn of_process() -> Self {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            system: is_root(),
            home: std::env::home_dir().filter(|home| home.is_absolute()),
            state: absolute("XDG_STATE_HOME").or_else(|| absolute("LOCALAPPDATA")),
            runtime: absolute("XDG_RUNTIME_DIR"),
        }
    }

    /// The agent's folder.
    pub fn agent_home(&self) -> PathBuf {
        if self.system {
            return SYSTEM.0.into();
        }
        match (&self.state, &self.home) {
            (Some(state), _) => state.join(OWN),
            (None, Some(home)) => home.join(".local/state").join(OWN),
            (None, None) => SYSTEM.0.into(),
        }
    }

    /// The socket that a service opens.
    pub fn service_socket(&self) -> PathBuf {
        if self.system {
            return SYSTEM.1.into();
        }
        self.own_socket()
    }

    /// The socket that a session process looks for: the system's service, if there is one, before one's own.
    pub fn session_socket(&self) -> PathBuf {
        let system = Path::new(SYSTEM.1);
        if is_served(system) { system.into() } else { self.service_socket() }
    }

    #[cfg(not(windows))]
    fn own_socket(&self) -> PathBuf {
        match &self.runtime {
            Some(runtime) => runtime.join(OWN).join(SOCKET),
            None => self.agent_home().join(SOCKET),
        }
    }

    /// Pipes have one folder for all: the account makes the name one's own.
    #[cfg(windows)]
    fn own_socket(&self) -> PathBuf {
        let account = aval_transport::windows::own_sid().unwrap_or_default();
        format!("{}-{account}", SYSTEM.1).into()
    }
}

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(windows)]
fn is_root() -> bool {
    aval_transport::windows::is_administrator()
}

#[cfg(not(any(target_os = "linux", windows)))]
fn is_root() -> bool {
    false
}

#[cfg(not(windows))]
fn is_served(socket: &Path) -> bool {
    socket.exists()
}

#[cfg(windows)]
fn is_served(socket: &Path) -> bool {
    crate::windows::pipe::is_served(socket)
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    #[test]
    fn root_uses_the_systems_places_and_a_person_their_own() {
        let root = Whereabouts { system: true, home: Some("/root".into()), ..Whereabouts::default() };
        assert_eq!(root.agent_home(), Path::new("/var/lib/aval-agent"));
        assert_eq!(root.service_socket(), Path::new("/run/aval-agent/agent.sock"));
        let person = Whereabouts { home: Some("/home/leroy".into()), ..Whereabouts::default() };
        assert_eq!(person.agent_home(), Path::new("/home/leroy/.local/state/aval-agent"));
        assert_eq!(person.service_socket(), Path::new("/home/leroy/.local/state/aval-agent/agent.sock"));
        let person = Whereabouts {
            state: Some("/home/leroy/.état".into()),
            runtime: Some("/run/user/1000".into()),
            ..person
        };
        assert_eq!(person.agent_home(), Path::new("/home/leroy/.état/aval-agent"));
        assert_eq!(person.service_socket(), Path::new("/run/user/1000/aval-agent/agent.sock"));
    }
}
