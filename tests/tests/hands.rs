//! Whose hands move on the person's screen: their own come first, with the real programs.
#![cfg(target_os = "linux")]

use anyhow::{Result, ensure};
use aval_tests::stage::Technician;
use aval_tests::world::{World, editor, press_end, types};

#[test]
fn the_persons_own_hand_comes_first_and_the_technician_is_told() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, dir.path())?;
    let mut technician = world.granted()?;
    world.banner()?;
    let (x, y) = (window.x + window.width / 2, window.y + window.height / 2);
    types(&world.desk, &mut technician, window, "avant")?;

    // Only the person's own mouse, not a program's.
    world.desk.program(&["mousemove", &(x - 40).to_string(), &y.to_string()])?;
    world.desk.person(&["mousemove", &(x - 30).to_string(), &y.to_string()])?;
    local_input(&mut technician, true)?;
    // It waits for the person, and is typed whole.
    types(&world.desk, &mut technician, window, "après")?;

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
