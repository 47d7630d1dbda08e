//! The command line. No option answers a question, moves a clock or lets anybody in.

use std::path::PathBuf;

use aval_protocol::id::KeyId;
use aval_protocol::text::Lang;
use clap::{Args, Parser, Subcommand};

/// The program on the client's PC: nothing is shown without a local yes, and it can be ended at any time.
#[derive(Parser, Debug)]
#[command(
    name = "aval-agent",
    version = crate::version::text(),
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 the person said no, 4 the journal does not hold. \
                  AVAL_LOG=debug says more in the log of service and session."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Attaches this PC to a provider, after showing what is sent and asking at the terminal.
    Enrol(EnrolArgs),
    /// Keeps the line to the provider. Normally started by the system.
    Service {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
        /// The local socket for the session process.
        #[arg(long, value_name = "PATH")]
        socket: Option<PathBuf>,
    },
    /// Serves this desktop: asks, shows the banner, yields the screen. Normally started with the desktop.
    Session {
        /// The service's local socket.
        #[arg(long, value_name = "PATH")]
        socket: Option<PathBuf>,
        /// The X display to ask on and to show, instead of the environment's: :0
        #[arg(long, value_name = "DISPLAY")]
        display: Option<String>,
    },
    /// Registers the service of Windows, which starts with the machine, and starts it. Asks for an administrator.
    #[cfg(windows)]
    Install {
        /// Does nothing on a PC that is not attached.
        #[arg(long)]
        if_attached: bool,
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
    },
    /// Stops the service and removes it. Asks for an administrator.
    #[cfg(windows)]
    Uninstall,
    /// For the inventory, which kills it when it hangs: what the system's management says, as JSON.
    #[cfg(windows)]
    #[command(hide = true)]
    Ask {
        /// What is asked.
        question: String,
    },
    /// Puts a new program in the service's place and watches whether it proves itself. Started by the service.
    #[cfg(windows)]
    #[command(hide = true)]
    Settle,
    /// Says to whom this PC is attached and how it stands.
    Status {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
        /// JSON instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// Shows exactly what this PC tells its provider about itself.
    Inventory {
        /// JSON instead of lines.
        #[arg(long, conflicts_with = "glpi")]
        json: bool,
        /// In the inventory format of GLPI (JSON), to hand it to another program.
        #[arg(long)]
        glpi: bool,
        /// The agent's folder, whose policy says what is not read.
        #[command(flatten)]
        home: HomeArgs,
        /// fr or en, instead of the environment's language.
        #[arg(long, value_name = "LANG", value_parser = lang)]
        lang: Option<Lang>,
    },
    /// Shows this PC's own journal: each request, answer and session.
    Register(RegisterArgs),
    /// This PC's own key.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Detaches this PC from its provider, after asking at the terminal.
    Leave {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
    },
    /// For the package's removal, which is the person's own decision: tells the provider if it can be reached, and forgets the key.
    #[command(hide = true)]
    Uninstalled {
        /// The agent's folder goes too, with the journal in it.
        #[arg(long)]
        everything: bool,
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
    },
}

/// This PC's own key.
#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// Replaces it by another one, which a manager then approves. The service is stopped first.
    Renew {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
    },
}

/// The agent's folder.
#[derive(Args, Debug)]
pub struct HomeArgs {
    /// The agent's folder [default: /var/lib/aval-agent for root, else ~/.local/state/aval-agent].
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
}

/// Attaching.
#[derive(Args, Debug)]
pub struct EnrolArgs {
    /// The invitation as the install page shows it: K7QF-2M9X-RT4W@relay.example.com/3f9a… Or the code alone, with --relay and
    /// --firm. The code is asked for if left out.
    pub invitation: Option<String>,
    /// The provider's file, if it was given by hand.
    #[arg(long, value_name = "FILE")]
    pub firm: Option<PathBuf>,
    /// The provider's server; several in order of preference.
    #[arg(long = "relay", value_name = "HOST:PORT")]
    pub relays: Vec<String>,
    /// The provider's release key, if it was given by hand: updates signed with it are taken.
    #[arg(long, value_name = "FILE")]
    pub release_key: Option<PathBuf>,
    /// The name of the installer's file, which may hold the code.
    #[arg(long, value_name = "NAME", hide = true)]
    pub installer: Option<String>,
    /// Asks in a window instead of at the terminal, and says there how it went: for installers.
    #[cfg(windows)]
    #[arg(long)]
    pub window: bool,
    /// Registers and starts the service afterwards.
    #[cfg(windows)]
    #[arg(long, requires = "window")]
    pub start: bool,
    /// The agent's folder.
    #[command(flatten)]
    pub home: HomeArgs,
}

/// The journal.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RegisterArgs {
    /// Checks instead of showing.
    #[command(subcommand)]
    pub what: Option<RegisterCommand>,
    /// The agent's folder.
    #[command(flatten)]
    pub home: HomeArgs,
    /// One JSON object per line.
    #[arg(long)]
    pub json: bool,
}

/// What else can be done with the journal.
#[derive(Subcommand, Debug)]
pub enum RegisterCommand {
    /// Checks every hash and signature.
    Verify {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
        /// A file that was exported, instead of this PC's own journal.
        #[arg(long)]
        file: Option<PathBuf>,
        /// The key that must have signed it, as 64 hexadecimal digits.
        #[arg(long, requires = "file")]
        key: Option<KeyId>,
    },
    /// Writes the journal to a new file that anybody can verify, and beside it as a text to read.
    Export {
        /// The agent's folder.
        #[command(flatten)]
        home: HomeArgs,
        /// The new file: journal.json; the text lies beside it.
        file: PathBuf,
    },
}

fn lang(text: &str) -> Result<Lang, String> {
    match text {
        "fr" => Ok(Lang::Fr),
        "en" => Ok(Lang::En),
        _ => Err("fr or en".to_owned()),
    }
}

#[cfg(test)]
mod tests;
