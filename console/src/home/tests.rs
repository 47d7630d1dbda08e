//! The tests of `home.rs`, beside it so that both stay short.

use super::*;

#[test]
fn a_relay_is_a_host_with_a_port() {
    for good in ["relais.exemple.fr:4433", "127.0.0.1:1", "[::1]:4433", "relais:65535"] {
        assert!(is_address(good), "{good}");
    }
    for bad in ["", ":1", "relais", "relais:", "relais:0", "relais:65536", "https://relais:1", "a b:1", "::1"]
    {
        assert!(!is_address(bad), "{bad}");
    }
}

#[test]
fn settings_are_read_whole_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(SETTINGS);
    let said = |content: &str| {
        std::fs::write(&path, content).unwrap();
        relays(&path).map_err(|failure| failure.said.en)
    };
    assert_eq!(said(r#"relay = ["a.example:4433", "[::1]:1"]"#).unwrap(), ["a.example:4433", "[::1]:1"]);
    assert!(said("").unwrap_err().contains("relay = ["));
    assert!(said("relay = []").unwrap_err().contains("relay = ["));
    assert!(said("relay = \"a:1\"").unwrap_err().contains("cannot be read"));
    assert!(said("relais = []").unwrap_err().contains("relais"), "a mistyped name is told");
    assert!(said(r#"relay = ["a.example"]"#).unwrap_err().contains("a.example"));
}
