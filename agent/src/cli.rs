//! The command line. No option answers a question, moves a clock or lets anybody in.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The program on the client's PC: nothing is shown without a local yes, and it can be ended at any time.
#[derive(Parser, Debug)]
#[command(
    name = "aval-agent",
    version,
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
        #[arg(long)]
        json: bool,
    },
    /// Shows this PC's own journal: each request, answer and session.
    Register(RegisterArgs),
    /// Detaches this PC from its provider, after asking at the terminal.
    Leave {
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
    /// The code from the provider: K7QF-2M9X-RT4W. Asked for if left out.
    pub code: Option<String>,
    /// The provider's file.
    #[arg(long, value_name = "FILE")]
    pub firm: PathBuf,
    /// The provider's server; several in order of preference.
    #[arg(long = "relay", value_name = "HOST:PORT", required = true)]
    pub relays: Vec<String>,
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
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Command, clap::Error> {
        Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.command)
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_pc_is_attached_as_documented() {
        let line = "aval-agent enrol K7QF-2M9X-RT4W --firm firm.pub --relay a.example:4433 --relay [::1]:4433 --home d";
        let Command::Enrol(args) = parse(line).unwrap() else { panic!("another command") };
        assert_eq!(args.code.as_deref(), Some("K7QF-2M9X-RT4W"));
        assert_eq!(args.relays, ["a.example:4433", "[::1]:4433"]);
        assert_eq!(args.home.home, Some("d".into()));
        let line = "aval-agent enrol --relay a.example:4433 --firm firm.pub";
        assert!(matches!(parse(line).unwrap(), Command::Enrol(EnrolArgs { code: None, .. })));
    }

    #[test]
    fn the_other_commands_are_understood() {
        for good in [
            "aval-agent service",
            "aval-agent service --home d --socket s",
            "aval-agent session --socket s --display :0",
            "aval-agent status --json",
            "aval-agent inventory --json",
            "aval-agent register --home d --json",
            "aval-agent leave --home d",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        let verify = parse("aval-agent register verify --home d").unwrap();
        let Command::Register(RegisterArgs { what: Some(RegisterCommand::Verify { home }), .. }) = verify
        else {
            panic!("not a verification")
        };
        assert_eq!(home.home, Some("d".into()));
    }

    #[test]
    fn no_option_answers_a_question() {
        for bad in [
            "aval-agent",
            "aval-agent enrol CODE",
            "aval-agent enrol CODE --firm f",
            "aval-agent enrol CODE --firm f --relay r:1 --yes",
            "aval-agent enrol CODE --firm f --relay r:1 -y",
            "aval-agent leave --yes",
            "aval-agent leave --force",
            "aval-agent session --accept",
            "aval-agent service --now 0",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
