//! The command line on real folders: from nothing to a contract that is judged.

use std::path::Path;

use aval_protocol::firm::{Grant, Role, authority, files};
use aval_protocol::id::PersonId;
use clap::CommandFactory as _;
use tempfile::TempDir;

use super::*;

/// 2026-11-18.
const NOW: i64 = 1_795_000_000;

struct World(TempDir);

impl World {
    /// A founded firm beside the relay's folder, and the relay certified.
    fn new() -> Self {
        let world = Self(TempDir::new().unwrap());
        let firm =
            authority::found("Atelier Beaurepaire", "+33199001234", UnixSeconds(NOW), 20, 400).unwrap();
        std::fs::write(world.path("firm.pub"), firm.file.to_pem().unwrap()).unwrap();
        world.run("init --data @/relay --firm @/firm.pub --name relais-1").unwrap();
        let request = std::fs::read_to_string(world.path("relay/request.pem")).unwrap();
        for (role, file) in [(Role::Relay, "relay.pem"), (Role::Technician, "technician.pem")] {
            let person = PersonId::new("relais-1").unwrap();
            let grant = Grant { role, person, display_name: "Relais 1".into(), valid_days: 365 };
            let chain = authority::certify(&firm.issuing, &request, &grant, UnixSeconds(NOW)).unwrap();
            std::fs::write(world.path(file), chain).unwrap();
        }
        world
    }

    /// `@` is the world's folder, `_` a space, `~` an underscore.
    fn run(&self, line: &str) -> Result<String, String> {
        let word = |word: &str| {
            word.replace('@', self.0.path().to_str().unwrap()).replace('_', " ").replace('~', "_")
        };
        let words = std::iter::once("aval-relay".to_owned()).chain(line.split_whitespace().map(word));
        let cli = Cli::try_parse_from(words).map_err(|e| e.to_string())?;
        let mut out = Vec::new();
        run(cli, &mut out, &Clock::starting_at(UnixSeconds(NOW)))
            .map(|()| String::from_utf8(out).unwrap())
            .map_err(|e| e.to_string())
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[cfg(unix)]
#[test]
fn the_relay_makes_its_own_key_and_keeps_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.path("relay/key.pem")), 0o600);
    assert_eq!(mode(&world.path("relay")), 0o700);
    let before = std::fs::read(world.path("relay/key.pem")).unwrap();
    let again = world.run("init --data @/relay --firm @/firm.pub --name relais-1");
    assert!(again.unwrap_err().contains("n’est pas remplacé"));
    assert_eq!(std::fs::read(world.path("relay/key.pem")).unwrap(), before);
    assert!(!std::fs::read_to_string(world.path("relay/request.pem")).unwrap().contains("PRIVATE"));
}

#[test]
fn only_a_relay_s_certificate_of_the_firm_is_installed() {
    let world = World::new();
    assert!(world.run("install --data @/relay @/technician.pem").unwrap_err().contains("another role"));
    assert!(!world.path("relay/chain.pem").exists());
    assert!(world.run("serve --data @/relay").unwrap_err().contains("aval-relay install"));
    let said = world.run("install --data @/relay @/relay.pem").unwrap();
    assert!(said.contains("Relais 1") && said.contains("relay"), "{said}");
    let chain = files::chain_from_pem(&std::fs::read_to_string(world.path("relay/chain.pem")).unwrap());
    assert_eq!(chain.unwrap().len(), 2);
    assert!(world.run("install --data @/nowhere @/relay.pem").unwrap_err().contains("aval-relay init"));
}

#[test]
fn settings_that_are_misspelt_stop_the_relay() {
    let world = World::new();
    world.run("install --data @/relay @/relay.pem").unwrap();
    std::fs::write(world.path("relay/relay.toml"), "holyday = \"fr_metropole\"\n").unwrap();
    let error = world.run("serve --data @/relay").unwrap_err();
    assert!(error.contains("relay.toml") && error.contains("holyday"), "{error}");
}

