//! What a person types or presses on this system, in sentences that are the same on all: the agent speaks of the PC it runs on.

use super::Lang;

/// In front of a command that needs an administrator. On Windows the prompt itself is the administrator's.
pub(super) const AS_ADMIN: &str = if cfg!(windows) { "" } else { "sudo " };
/// Stops the service.
pub(super) const STOP: &str = if cfg!(windows) { "sc stop aval-agent" } else { "systemctl stop aval-agent" };

/// How everything goes away again.
pub(super) const fn remove(lang: Lang) -> &'static str {
    if cfg!(windows) {
        lang.pick("Paramètres, Applications, Aval, Désinstaller", "Settings, Apps, Aval, Uninstall")
    } else {
        "sudo apt purge aval-agent"
    }
}
