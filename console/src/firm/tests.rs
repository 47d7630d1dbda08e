//! A firm's life with its files: founding, certifying, installing, renewing; each refusal beside its honest twin.

use std::fs;

use aval_protocol::id::UnixSeconds;
use clap::{Parser, Subcommand as _};

use super::*;

/// 2026-11-18.
const NOW: i64 = 1_795_000_000;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: AnyCommand,
}

#[derive(clap::Subcommand)]
enum AnyCommand {
    #[command(subcommand)]
    Firm(FirmCommand),
    #[command(subcommand)]
    Key(KeyCommand),
}

struct World(tempfile::TempDir);

impl World {
    /// A founded firm in `firm`, Sophie's key in `sophie`.
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        world.run(0, INIT).unwrap();
        world.run(0, "key new --dir @/sophie --name Sophie --no-passphrase").unwrap();
        world
    }

    /// Runs a command line some days later; `@` is the world's folder, `_` a space.
    fn run(&self, day: i64, line: &str) -> Result<String, String> {
        let at = |word: &str| word.replace('@', self.0.path().to_str().unwrap()).replace('_', " ");
        let line =
            Line::parse_from(std::iter::once("aval-console".into()).chain(line.split_whitespace().map(at)));
        let clock = Clock::starting_at(UnixSeconds(NOW + day * 86_400));
        let mut out = Vec::new();
        match line.command {
            AnyCommand::Firm(command) => run(command, &mut out, &clock),
            AnyCommand::Key(command) => run_key(command, &mut out, &clock),
        }
        .map(|()| String::from_utf8(out).unwrap())
        .map_err(|error| error.to_string())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }
}

const INIT: &str =
    "firm init --name Atelier_Beaurepaire_Informatique --phone +33199001234 --dir @/firm --no-passphrase";
const CERTIFY: &str = "firm certify --dir @/firm --request @/sophie/request.pem --role technician --person sophie.martin \
                       --name Sophie_Martin --out @/sophie.pem";
const INSTALL: &str = "key install --dir @/sophie --firm @/firm/firm.pub @/sophie.pem";

