//! Replays what the fuzzers found: each input in `fuzz/corpus/TARGET`, and in `fuzz/artifacts/TARGET` of a run of one's own, goes
//! through the target once more. A coverage-guided fuzzer needs a nightly compiler; what it learnt does not.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::path::Path;

/// Runs a target over its inputs, in the order of their names. A target that panics on one fails the test that called this.
///
/// # Panics
/// Also when there is no input: a target without a corpus tests nothing.
pub fn replay(target: &str, run: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut count = 0;
    for folder in ["corpus", "artifacts"] {
        let Ok(entries) = std::fs::read_dir(fuzz.join(folder).join(target)) else { continue };
        let mut inputs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        for input in inputs {
            // The name of the input that fails stands last in the test's output.
            println!("{}", input.display());
            run(&std::fs::read(&input).unwrap());
            count += 1;
        }
    }
    assert!(count > 0, "no input for {target} in {}", fuzz.display());
}
