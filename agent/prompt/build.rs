//! Compiles the two windows.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=ui");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        let config = slint_build::CompilerConfiguration::new().with_style("fluent-light".into());
        slint_build::compile_with_config("ui/windows.slint", config)?;
    }
    Ok(())
}
