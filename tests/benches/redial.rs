//! Ten thousand losses of the line and as many returns, in virtual time: the agent's memory and files must not grow with them. The relay and
//! the network are in the same process and counted with it.

#![allow(clippy::print_stdout, reason = "figures for people")]

use std::time::Duration;

use aval_tests::figures::Cost;
use aval_tests::trio::{Setup, Trio, machine_address};
use tokio::time::sleep;

const TIMES: u32 = 10_000;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let trio = Trio::start(Setup::default()).await;
        tell(0)?;
        for number in 1..=TIMES {
            trio.net.partition(machine_address(), true);
            until(&trio, false).await;
            trio.net.partition(machine_address(), false);
            until(&trio, true).await;
            if number == 100 || number % 1_000 == 0 {
                tell(number)?;
            }
        }
        Ok(())
    })
}

/// Looks every virtual second whether the machine is on line.
async fn until(trio: &Trio, online: bool) {
    while trio.online() != online {
        sleep(Duration::from_secs(1)).await;
    }
}

fn tell(number: u32) -> anyhow::Result<()> {
    let cost = Cost::of(std::process::id())?;
    let files = std::fs::read_dir("/proc/self/fd")?.count();
    let threads = std::fs::read_dir("/proc/self/task")?.count();
    let cpu = Duration::from_millis(u64::try_from(cost.cpu.as_millis())?);
    println!("{number} returns: {} kB, {files} files, {threads} threads, {cpu:?} of CPU", cost.rss_kb);
    Ok(())
}
