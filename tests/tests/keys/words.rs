//! A technician's key and the firm's own behind passphrases that a person types.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::stage::{FIRM, PHONE, Stage};

const WORDS: &str = "quatre mots au hasard";
const WRONG: &str = "quatre mots de travers";

fn twice(words: &str) -> String {
    format!("{words}\n{words}\n")
}

#[test]
fn a_technician_s_key_opens_with_its_words_alone() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    stage.start_relay()?;
    let passphrase = ["key", "passphrase", "technician/key.pem"];
    for bad in ["\n", "court\ncourt\n", "quatre mots au hasard\nquatre mots de travers\n"] {
        ensure!(!stage.output_with("aval-console", &passphrase, bad)?.status.success(), "taken: {bad:?}");
    }
    stage.run_with("aval-console", &passphrase, &twice(WORDS))?;
    let key = stage.path("technician/key.pem");
    ensure!(!fs::read_to_string(&key)?.contains("BEGIN PRIVATE KEY"), "the key lies in the open");
    ensure!(fs::metadata(&key)?.permissions().mode() & 0o077 == 0, "others may read the key");
    let machines = ["--home", "technician", "machines"];
    let refused = stage.output_with("aval-console", &machines, &format!("{WRONG}\n"))?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(!refused.status.success() && said.contains("n’ouvre pas cette clé"), "{said}");
    ensure!(!said.contains(WRONG), "what was typed is told");
    stage.run_with("aval-console", &machines, &format!("{WORDS}\n"))?;
    // Another one, then none, which has to be said.
    let again = format!("{WORDS}\n{}", twice(WRONG));
    stage.run_with("aval-console", &passphrase, &again)?;
    ensure!(!stage.output_with("aval-console", &machines, &format!("{WORDS}\n"))?.status.success());
    let open = [&passphrase[..], &["--no-passphrase"]].concat();
    stage.run_with("aval-console", &open, &format!("{WRONG}\n"))?;
    stage.run("aval-console", &machines).map(drop)
}

#[test]
fn a_firm_s_keys_are_made_behind_a_passphrase_and_not_in_the_open_by_accident() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = Stage::new(dir.path())?;
    let init = ["firm", "init", "--name", FIRM, "--phone", PHONE, "--dir", "firm"];
    let silent = stage.output("aval-console", &init)?;
    ensure!(!silent.status.success() && !stage.path("firm").exists(), "a firm without a passphrase");
    stage.run_with("aval-console", &init, &twice(WORDS))?;
    for name in ["root.key", "issuing.key"] {
        ensure!(!fs::read_to_string(stage.path("firm").join(name))?.contains("BEGIN PRIVATE KEY"), "{name}");
    }
    let relays = ["firm", "relays", "--dir", "firm", "relais.example.fr:4433"];
    ensure!(!stage.output_with("aval-console", &relays, &format!("{WRONG}\n"))?.status.success());
    stage.run_with("aval-console", &relays, &format!("{WORDS}\n")).map(drop)
}