#[test]
fn a_firm_certifies_its_technician_and_each_keeps_their_own_secret() {
    let world = World::new();
    let said = world.run(0, CERTIFY).unwrap();
    assert!(said.starts_with("Sophie Martin (technicien) est certifié jusqu’au 18/11/2027"), "{said}");
    let said = world.run(0, INSTALL).unwrap();
    assert!(
        said.contains("\n  Certificate installed: Sophie Martin (technician), until 2027-11-18."),
        "{said}"
    );
    assert_eq!(world.bytes("sophie/firm.pub"), world.bytes("firm/firm.pub"));
    let said = world.run(0, "firm show @/sophie/chain.pem --firm @/firm/firm.pub").unwrap();
    assert!(said.contains("sophie.martin"), "{said}");
    let said = world.run(0, "firm show @/firm/firm.pub").unwrap();
    assert!(said.contains("Atelier Beaurepaire Informatique"), "{said}");
    for public in ["firm/firm.pub", "sophie.pem", "sophie/request.pem", "sophie/chain.pem", "sophie/firm.pub"]
    {
        assert!(
            !String::from_utf8(world.bytes(public)).unwrap().contains("PRIVATE"),
            "{public} holds a secret"
        );
    }
    for dir in ["firm", "sophie"] {
        let left =
            fs::read_dir(world.path(dir)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        assert_eq!(left.filter(|name| name.ends_with(".tmp")).collect::<Vec<_>>(), Vec::<String>::new());
    }
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let world = World::new();
    let files = ["firm/root.key", "firm/issuing.key", "firm/firm.pub", "sophie/key.pem"];
    let before = files.map(|name| world.bytes(name));
    assert!(world.run(0, INIT).unwrap_err().contains("n’est pas remplacé"));
    assert!(world.run(0, "key new --dir @/sophie --name Sophie --no-passphrase").is_err());
    assert_eq!(files.map(|name| world.bytes(name)), before);
    // One file of a firm is enough to refuse, and nothing else is written.
    fs::create_dir(world.path("half")).unwrap();
    fs::write(world.path("half/firm.pub"), "x").unwrap();
    assert!(world.run(0, &INIT.replace("@/firm", "@/half")).is_err());
    assert_eq!(fs::read_dir(world.path("half")).unwrap().count(), 1);
    world.run(0, CERTIFY).unwrap();
    assert!(world.run(0, CERTIFY).unwrap_err().contains("sophie.pem"));
}

#[cfg(unix)]
#[test]
fn secrets_are_their_owner_s_alone_and_refused_otherwise() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let mode = |name: &str| fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777;
    for secret in ["firm/root.key", "firm/issuing.key", "sophie/key.pem"] {
        assert_eq!(mode(secret), 0o600, "{secret}");
    }
    fs::set_permissions(world.path("firm/issuing.key"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(world.run(0, CERTIFY).unwrap_err().contains("chmod 600"));
    fs::set_permissions(world.path("firm/issuing.key"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(world.run(0, CERTIFY).is_ok());
}

#[test]
fn a_certificate_that_would_outlive_its_issuer_is_refused_with_the_day() {
    let world = World::new();
    let error = world.run(100, CERTIFY).unwrap_err();
    assert!(error.contains("23/12/2027") && error.contains("300\u{a0}jours"), "{error}");
    assert!(error.contains("2027-12-23") && error.contains("at most 300 days"), "{error}");
    assert!(!world.path("sophie.pem").exists());
    assert!(world.run(100, &format!("{CERTIFY} --days 300")).is_ok());
    assert!(world.run(500, &CERTIFY.replace("sophie.pem", "late.pem")).unwrap_err().contains("firm renew"));
}

#[test]
fn only_the_own_certificate_of_the_own_firm_is_installed() {
    let world = World::new();
    world.run(0, "key new --dir @/karim --name Karim --no-passphrase").unwrap();
    world.run(0, CERTIFY).unwrap();
    let error = world.run(0, &INSTALL.replace("--dir @/sophie", "--dir @/karim")).unwrap_err();
    assert!(error.contains("another key"), "{error}");
    assert!(!world.path("karim/chain.pem").exists());
    world.run(0, &INIT.replace("@/firm", "@/other")).unwrap();
    assert!(world.run(0, &INSTALL.replace("@/firm/firm.pub", "@/other/firm.pub")).is_err());
    assert!(world.run(400, INSTALL).unwrap_err().contains("expiré"));
    assert!(world.run(0, &INSTALL.replace("--firm @/firm/firm.pub", "")).is_err(), "no firm is known yet");
    world.run(0, INSTALL).unwrap();
    world.run(0, &INSTALL.replace("--firm @/firm/firm.pub", "")).unwrap();
    // A firm once believed is not exchanged for another.
    world.run(0, &CERTIFY.replace("@/firm", "@/other").replace("sophie.pem", "new.pem")).unwrap();
    let other = INSTALL.replace("@/firm/firm.pub", "@/other/firm.pub").replace("@/sophie.pem", "@/new.pem");
    assert!(world.run(0, &other).unwrap_err().contains("another firm"));
}

#[test]
fn a_renewed_firm_goes_on_and_keeps_its_old_key() {
    let world = World::new();
    let old = world.bytes("firm/issuing.key");
    let root = FirmFile::parse(&String::from_utf8(world.bytes("firm/firm.pub")).unwrap()).unwrap();
    world.run(0, &INIT.replace("@/firm", "@/other")).unwrap();
    assert!(world.run(390, "firm renew --dir @/firm --root @/other/root.key").is_err());
    assert_eq!(world.bytes("firm/issuing.key"), old);
    world.run(390, "firm renew --dir @/firm --root @/firm/root.key --no-passphrase").unwrap();
    assert_eq!(world.bytes("firm/issuing.until-2027-12-23.1.key"), old);
    let new = FirmFile::parse(&String::from_utf8(world.bytes("firm/firm.pub")).unwrap()).unwrap();
    assert_eq!((new.firm(), new.profile()), (root.firm(), root.profile()));
    assert!(world.run(390, CERTIFY).is_ok());
}

#[test]
fn what_is_missing_or_makes_no_sense_is_named() {
    let world = World::new();
    assert!(world.run(0, "firm show @/nothing").unwrap_err().contains("nothing"));
    assert!(world.run(0, "firm show @/firm/root.key").is_err());
    fs::write(world.path("garbage"), [0xff, 0, 0x80]).unwrap();
    assert!(world.run(0, "firm show @/garbage").unwrap_err().contains("garbage"));
    assert!(world.run(0, &CERTIFY.replace("request.pem", "key.pem")).is_err());
    assert!(
        world.run(0, &CERTIFY.replace("Sophie_Martin", "\u{202e}nitraM")).unwrap_err().contains("invisible")
    );
    assert!(world.run(0, &INIT.replace("+33199001234", "0199001234").replace("@/firm", "@/new")).is_err());
    assert!(!world.path("new").exists(), "a refused founding leaves nothing behind");
    assert!(FirmCommand::has_subcommand("certify"));
    let bad = CERTIFY.replace("technician", "emperor");
    let line = std::iter::once("aval-console").chain(bad.split_whitespace());
    assert!(Line::try_parse_from(line).is_err());
}
