//! Every program of a session killed in its turn, with the real programs: what dies means no or the end, and each end is told why.
//!
//! The honest twin of each death is the session that follows it: the same world goes on once the program is back.
#![cfg(target_os = "linux")]

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::desk::{Desk, HEIGHT, WIDTH};
use aval_tests::world::{
    MACHINE, PROMPT, World, allow_return, desktop_ready, editor, ended, nothing_shown, online, press_end,
    refuse, request, service, session_process, types,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// Lines that a technician types in a row, and what each has: more than can be typed before the kill.
const LINES: usize = 300;
const LINE: &str = "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\n";

#[test]
fn the_question_the_banner_and_the_session_process_die() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, dir.path())?;

    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("asking")?;
    world.desk.window(PROMPT)?;
    kill_prompt(&world)?;
    ended(&mut technician, &["PROMPT_LOST"])?;

    let mut technician = world.granted()?;
    world.banner()?;
    let (x, y) = (window.x + window.width / 2, window.y + window.height / 2);
    technician.step(&json!({ "do": "click", "x": x, "y": y }))?;
    for _ in 0..LINES {
        technician.begin(&json!({ "do": "type", "text": LINE }))?;
    }
    world.desk.until("the first words", |desk| Ok((desk.title()?.contains('*')).then_some(())))?;
    kill_prompt(&world)?;
    ended(&mut technician, &["BANNER_LOST"])?;
    let before = world.desk.copy_all()?;
    sleep(Duration::from_secs(2));
    let after = world.desk.copy_all()?;
    ensure!(!before.is_empty() && before.len() < LINES * LINE.len(), "{} bytes were typed", before.len());
    ensure!(before == after, "something was typed after the banner's death");

    let mut technician = world.granted()?;
    world.banner()?;
    world.stage.kill("session")?;
    ended(&mut technician, &["PERSON_LEFT"])?;
    nothing_shown(&world.desk)?;
    session_process(&mut world.stage, world.desk.display())?;
    desktop_ready(&mut world.stage)
}

#[test]
fn the_service_the_relay_and_the_screen_die() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;

    let mut technician = world.granted()?;
    world.banner()?;
    technician.wait("shown")?;
    world.stage.kill(MACHINE)?;
    technician.wait("hidden")?;
    nothing_shown(&world.desk)?;
    world.stage.until("the machine to be missed", |stage| Ok(online(stage)?.is_empty()))?;
    let again = service(&mut world.stage, MACHINE)?;
    ensure!(again == world.machine, "the machine came back as another: {again}");
    // A service that was started again holds no yes: there is nothing to come back to.
    ended(&mut technician, &["LINK_LOST"])?;
    desktop_ready(&mut world.stage)?;

    let mut technician = world.granted()?;
    world.banner()?;
    technician.wait("shown")?;
    let window = editor(&mut world.desk, dir.path())?;
    world.stage.kill("relay")?;
    technician.wait("hidden")?;
    world.stage.start_relay()?;
    // Nobody is asked again: the yes is the machine's, and the relay only introduces.
    technician.wait("resumed")?;
    technician.wait("shown")?;
    world.banner()?;
    types(&world.desk, &mut technician, window, "encore")?;
    press_end(&world.desk)?;
    ended(&mut technician, &["ENDED_BY_PERSON"])?;

    let mut technician = world.granted()?;
    world.banner()?;
    world.desk.lose_screen()?;
    ended(&mut technician, &["DISPLAY_LOST"])
}

#[test]
fn clause_4_3_a_return_that_the_person_allowed_survives_a_restart_and_is_good_once() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let mut technician = world.granted()?;
    world.banner()?;
    // A wish before anything is shown is answered with a no.
    technician.wait("shown")?;
    allow_return(&world.desk, &mut technician)?;

    // The machine starts again: service, session process and screen are new ones.
    world.stage.kill(MACHINE)?;
    world.stage.kill("session")?;
    world.desk.lose_screen()?;
    drop(technician);
    let kept = world.stage.path(MACHINE).join("return.promise");
    ensure!(kept.is_file(), "nothing is kept");
    world.desk = Desk::sized(WIDTH, HEIGHT)?;
    world.stage.until("the machine to be missed", |stage| Ok(online(stage)?.is_empty()))?;
    service(&mut world.stage, MACHINE)?;
    session_process(&mut world.stage, world.desk.display())?;
    desktop_ready(&mut world.stage)?;

    let mut technician = world.stage.technician(&request(&world.machine))?;
    technician.wait("granted")?;
    ensure!(!kept.exists(), "it is used up before anything is seen");
    world.banner()?;
    technician.wait("shown")?;
    ensure!(world.desk.find(PROMPT)?.is_some_and(|bar| bar.height < 100), "only the banner is there");
    technician.step(&json!({ "do": "wait-for-still", "for_ms": 500, "within_ms": 20_000 }))?;
    press_end(&world.desk)?;
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

/// Kills the consent program that this world's session process started.
fn kill_prompt(world: &World) -> Result<()> {
    let parent = i32::try_from(world.stage.pid("session")?)?;
    let mut killed = 0;
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // `pid (name) state ppid …`
        let Some((name, rest)) = stat.split_once(") ") else { continue };
        let of = rest.split(' ').nth(1).and_then(|ppid| ppid.parse::<i32>().ok());
        if of == Some(parent) && name.contains("(aval-agent-prom") {
            kill_process(Pid::from_raw(pid).context("a process has a number")?, Signal::KILL)?;
            killed += 1;
        }
    }
    ensure!(killed == 1, "{killed} consent programs were there");
    Ok(())
}
