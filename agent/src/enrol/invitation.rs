//! The invitation as a person copies or types it: `K7QF-2M9X-RT4W@relais.example.fr/3f9a…`, or the code alone.
//!
//! Behind the slash stands the beginning of the fingerprint of the firm's key, as the install page shows it. It is what makes the
//! firm's file believable that a relay hands over: whoever answers at that address without that key gets nothing.

use aval_protocol::id::KeyId;

/// Where relays listen unless somebody says otherwise.
const PORT: u16 = 4433;
/// Digits of a fingerprint that are asked for at least: nobody finds a second key with the same 128 bits (NIST SP 800-57 part 1,
/// table 2: strength of preimage search).
const LEAST: usize = 32;

/// What was typed, in its parts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    /// The code.
    pub code: Option<String>,
    /// The relay as `host:port`.
    pub relay: Option<String>,
    /// The firm's key.
    pub firm: Option<Fingerprint>,
}

/// The beginning of a key's fingerprint: at least 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fingerprint(String);

/// A text that is no invitation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is no invitation")]
pub struct NoInvitation;

// === impl Typed, Fingerprint

impl Typed {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`NoInvitation`].
    pub fn parse(text: &str) -> Result<Self, NoInvitation> {
        let Some((code, place)) = text.trim().split_once('@') else {
            return Ok(Self { code: Some(text.to_owned()), ..Self::default() });
        };
        let (relay, firm) = match place.split_once('/') {
            Some((relay, firm)) => (relay, Some(firm.parse()?)),
            None => (place, None),
        };
        Ok(Self { code: Some(code.to_owned()), relay: Some(with_port(relay)?), firm })
    }
}

impl Fingerprint {
    /// Whether this key is meant.
    pub fn is_of(&self, key: KeyId) -> bool {
        key.to_string().starts_with(&self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = NoInvitation;
    fn from_str(text: &str) -> Result<Self, NoInvitation> {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ':' | ' ' | '\u{a0}')).collect();
        let whole = (LEAST..=64).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit());
        if whole { Ok(Self(digits.to_ascii_lowercase())) } else { Err(NoInvitation) }
    }
}

fn with_port(relay: &str) -> Result<String, NoInvitation> {
    let host = relay.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let (host, port) = match host {
        Some((host, port)) => (host, port.parse().map_err(|_| NoInvitation)?),
        None => (relay, PORT),
    };
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let named = !host.is_empty()
        && host.len() <= 253
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    let good = literal.map_or(named, |address| address.parse::<std::net::Ipv6Addr>().is_ok());
    if good && port > 0 { Ok(format!("{host}:{port}")) } else { Err(NoInvitation) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "3f9a00c41188ab23cc5d00e1f00d4b7e";

    #[test]
    fn the_whole_invitation_is_one_word() {
        let typed = Typed::parse(&format!("K7QF-2M9X-RT4W@relais.example.fr/{KEY}")).unwrap();
        assert_eq!(typed.code.as_deref(), Some("K7QF-2M9X-RT4W"));
        assert_eq!(typed.relay.as_deref(), Some("relais.example.fr:4433"));
        assert_eq!(typed.firm, Some(Fingerprint(KEY.to_owned())));
        let typed = Typed::parse("K7QF@127.0.0.1:9000").unwrap();
        assert_eq!((typed.relay.as_deref(), typed.firm), (Some("127.0.0.1:9000"), None));
        let typed = Typed::parse("K7QF@[2001:db8::1]:9000").unwrap();
        assert_eq!(typed.relay.as_deref(), Some("[2001:db8::1]:9000"));
        assert_eq!(Typed::parse("K7QF@[2001:db8::1]").unwrap().relay.as_deref(), Some("[2001:db8::1]:4433"));
        assert_eq!(Typed::parse("K7QF-2M9X").unwrap().relay, None);
    }

    #[test]
    fn what_is_no_invitation_is_refused() {
        for bad in [
            "K7QF@",
            "K7QF@:4433",
            "K7QF@relais.example.fr:99999",
            "K7QF@relais.example.fr:0",
            "K7QF@relais exemple",
            "K7QF@[::1",
            "K7QF@2001:db8::1",
            "K7QF@relais.example.fr/",
            "K7QF@relais.example.fr/3f9a",
            &format!("K7QF@relais.example.fr/{KEY}zz"),
            &format!("K7QF@relais.example.fr/{}", "a".repeat(65)),
        ] {
            assert_eq!(Typed::parse(bad), Err(NoInvitation), "{bad}");
        }
    }

    #[test]
    fn a_fingerprint_is_compared_digit_by_digit() {
        let key = KeyId([0x3f; 32]);
        let given = |text: &str| text.parse::<Fingerprint>().unwrap();
        assert!(given(&"3F".repeat(16)).is_of(key) && given(&"3f3f ".repeat(16)).is_of(key));
        assert!(!given(&format!("{}4f", "3f".repeat(15))).is_of(key));
        assert!("3f".repeat(15).parse::<Fingerprint>().is_err(), "too short to be sure");
    }
}
