//! Where a window is: mapped, on the screen, uncovered; and how it comes back there.

use anyhow::Context as _;
use x11rb::connection::Connection as _;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{
    self, AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, EventMask, InputFocus,
    MapState, StackMode, Window, WindowClass,
};

use super::desk::Desk;
use crate::look::{Look, Rect};

impl Desk {
    /// Asks to hear when the window gets covered.
    pub(super) fn watch(&self, window: Window) -> anyhow::Result<()> {
        let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::VISIBILITY_CHANGE);
        self.conn.change_window_attributes(window, &mask)?.check().context("the window is gone")
    }

    /// How a person sees the window now.
    pub(super) fn look(&self, window: Window) -> anyhow::Result<Look> {
        let attributes = self.conn.get_window_attributes(window)?;
        let at = self.rect_of(window)?;
        let mapped = attributes.reply()?.map_state == MapState::VIEWABLE;
        let screen = Rect { x: 0, y: 0, ..self.size_of(self.root)? };
        let above = self.rects_above(window)?;
        Ok(Look::new(mapped, at, screen, &above))
    }

    /// Puts the window above all others, mapped. Errors of the window's own show at the next look.
    pub(super) fn raise(&self, window: Window) -> anyhow::Result<()> {
        self.conn.map_window(window)?.ignore_error();
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.conn.configure_window(window, &above)?.ignore_error();
        Ok(self.conn.flush()?)
    }

    /// Puts the window at the top centre of the main monitor.
    pub(super) fn to_top_centre(&self, window: Window, now_at: Rect) -> anyhow::Result<()> {
        let monitor = self.main_monitor()?;
        let (x, y) = (monitor.x + (monitor.w - now_at.w) / 2, monitor.y);
        if (now_at.x, now_at.y) != (x, y) {
            self.conn.configure_window(window, &ConfigureWindowAux::new().x(x).y(y))?.ignore_error();
            self.conn.flush()?;
        }
        Ok(())
    }

    /// Puts the window in the middle of the main monitor, where no window manager does it.
    pub(super) fn to_middle(&self, window: Window, now_at: Rect) -> anyhow::Result<()> {
        let monitor = self.main_monitor()?;
        let place = ConfigureWindowAux::new()
            .x(monitor.x + (monitor.w - now_at.w).max(0) / 2)
            .y(monitor.y + (monitor.h - now_at.h).max(0) / 2);
        self.conn.configure_window(window, &place)?.ignore_error();
        Ok(self.conn.flush()?)
    }

    /// The main monitor's rectangle; the whole screen where there is no word of monitors.
    pub(super) fn main_monitor(&self) -> anyhow::Result<Rect> {
        let monitors = self.conn.randr_get_monitors(self.root, true)?.reply();
        let monitors = monitors.map(|m| m.monitors).unwrap_or_default();
        let main = monitors.iter().find(|m| m.primary).or(monitors.first());
        match main {
            Some(m) if m.width > 0 => {
                Ok(Rect { x: m.x.into(), y: m.y.into(), w: m.width.into(), h: m.height.into() })
            }
            _ => self.size_of(self.root),
        }
    }

    /// Without a window manager nobody gives a new window the keyboard.
    pub(super) fn focus_if_unmanaged(&self, window: Window) -> anyhow::Result<bool> {
        let check = self.conn.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK")?.reply()?.atom;
        let manager = self.conn.get_property(false, self.root, check, AtomEnum::WINDOW, 0, 1)?.reply()?;
        let unmanaged = manager.value_len == 0;
        if unmanaged {
            self.conn.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.ignore_error();
            self.conn.flush()?;
        }
        Ok(unmanaged)
    }

    fn rect_of(&self, window: Window) -> anyhow::Result<Rect> {
        let corner = self.conn.translate_coordinates(window, self.root, 0, 0)?;
        let size = self.size_of(window)?;
        let corner = corner.reply().context("the window is gone")?;
        Ok(Rect { x: corner.dst_x.into(), y: corner.dst_y.into(), ..size })
    }

    fn size_of(&self, window: Window) -> anyhow::Result<Rect> {
        let g = self.conn.get_geometry(window)?.reply().context("the window is gone")?;
        Ok(Rect { x: g.x.into(), y: g.y.into(), w: g.width.into(), h: g.height.into() })
    }

    /// The rectangles of all windows that lie over this one (or over the frame its window manager gave it).
    fn rects_above(&self, window: Window) -> anyhow::Result<Vec<Rect>> {
        let mut top = window;
        loop {
            let tree = self.conn.query_tree(top)?.reply().context("the window is gone")?;
            if tree.parent == self.root || tree.parent == xproto::WindowEnum::NONE.into() {
                break;
            }
            top = tree.parent;
        }
        let stack = self.conn.query_tree(self.root)?.reply()?.children;
        let above = stack.iter().copied().skip_while(|&w| w != top).skip(1);
        let asked: Vec<_> = above
            .map(|w| Ok((self.conn.get_window_attributes(w)?, self.conn.get_geometry(w)?)))
            .collect::<anyhow::Result<_>>()?;
        let mut rects = Vec::new();
        for (attributes, geometry) in asked {
            // A window that closed meanwhile covers nothing.
            let (Ok(a), Ok(g)) = (attributes.reply(), geometry.reply()) else { continue };
            if a.map_state == MapState::VIEWABLE && a.class == WindowClass::INPUT_OUTPUT {
                let border = 2 * i32::from(g.border_width);
                let (w, h) = (i32::from(g.width) + border, i32::from(g.height) + border);
                rects.push(Rect { x: g.x.into(), y: g.y.into(), w, h });
            }
        }
        Ok(rects)
    }
}
