//! Compiles the windows.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=ui");
    let config = slint_build::CompilerConfiguration::new().with_style("fluent-light".into());
    Ok(slint_build::compile_with_config("ui/windows.slint", config)?)
}
