//! To whom this PC is attached, whether the service runs, and how the line stands.

use std::io::{self, Write};

use aval_protocol::firm::{Profile, Succeeded};
use aval_protocol::id::{AgentId, KeyId};
use aval_protocol::text::keys::fingerprint;
use aval_protocol::text::{Lang, agent as text, release, succession};
use serde::Serialize;

use super::{DONE, FAILED, Failure};
use crate::say::Said;
use crate::state::{Home, StateError, Status};
use crate::update::Memory;

/// All of it, for programs.
#[derive(Debug, Serialize)]
struct Report {
    enrolled: bool,
    agent: String,
    /// What a manager compares by telephone before approving.
    key_fingerprint: String,
    firm: String,
    phone: String,
    /// The firm's root that this PC believes, and those that came before it.
    firm_fingerprint: String,
    firm_former: Vec<String>,
    release_fingerprint: Option<String>,
    relays: Vec<String>,
    running: bool,
    #[serde(flatten)]
    status: Option<Status>,
}

pub(super) fn show(home: &Home, json: bool, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    if json && !home.is_enrolled() {
        writeln!(out, "{}", serde_json::json!({ "enrolled": false }))?;
        return Ok(FAILED);
    }
    let key = home.signer()?.key_id();
    let agent = AgentId::from(key);
    let file = home.firm_file()?;
    home.recall(file.firm())?;
    let firm = file.profile().clone();
    let (root, former) = (file.firm().root_now(), file.firm().succeeded());
    let followed = Memory::followed(home)?;
    let relays = home.settings()?.relays;
    let status = home.status();
    if json {
        let report = Report {
            enrolled: true,
            agent: agent.to_string(),
            key_fingerprint: fingerprint(key),
            firm: firm.name,
            phone: firm.phone,
            firm_fingerprint: fingerprint(root),
            firm_former: former.iter().map(|it| fingerprint(it.old)).collect(),
            release_fingerprint: followed.map(fingerprint),
            relays,
            running: status.is_some(),
            status,
        };
        writeln!(out, "{}", serde_json::to_string_pretty(&report).map_err(io::Error::other)?)?;
    } else {
        for line in lines(lang, &firm, (root, &former), (key, followed), status.as_ref()) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(DONE)
}

/// Why a machine that is attached is not attached again, and whom to call about it.
pub(super) fn enrolled_already(home: &Home) -> Failure {
    let failure = Failure::from(StateError::Enrolled(home.dir().to_owned()));
    match profile(home) {
        Ok(firm) => {
            let to = Said::of(|lang| text::attached_to(lang, &firm.name, &firm.phone));
            Failure { said: to.then(&failure.said), ..failure }
        }
        Err(_) => failure,
    }
}

/// Whom this machine believes.
pub(super) fn profile(home: &Home) -> Result<Profile, StateError> {
    Ok(home.firm_file()?.profile().clone())
}

fn lines(
    lang: Lang,
    firm: &Profile,
    (root, former): (KeyId, &[Succeeded]),
    (key, followed): (KeyId, Option<KeyId>),
    status: Option<&Status>,
) -> Vec<String> {
    let mut lines = vec![text::attached_to(lang, &firm.name, &firm.phone), text::firm_key(lang, root)];
    lines.extend(former.iter().rev().map(|it| succession::former(lang, it)));
    lines.push(text::own_key(lang, key));
    lines.extend(followed.map(|key| release::followed(lang, key)));
    lines.push(text::service_runs(lang, status.is_some()).to_owned());
    let Some(status) = status else { return lines };
    lines.extend(status.program.as_ref().map(|program| release::state(lang, program)));
    lines.push(text::line_state(lang, status.relay.as_deref()));
    lines.extend(status.standing.map(|standing| text::standing(lang, standing).to_owned()));
    lines.extend(status.clock_off_s.map(|off| text::clock_wrong(lang, off)));
    if status.too_old {
        lines.push(text::too_old(lang).to_owned());
    } else if status.relay.is_none() {
        lines.extend(status.trouble.as_deref().map(|trouble| text::line_trouble(lang, trouble)));
    }
    lines.push(text::desktop(lang, status.desktop, status.in_session).to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use aval_protocol::id::UnixSeconds;

    const KEY: KeyId = KeyId([0xab; 32]);
    const ROOT: KeyId = KeyId([0xcd; 32]);

    fn firm() -> Profile {
        Profile { name: "Atelier Beaurepaire Informatique".into(), phone: "+33199001234".into() }
    }

    #[test]
    fn a_stopped_service_is_said_with_how_to_start_it() {
        let lines = lines(Lang::Fr, &firm(), (ROOT, &[]), (KEY, None), None);
        assert_eq!(lines.len(), 4);
        assert!(lines[1].ends_with(&" cdcd".repeat(16)), "the firm’s key in groups of four: {}", lines[1]);
        assert!(lines[2].ends_with(&" abab".repeat(16)), "the key in groups of four: {}", lines[2]);
        assert!(lines[3].contains("aval-agent service"));
    }

    #[test]
    fn whoever_signs_new_versions_is_named() {
        let all = lines(Lang::Fr, &firm(), (ROOT, &[]), (KEY, Some(KeyId([0x12; 32]))), None).join("\n");
        assert!(all.contains(&"1212 ".repeat(15)), "{all}");
    }

    #[test]
    fn a_former_key_of_the_firm_is_shown_beside_the_one_that_counts() {
        let (since, until) = (UnixSeconds(1_795_000_000), UnixSeconds(1_820_000_000));
        let it = Succeeded { number: 1, old: KeyId([0xef; 32]), new: ROOT, since, until };
        let all = lines(Lang::Fr, &firm(), (ROOT, &[it]), (KEY, None), None).join("\n");
        assert!(all.contains(&"efef ".repeat(15)) && all.contains("Ancienne clé de la société"), "{all}");
    }

    #[test]
    fn a_running_service_tells_of_its_line_and_of_a_wrong_clock() {
        let status = Status {
            relay: Some("relais.example:4433".into()),
            standing: Some(text::Standing::Pending),
            clock_off_s: Some(31_536_000),
            desktop: true,
            trouble: Some("long over".into()),
            ..Status::default()
        };
        let all = lines(Lang::Fr, &firm(), (ROOT, &[]), (KEY, None), Some(&status)).join("\n");
        assert!(
            all.contains("relais.example") && all.contains("365") && all.contains("attend la validation")
        );
        assert!(!all.contains("long over"), "an old trouble of a line that holds");
        let status = Status { relay: None, ..status };
        assert!(
            lines(Lang::Fr, &firm(), (ROOT, &[]), (KEY, None), Some(&status))
                .join("\n")
                .contains("long over")
        );
        let status = Status { too_old: true, ..status };
        assert!(
            lines(Lang::En, &firm(), (ROOT, &[]), (KEY, None), Some(&status)).join("\n").contains("too old")
        );
    }
}
