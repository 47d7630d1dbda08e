//! Whose hands move on a screen of Windows: the person's come first, as its own hooks hear them, and the technician's are never taken
//! for theirs.

use anyhow::{Result, ensure};
use aval_tests::stage::Technician;
use aval_tests::world::{
    World, agree_on_windows, banner, press_end_on_windows, replace, request, with_control,
};

use crate::notepad::Notepad;

#[test]
fn the_persons_own_hand_comes_first_on_windows_too() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::windows(dir.path())?;
    let notepad = Notepad::open(&mut world)?;
    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("asking")?;
    agree_on_windows(&world.desk)?;
    technician.wait("granted")?;
    banner(&world.desk)?;
    let (x, y) = (notepad.window.x + notepad.window.width / 2, notepad.window.y + notepad.window.height / 2);
    let types = |technician: &mut Technician, text: &str| {
        notepad.reads(&world.desk, text, || {
            replace(technician, notepad.window, text)?;
            with_control(technician, "KeyS")
        })
    };
    types(&mut technician, "avant")?;

    // Windows can't tell an X program's hand from a person's; the technician's own events it can, and they said nothing so far.
    // The first place that is heard is no move.
    for step in 1..=3 {
        world.desk.person(&["mousemove", &(x + 10 * step).to_string(), &y.to_string()])?;
    }
    let notice = technician.wait("notice")?;
    ensure!(notice["what"] == "local-input" && notice["active"] == true, "{notice}");
    // It waits for the person, and is typed whole.
    types(&mut technician, "après")?;
    let free = technician.heard.iter().any(|it| it["what"] == "local-input" && it["active"] == false);
    ensure!(free, "the technician never heard that they may act again");

    press_end_on_windows(&world.desk)?;
    let ended = technician.wait("ended")?;
    ensure!(ended["reason"] == "ENDED_BY_PERSON", "{ended}");
    Ok(())
}
