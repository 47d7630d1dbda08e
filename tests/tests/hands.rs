//! Whose hands move on the person's screen: their own come first, with the real programs.
#![cfg(target_os = "linux")]

use anyhow::{Result, ensure};
use aval_tests::stage::Technician;
use aval_tests::world::{World, editor, press_end, with_control};
use serde_json::json;

#[test]
fn the_persons_own_hand_comes_first_and_the_technician_is_told() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, dir.path())?;
    let mut technician = world.granted()?;
    world.banner()?;
    let (x, y) = (window.x + window.width / 2, window.y + window.height / 2);
    technician.step(&json!({ "do": "click", "x": x, "y": y }))?;
    technician.step(&json!({ "do": "type", "text": "avant " }))?;
    world.desk.until("the first word", |desk| Ok(desk.title()?.contains('*').then_some(())))?;

    // Only the person's own mouse, not a program's.
    world.desk.program(&["mousemove", &(x - 40).to_string(), &y.to_string()])?;
    world.desk.person(&["mousemove", &(x - 30).to_string(), &y.to_string()])?;
    local_input(&mut technician, true)?;
    // It waits for the person, and is typed whole.
    technician.step(&json!({ "do": "type", "text": "après" }))?;
    for key in ["KeyA", "KeyC"] {
        with_control(&mut technician, key)?;
    }
    world.desk.copied("avant après")?;

    world.desk.person(&["mousemove", &x.to_string(), &y.to_string()])?;
    local_input(&mut technician, true)?;
    local_input(&mut technician, false)?;
    press_end(&world.desk)?;
    let ended = technician.wait("ended")?;
    ensure!(ended["reason"] == "ENDED_BY_PERSON", "{ended}");
    Ok(())
}

/// The technician hears that the person's hands come first, or no longer.
fn local_input(technician: &mut Technician, active: bool) -> Result<()> {
    let notice = technician.wait("notice")?;
    ensure!(notice["what"] == "local-input" && notice["active"] == active, "{notice}");
    ensure!(notice["fr"].as_str().is_some_and(|said| !said.is_empty()), "{notice}");
    Ok(())
}
