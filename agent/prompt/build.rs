//! Gives the Windows program its manifest: controls of the system's present look, and pixels of the monitor it is on.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("windows") {
        embed_manifest::embed_manifest(embed_manifest::new_manifest("Aval.AgentPrompt"))?;
    }
    Ok(())
}
