//! The tests of `state.rs`, beside it so that both stay short.

use super::*;

fn home() -> (tempfile::TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path().join("agent"));
    (dir, home)
}

fn settings() -> Settings {
    Settings::of(vec!["relais.example:4433".into(), "[::1]:4433".into()])
}

#[test]
fn an_enrolled_agent_finds_itself_again() {
    let (_dir, home) = home();
    assert!(matches!(home.signer(), Err(StateError::NotEnrolled(_))));
    let key = home.prepare().unwrap().key_id();
    assert!(!home.is_enrolled());
    assert_eq!(home.prepare().unwrap().key_id(), key, "an enrolment tried again keeps its key");
    home.finish(b"firm", &settings()).unwrap();
    assert_eq!(home.signer().unwrap().key_id(), key);
    assert_eq!(home.settings().unwrap(), settings());
    assert_eq!(home.firm().unwrap(), b"firm");
    assert!(matches!(home.prepare(), Err(StateError::Enrolled(_))));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, home) = home();
    home.prepare().unwrap();
    let path = home.path(KEY);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(home.signer(), Err(StateError::Exposed(_))));
}

#[test]
fn damaged_files_say_what_to_do() {
    let (_dir, home) = home();
    home.prepare().unwrap();
    home.finish(b"firm", &settings()).unwrap();
    fs::write(home.path(KEY), b"garbage").unwrap();
    assert!(matches!(home.signer(), Err(StateError::Damaged { .. })));
    for bad in
        ["", "relays = []", "relays = [\"nowhere\"]", "relays = [\"a:0\"]", "relais = [\"a:1\"]", "\u{0}"]
    {
        fs::write(home.path(SETTINGS), bad).unwrap();
        assert!(matches!(home.settings(), Err(StateError::Damaged { .. })), "{bad:?}");
    }
}

#[test]
fn two_services_never_share_a_folder() {
    let (_dir, home) = home();
    home.prepare().unwrap();
    assert_eq!(home.status(), None);
    let lock = home.lock().unwrap();
    assert!(matches!(home.lock(), Err(StateError::Locked(_))));
    let status = Status { desktop: true, ..Status::default() };
    home.say(&status);
    assert_eq!(home.status(), Some(status));
    drop(lock);
    assert_eq!(home.status(), None, "a status of a service that is gone says nothing");
    assert!(home.lock().is_ok());
}

#[test]
fn who_looks_at_the_status_keeps_no_service_from_starting() {
    let (_dir, home) = home();
    home.prepare().unwrap();
    drop(home.lock().unwrap());
    std::thread::scope(|threads| {
        let looking = threads.spawn(|| (0..20_000).filter_map(|_| home.status()).count());
        while !looking.is_finished() {
            drop(home.lock().unwrap());
        }
    });
    assert_eq!(home.status(), None);
}
