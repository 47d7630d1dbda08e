//! A person with Windows allows the technician to come back once after a restart (clause 4.3), with the real windows.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::stage::Technician;
use aval_tests::world::{
    MACHINE, PROMPT, World, accept_button, agree_on_windows, banner, desktop_ready, online, press_end,
    question, request, service, session_process,
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
    technician.begin(&json!({ "do": "ask-return" }))?;
    question(&world.desk)?;
    sleep(Duration::from_secs(4));
    let (x, y) = accept_button(question(&world.desk)?);
    world.desk.click(x, y)?;
    let mut notice = technician.wait("notice")?;
    while notice["what"] == "local-input" {
        notice = technician.wait("notice")?;
    }
    ensure!(notice["what"] == "return" && notice["allowed"] == true, "{notice}");

    // Service and session process start again, as after a restart.
    world.stage.kill(MACHINE)?;
    world.stage.kill("session")?;
    drop(technician);
    world.stage.until("the machine to be missed", |stage| Ok(online(stage)?.is_empty()))?;
    nothing_shown(&world)?;
    service(&mut world.stage, MACHINE)?;
    session_process(&mut world.stage, world.desk.display())?;
    desktop_ready(&mut world.stage)?;

    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("granted")?;
    banner(&world.desk)?;
    technician.wait("shown")?;
    technician.step(&json!({ "do": "hash" }))?;
    press_end(&world.desk)?;
    ended(&mut technician, "ENDED_BY_PERSON")?;

    // Once: the next one is a question.
    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("asking")?;
    question(&world.desk)?;
    world.desk.until("the question to be answered", |desk| {
        desk.person(&["key", "Escape"])?;
        Ok(desk.find(PROMPT)?.is_none().then_some(()))
    })?;
    ended(&mut technician, "REFUSED_BY_PERSON")?;
    let journal = world.stage.run("aval-agent", &["register", "--home", MACHINE])?;
    ensure!(journal.contains("revenir une fois") && journal.contains("est revenu"), "{journal}");
    Ok(())
}

/// Neither question nor banner is left on the person's screen.
fn nothing_shown(world: &World) -> Result<()> {
    world.desk.until("an empty screen", |desk| Ok(desk.find(PROMPT)?.is_none().then_some(())))
}

fn ended(technician: &mut Technician, reason: &str) -> Result<()> {
    let ended = technician.wait("ended")?;
    ensure!(ended["reason"] == reason, "{ended}");
    technician.exit().map(drop).context("the console did not end")
}