#[test]
fn a_contract_lives_on_the_command_line() {
    let world = World::new();
    let new = "contract new --data @/relay --id C-2026-014 --client Cabinet_Leroy --signed 2026-01-05 --postal 94200";
    assert!(world.run(new).unwrap().contains("Cabinet Leroy"));
    assert!(world.run(new).unwrap_err().contains("already"));
    for bad in [
        "contract new --data @/relay --id C-1 --client X --signed 2026-02-30",
        "contract new --data @/relay --id C-1 --client X --signed 1900-01-01",
        "contract new --data @/relay --id C-1 --client X --signed 2026-01-05 --months 0",
        "contract new --data @/relay --id C-1 --client X --signed 2026-01-05 --postal 123",
        "contract notice --data @/relay --id C-2026-014 --by nobody --sent 2026-03-01 --proof x",
        "contract notice --data @/relay --id C-2026-014 --by client --proof x",
        "contract suspend --data @/relay --id C-9 --reason x",
        "contract suspend --data @/nowhere --id C-2026-014 --reason x",
    ] {
        assert!(world.run(bad).is_err(), "{bad}");
    }
    let show = |json: &str| -> serde_json::Value { serde_json::from_str(json).unwrap() };
    let listed = show(&world.run("contract list --data @/relay --json").unwrap());
    assert_eq!((listed["id"].as_str(), listed["ends"].as_str()), (Some("C-2026-014"), None));
    assert_eq!(
        (&listed["last_day_for_notice"], &listed["next_echeance"]),
        (&"2027-10-05".into(), &"2027-01-05".into())
    );
    assert_eq!(listed["renewal_notice"]["first_day"], "2027-07-05");
    let said = world.run("contract show --data @/relay --id C-2026-014").unwrap();
    assert!(
        said.contains("5\u{a0}octobre 2027") && said.contains("échéance le 5\u{a0}janvier 2027"),
        "{said}"
    );
    let said = world
        .run("contract notice --data @/relay --id C-2026-014 --by client --sent 2026-09-30 --proof 1A")
        .unwrap();
    assert!(said.contains("2027-01-05"), "{said}");
    world.run("contract suspend --data @/relay --id C-2026-014 --reason impayés").unwrap();
    let shown = show(&world.run("contract show --data @/relay --id C-2026-014 --json").unwrap());
    assert_eq!(shown["ends"], "2027-01-05");
    assert_eq!(shown["suspended"]["reason"], "impayés");
    assert_eq!((&shown["next_echeance"], &shown["in_force"]), (&"2027-01-05".into(), &true.into()));
    assert_eq!(shown["last_day_for_notice"], serde_json::Value::Null);
    world.run("contract resume --data @/relay --id C-2026-014").unwrap();
    let shown = show(&world.run("contract show --data @/relay --id C-2026-014 --json").unwrap());
    assert!(shown["suspended"].is_null());
}

