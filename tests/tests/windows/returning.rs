//! A person with Windows allows the technician to come back once after a restart (clause 4.3), with the real windows.

use anyhow::{Result, ensure};
use aval_tests::world::{
    MACHINE, World, agree_on_windows, allow_return, banner, desktop_ready, ended, nothing_shown, online,
    press_end_on_windows, refuse, request, service, session_process,
};
use serde_json::json;

#[test]
fn clause_4_3_a_return_that_the_person_allowed_on_windows_survives_a_restart_and_is_good_once() -> Result<()>
{
    let dir = tempfile::tempdir()?;
    let mut world = World::windows(dir.path())?;
    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("asking")?;
    agree_on_windows(&world.desk)?;
    technician.wait("granted")?;
    banner(&world.desk)?;
    technician.wait("shown")?;
    allow_return(&world.desk, &mut technician)?;

    // Service and session process start again, as after a restart.
    world.stage.kill(MACHINE)?;
    world.stage.kill("session")?;
    drop(technician);
    world.stage.until("the machine to be missed", |stage| Ok(online(stage)?.is_empty()))?;
    nothing_shown(&world.desk)?;
    service(&mut world.stage, MACHINE)?;
    session_process(&mut world.stage, world.desk.display())?;
    desktop_ready(&mut world.stage)?;

    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("granted")?;
    banner(&world.desk)?;
    technician.wait("shown")?;
    technician.step(&json!({ "do": "hash" }))?;
    press_end_on_windows(&world.desk)?;
    ended(&mut technician, &["ENDED_BY_PERSON"])?;

    // Once: the next one is a question.
    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("asking")?;
    refuse(&world.desk)?;
    ended(&mut technician, &["REFUSED_BY_PERSON"])?;
    let journal = world.stage.run("aval-agent", &["register", "--home", MACHINE])?;
    ensure!(journal.contains("revenir une fois") && journal.contains("est revenu"), "{journal}");
    Ok(())
}
