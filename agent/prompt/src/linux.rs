//! The Linux body: X11 windows through slint's software renderer, or a terminal.

mod ask;
mod banner;
mod desk;
mod list;
mod place;
mod secret;
mod terminal;

use std::rc::Rc;
use std::time::Duration;

use anyhow::Context as _;
use aval_agent_prompt_slint as ui;
use i_slint_backend_winit::Backend;
use i_slint_backend_winit::WinitWindowAccessor as _;
use i_slint_backend_winit::winit::platform::x11::{
    EventLoopBuilderExtX11 as _, WindowAttributesExtX11 as _, WindowType,
};
use i_slint_backend_winit::winit::raw_window_handle::{HasWindowHandle as _, RawWindowHandle};
use slint::platform::PlatformError;

use crate::Mode;

/// How often a window looks at its devices and its pipe.
const TICK: Duration = Duration::from_millis(25);

pub(crate) fn run(mode: Mode) -> anyhow::Result<()> {
    match mode {
        Mode::Ask { terminal: false } => ask::run(),
        Mode::Ask { terminal: true } => terminal::ask(),
        Mode::Banner { terminal: false } => banner::run(),
        Mode::Banner { terminal: true } => terminal::banner(),
        Mode::List => list::run(),
        Mode::Secret => secret::run(),
        // Packages of Linux are installed at a terminal, where the agent itself asks.
        Mode::Attach => anyhow::bail!("attaching is asked at the terminal here: aval-agent enrol"),
    }
}

/// Makes slint draw by itself on X11, whatever the environment says.
fn start_toolkit(override_redirect: bool) -> anyhow::Result<()> {
    let mut builder = i_slint_backend_winit::winit::event_loop::EventLoop::with_user_event();
    builder.with_x11();
    let backend = Backend::builder()
        .with_event_loop_builder(builder)
        .with_renderer_name("software")
        .with_window_attributes_hook(move |attributes| {
            let kind = if override_redirect { WindowType::Notification } else { WindowType::Dialog };
            attributes
                .with_override_redirect(override_redirect)
                .with_x11_window_type(vec![kind])
                .with_name("Aval", "aval-agent-prompt")
        })
        .build()
        .and_then(|backend| {
            slint::platform::set_platform(Box::new(backend)).map_err(|e| PlatformError::Other(e.to_string()))
        });
    backend.context("the window can't be opened on this display")
}

/// The X11 name of a slint window, once it exists.
fn xid(window: &slint::Window) -> Option<u32> {
    window.with_winit_window(|w| match w.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok(),
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        _ => None,
    })?
}

/// Runs `tick` every [`TICK`] until the event loop ends.
fn every_tick(tick: impl FnMut() + 'static) -> Rc<slint::Timer> {
    let timer = Rc::new(slint::Timer::default());
    timer.start(slint::TimerMode::Repeated, TICK, tick);
    timer
}
