//! The install page and the package, as a client has them: a real relay, real HTTPS over the socket, real packages.
#![cfg(target_os = "linux")]

mod door;
mod machine;
mod package;
mod page;
mod site;
mod windows;
mod wine;