#[test]
fn papers_are_written_corrected_listed_and_reckoned_on_the_command_line() {
    let world = World::new();
    world.run("contract new --data @/relay --id C-1 --client X --signed 2026-01-05").unwrap();
    let paper = |words: &str| world.run(&format!("contract paper --data @/relay --id C-1 {words}"));
    assert!(world.run("contract kinds").unwrap().contains("site  (2.3)"));
    paper("site site=Siège from=2026-01-05 siret=73282932000074 country=FR postal=94200").unwrap();
    let refused = paper("site site=Lyon from=2026-01-05 siret=73282932000075 country=FR").unwrap_err();
    assert!(refused.contains("article\u{a0}2.3") && refused.contains("clause 2.3"), "{refused}");
    paper("billing from=2026-01-05 period~months=3 mode=transfer").unwrap();
    paper("price label=Postes quantity=5 unit~cents=2500 basis=contract agreed~on=2026-07-02").unwrap();
    std::fs::write(world.path("volumes.csv"), "mois;octets\r\n2026-06;112345678901\r\n2026-07;1\r\n")
        .unwrap();
    paper("backup from=2026-01-05 included~gb=100").unwrap();
    world.run("contract volumes --data @/relay --id C-1 @/volumes.csv").unwrap();
    assert!(world.run("contract volumes --data @/relay --id C-1 @/volumes.csv").unwrap_err().contains("7.1"));
    let listed = |world: &World| -> Vec<serde_json::Value> {
        let json = world.run("contract papers --data @/relay --id C-1 --json").unwrap();
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!((listed(&world).len(), &listed(&world)[0]["body"]["postal"]), (6, &"94200".into()));
    let lines = "contract lines --data @/relay --id C-1 --from 2026-01-01 --to 2027-01-01";
    let json: serde_json::Value =
        serde_json::from_str(&world.run(&format!("{lines} --json")).unwrap()).unwrap();
    let totals: Vec<_> =
        json["invoices"].as_array().unwrap().iter().map(|it| it["total_cents"].as_i64()).collect();
    assert_eq!(totals, [12_500, 12_500, 3704, 12_500, 12_500].map(Some));
    let csv = world.run(&format!("{lines} --csv")).unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains(";\"125,00\";"), "{csv}");
    assert!(world.run(lines).unwrap().contains("37,04"));
    let number = listed(&world)[2]["n"].as_i64().unwrap();
    paper(&format!("price --corrects {number} --why autre_contrat")).unwrap();
    let rows = listed(&world);
    assert_eq!((&rows[2]["stands"], &rows[6]["why"]), (&false.into(), &"autre contrat".into()));
    assert!(paper(&format!("price --corrects {number} --why encore")).is_err());
    let shown = world.run("contract papers --data @/relay --id C-1").unwrap();
    assert!(shown.contains("×") && shown.contains("billing (10.1)"), "{shown}");
    for bad in
        ["price", "client from", "client from=2026-01-05 from=2026-01-05 class=consumer", "friend from=1"]
    {
        assert!(paper(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_machine_that_nobody_knows_is_explained_and_has_no_journal() {
    let world = World::new();
    let machine = "--data @/relay --machine 01010101010101010101010101010101";
    let explain = format!("explain {machine} --technician sophie.martin --at 2026-11-24T09:00:00+01:00");
    let said = world.run(&explain).unwrap();
    assert!(said.contains("AGENT_UNKNOWN"), "{said}");
    let decision: serde_json::Value =
        serde_json::from_str(&world.run(&format!("{explain} --json")).unwrap()).unwrap();
    assert_eq!(decision["permitted"], false);
    assert!(world.run(&format!("journal verify {machine}")).is_err());
    assert!(world.run(&format!("revoke {machine} --reason vol")).is_err());
}

#[test]
fn clause_14_1_somebody_is_shown_exported_and_erased_on_the_command_line() {
    let world = World::new();
    world.run("contract new --data @/relay --id C-1 --client Fleurs --signed 2026-01-05").unwrap();
    world.run("contract suspend --data @/relay --id C-1 --reason plainte_de_Mme_Quatrefages").unwrap();
    let found = world.run("person find --data @/relay --name QUATREFAGES").unwrap();
    assert!(
        found.contains("effaçable – motif d’une suspension (C-1)\u{a0}: plainte de Mme Quatrefages"),
        "{found}"
    );
    world.run("person export --data @/relay --name quatrefages @/her.json").unwrap();
    let told: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(world.path("her.json")).unwrap()).unwrap();
    assert_eq!(
        (&told["values"][0]["contract"], &told["values"][0]["stays"]),
        (&"C-1".into(), &serde_json::Value::Null)
    );
    // Shown first; then as many as were shown.
    let shown = world.run("person erase --data @/relay --name quatrefages").unwrap();
    assert!(shown.contains("--texts 1"), "{shown}");
    world.run("person erase --data @/relay --name quatrefages --texts 2").unwrap_err();
    assert_eq!(world.run("person find --data @/relay --name quatrefages").unwrap(), found);
    world.run("person erase --data @/relay --name quatrefages --texts 1").unwrap();
    assert!(world.run("person find --data @/relay --name quatrefages").unwrap().starts_with("0 textes"));
    assert!(world.run("person find --data @/relay --name ab").unwrap_err().contains("trois lettres"));
    // The client of a contract stays, and it is said why.
    let client = world.run("person find --data @/relay --name fleurs").unwrap();
    assert!(client.contains("reste – contrat") && client.contains("L123-22"), "{client}");
}

#[test]
fn a_backup_is_complete_and_replaces_nothing() {
    let world = World::new();
    world.run("contract new --data @/relay --id C-1 --client X --signed 2026-01-05").unwrap();
    world.run("backup --data @/relay @/copy.sqlite").unwrap();
    assert!(world.run("backup --data @/relay @/copy.sqlite").is_err());
    let copy = Store::open_existing(&world.path("copy.sqlite")).unwrap();
    assert_eq!(copy.contracts().unwrap().len(), 1);
}

#[test]
fn clause_4_2_documents_are_explained_and_reckoned_without_a_folder() {
    let world = World::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples");
    let run = |line: &str| world.run(&line.replace("EXAMPLES", examples));
    let decision = run("explain EXAMPLES/explain-armistice.json --json").unwrap();
    let decision: serde_json::Value = serde_json::from_str(&decision).unwrap();
    assert_eq!((&decision["permitted"], &decision["reasons"][0]["clause"]), (&false.into(), &"4.2".into()));
    assert_eq!(decision["retry_at"], "2026-11-12T08:00:00Z");
    let said = run("explain EXAMPLES/explain-armistice.json").unwrap();
    assert!(said.contains("armistice de 1918") && said.contains("By phone"), "{said}");
    let open = std::fs::read_to_string(format!("{examples}/explain-armistice.json")).unwrap();
    let open = open.replace("2026-11-11T", "2026-11-10T");
    std::fs::write(world.path("open.json"), open).unwrap();
    let run_open =
        |more: &str| world.run(&format!("explain {}{more}", world.path("open.json").display())).unwrap();
    let decision: serde_json::Value = serde_json::from_str(&run_open(" --json")).unwrap();
    assert_eq!(decision["permitted"], true, "{decision}");
    let utc = |time: &str| serde_json::Value::from(format!("2026-11-10T{time}:00Z"));
    for (key, time) in [
        ("warn_technician_at", "16:45"),
        ("warn_both_at", "16:55"),
        ("asks_at", "17:00"),
        ("view_only_at", "17:02"),
        ("ends_unanswered_at", "17:05"),
        ("hard_end_at", "17:30"),
    ] {
        assert_eq!(decision["closing"][key], utc(time), "clause 4.2: {key}");
    }
    let said = run_open("");
    for hour in ["17:45", "17:55", "18:00", "18:05", "18:30"] {
        assert!(said.contains(hour), "{hour}: {said}");
    }
    let said = run("lines EXAMPLES/lines-every-key.json").unwrap();
    assert!(said.contains("31/90\u{a0}jours") || said.contains("49/90\u{a0}jours"), "{said}");
    assert!(run("lines EXAMPLES/lines-every-key.json --json").unwrap().contains("\"total_cents\":79083"));
    assert!(run("lines EXAMPLES/lines-every-key.json --csv").unwrap().starts_with('\u{feff}'));
    for bad in [
        "explain @/nowhere.json",
        "explain EXAMPLES/lines-every-key.json",
        "lines EXAMPLES/explain-armistice.json",
        "lines EXAMPLES/lines-every-key.json --json --csv",
        "explain EXAMPLES/explain-armistice.json --technician sophie.martin",
        "explain --technician sophie.martin",
        "explain",
    ] {
        assert!(run(bad).is_err(), "{bad}");
    }
    let error = run("explain EXAMPLES/lines-every-key.json").unwrap_err();
    assert!(error.contains("/from") && error.contains("no such key"), "{error}");
}

#[test]
fn a_record_that_cannot_be_had_leaves_no_key_behind_and_no_password_is_repeated() {
    let world = World::new();
    let init = "init --data @/other --firm @/firm.pub --name relais-2";
    for place in
        ["postgres://leroy:geheim@127.0.0.1:1/aval", "mysql://leroy:geheim@127.0.0.1/aval", "record.sqlite"]
    {
        let error = world.run(&format!("{init} --store {place}")).unwrap_err();
        assert!(error.contains("postgres://") && !error.contains("geheim"), "{error}");
        assert!(!world.path("other/key.pem").exists());
    }
    world.run(init).unwrap();
    std::fs::write(world.path("other/relay.toml"), "store = \"postgres://leroy@127.0.0.1:1/aval\"\n")
        .unwrap();
    assert!(world.run("contract list --data @/other").unwrap_err().contains("start PostgreSQL"));
    world.run("contract list --data @/other --store sqlite").unwrap();
}
