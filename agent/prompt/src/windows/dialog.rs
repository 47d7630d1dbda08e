//! One dialog and its message loop. What happens is queued and handed to its content one after the other, also while the system runs a
//! loop of its own (a window that is being dragged): no call into the system finds its content busy.
#![allow(unsafe_code, reason = "Windows is called here; each pointer lives as long as its call")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ptr::{null, null_mut};
use std::rc::Rc;

use anyhow::bail;
use windows_sys::Win32::Foundation::{HWND, LPARAM, RECT, WPARAM};
use windows_sys::Win32::Graphics::Gdi::{FillRect, HBRUSH, HDC};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::SystemServices::{SS_ENDELLIPSIS, SS_NOPREFIX};
use windows_sys::Win32::UI::Controls::{
    BST_CHECKED, BST_UNCHECKED, EM_GETLINECOUNT, EM_LIMITTEXT, EM_LINEINDEX, EM_POSFROMCHAR,
    EM_SETPASSWORDCHAR,
};
use windows_sys::Win32::UI::Shell::{DefSubclassProc, SetWindowSubclass};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    BM_GETCHECK, BM_SETCHECK, BS_CHECKBOX, BS_DEFPUSHBUTTON, BS_MULTILINE, BS_PUSHBUTTON,
    CreateDialogIndirectParamW, DLGC_HASSETSEL, DLGTEMPLATE, DM_SETDEFID, DispatchMessageW, ES_AUTOHSCROLL,
    ES_AUTOVSCROLL, ES_MULTILINE, ES_PASSWORD, ES_READONLY, GetMessageW, IDCANCEL, IsDialogMessageW, MSG,
    PostQuitMessage, SetTimer, TranslateMessage, WM_CHAR, WM_CLOSE, WM_COMMAND, WM_CTLCOLORBTN,
    WM_CTLCOLORDLG, WM_CTLCOLORSTATIC, WM_DESTROY, WM_DPICHANGED, WM_ERASEBKGND, WM_GETDLGCODE, WM_HOTKEY,
    WM_NEXTDLGCTL, WM_SYSCHAR, WM_TIMER, WS_EX_CLIENTEDGE, WS_TABSTOP, WS_VSCROLL,
};

use super::call::{self, Brush, Colour, Font, Window};
use super::hook::{HOTKEY_HIT, Origin, origin, registered};
use super::pen::{Face, Laid, Pen};
use crate::look::Rect;
use crate::strokes::Hotkey;

/// How often a dialog looks at its pipe and at itself, in ms.
const TICK_MS: u32 = 25;
/// The button that Esc presses: the one that means no.
pub(super) const REFUSE: u16 = 2;
const _: () = assert!(REFUSE as i32 == IDCANCEL, "Esc would press another button");
/// Characters that a field takes at most.
const MOST_TYPED: usize = 256;
/// What is drawn instead of a password's characters.
const BULLET: usize = 0x25cf;

/// What happened to a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// A button or box was pressed.
    Pressed {
        id: u16,
        origin: Origin,
    },
    /// It was closed, by whatever means.
    Closed,
    Tick,
    /// The hooks have heard a hotkey.
    HotkeyHit,
    /// The system tells of a hotkey.
    HotkeyTold(Hotkey),
    /// It came to a monitor of another size.
    Scaled,
}

/// Whoever decides what a dialog says and what a press means.
pub(super) trait Content {
    /// Takes in what happened; `true` when there is nothing more to do.
    fn happen(&mut self, event: Event) -> bool;
}

/// What a control is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    /// A text on one line, cut with an ellipsis.
    Line,
    Tick,
    Push,
    /// The button that Enter presses where none has the focus.
    Default,
    Field {
        hidden: bool,
    },
    /// A text that scrolls by keyboard, wheel and bar.
    Scroll,
}

/// A dialog and its controls.
pub(super) struct Dialog {
    pub(super) window: Window,
    controls: BTreeMap<u16, (Window, RefCell<String>)>,
    fonts: RefCell<BTreeMap<Face, Font>>,
}

/// The colours of a dialog.
#[derive(Debug, Default)]
struct Paint {
    ground: Colour,
    ink: Colour,
    panel: Colour,
    edge: Colour,
    panels: Vec<Rect>,
    /// Texts that have another ink than the rest.
    inks: BTreeMap<u16, Colour>,
    on_panel: BTreeMap<u16, bool>,
    brushes: BTreeMap<Colour, Brush>,
}

thread_local! {
    static EVENTS: RefCell<VecDeque<Event>> = const { RefCell::new(VecDeque::new()) };
    static CONTENT: RefCell<Option<Rc<RefCell<dyn Content>>>> = const { RefCell::new(None) };
    static PAINT: RefCell<Paint> = RefCell::default();
    static DONE: Cell<bool> = const { Cell::new(false) };
}

// === impl Dialog

impl Dialog {
    /// An empty dialog, not shown yet.
    pub(super) fn new(style: u32, ex_style: u32) -> anyhow::Result<Self> {
        let template = DLGTEMPLATE { style, dwExtendedStyle: ex_style, cdit: 0, x: 0, y: 0, cx: 10, cy: 10 };
        // The template is followed by three empty texts: menu, class, title.
        let template = (template, [0_u16; 3]);
        // SAFETY: the template outlives the call; the procedure is this program's own.
        let handle = unsafe {
            let own = GetModuleHandleW(null());
            CreateDialogIndirectParamW(own, &raw const template.0, null_mut(), Some(procedure), 0)
        };
        if handle.is_null() {
            bail!("no window can be opened on this desktop");
        }
        Ok(Self { window: Window::new(handle), controls: BTreeMap::new(), fonts: RefCell::default() })
    }

    /// One more control, after the others in the order of the keyboard.
    pub(super) fn add(&mut self, id: u16, kind: Kind) -> anyhow::Result<()> {
        let (class, style, ex) = match kind {
            // No letter of a text or name is a shortcut.
            Kind::Text => ("Static", SS_NOPREFIX, 0),
            Kind::Line => ("Static", SS_NOPREFIX | SS_ENDELLIPSIS, 0),
            Kind::Tick => ("Button", (BS_CHECKBOX | BS_MULTILINE).cast_unsigned() | WS_TABSTOP, 0),
            Kind::Default => ("Button", BS_DEFPUSHBUTTON.cast_unsigned() | WS_TABSTOP, 0),
            Kind::Push => ("Button", (BS_PUSHBUTTON | BS_MULTILINE).cast_unsigned() | WS_TABSTOP, 0),
            Kind::Field { hidden } => {
                let hidden = if hidden { ES_PASSWORD } else { 0 };
                ("Edit", (ES_AUTOHSCROLL | hidden).cast_unsigned() | WS_TABSTOP, WS_EX_CLIENTEDGE)
            }
            Kind::Scroll => {
                let style = (ES_MULTILINE | ES_READONLY | ES_AUTOVSCROLL).cast_unsigned();
                ("Edit", style | WS_VSCROLL | WS_TABSTOP, WS_EX_CLIENTEDGE)
            }
        };
        let control = self.window.child(class, style, ex, id)?;
        if kind == Kind::Default {
            self.window.send(DM_SETDEFID, id.into(), 0);
        }
        if matches!(kind, Kind::Field { .. }) {
            control.send(EM_LIMITTEXT, MOST_TYPED, 0);
        }
        if kind == Kind::Scroll {
            // SAFETY: the procedure is this program's own, and takes no data.
            unsafe { SetWindowSubclass(control.handle(), Some(unselected), 0, 0) };
        }
        self.controls.insert(id, (control, RefCell::default()));
        Ok(())
    }

    fn control(&self, id: u16) -> Option<Window> {
        self.controls.get(&id).map(|(control, _)| *control)
    }

    /// What a control says; whether that is new.
    pub(super) fn say(&self, id: u16, text: &str) -> bool {
        let Some((control, said)) = self.controls.get(&id) else { return false };
        if *said.borrow() == text {
            return false;
        }
        text.clone_into(&mut said.borrow_mut());
        control.set_text(text);
        true
    }

    pub(super) fn set_ticked(&self, id: u16, ticked: bool) {
        let state = if ticked { BST_CHECKED } else { BST_UNCHECKED };
        if let Some(control) = self.control(id)
            && control.send(BM_GETCHECK, 0, 0) != isize::try_from(state).unwrap_or(0)
        {
            control.send(BM_SETCHECK, state as usize, 0);
        }
    }

    /// Whether a button can be pressed. One that no longer can, and has the focus, gives it to the one that means no.
    pub(super) fn enable(&self, id: u16, enabled: bool) {
        let Some(control) = self.control(id) else { return };
        if !enabled && control.has_focus() {
            self.focus(REFUSE);
        }
        control.enable(enabled);
    }

    pub(super) fn show(&self, id: u16, shown: bool) {
        if let Some(control) = self.control(id) {
            control.show(shown);
        }
    }

    pub(super) fn focus(&self, id: u16) {
        if let Some(control) = self.control(id) {
            self.window.send(WM_NEXTDLGCTL, control.handle() as usize, 1);
        }
    }

    /// Whether the last line of a text that scrolls can be read now.
    pub(super) fn shows_end(&self, id: u16) -> bool {
        let Some(control) = self.control(id) else { return false };
        let top = |line: isize| {
            let first = control.send(EM_LINEINDEX, line.cast_unsigned(), 0);
            // Two numbers of sixteen bits; above the part that is shown the second is negative.
            let [_, _, low, high, ..] = control.send(EM_POSFROMCHAR, first.cast_unsigned(), 0).to_le_bytes();
            i32::from(i16::from_le_bytes([low, high]))
        };
        let last = control.send(EM_GETLINECOUNT, 0, 0) - 1;
        let (at, height) = (top(last), if last > 0 { top(last) - top(last - 1) } else { 0 });
        at >= 0 && at + height <= control.inside().h
    }

    /// What a field holds.
    pub(super) fn typed(&self, id: u16) -> Vec<u16> {
        self.control(id).map(Window::text).unwrap_or_default()
    }

    /// Empties a field.
    pub(super) fn wipe(&self, id: u16) {
        if let Some(control) = self.control(id) {
            control.set_text("");
        }
    }

    /// Whether a field shows what is typed.
    pub(super) fn reveal(&self, id: u16, revealed: bool) {
        if let Some(control) = self.control(id) {
            control.send(EM_SETPASSWORDCHAR, if revealed { 0 } else { BULLET }, 0);
            control.repaint();
        }
    }

    /// Ground, ink, and what panels have instead; a person's own high contrast goes before.
    pub(super) fn colours(&self, [ground, ink, panel, edge]: [Colour; 4]) {
        let high = call::high_contrast();
        PAINT.with_borrow_mut(|paint| {
            let wanted = high.map_or([ground, ink, panel, edge], |(ground, ink)| [ground, ink, ground, ink]);
            (paint.ground, paint.ink, paint.panel, paint.edge) = (wanted[0], wanted[1], wanted[2], wanted[3]);
        });
        self.window.repaint();
    }

    /// Another ink for one text.
    pub(super) fn ink(&self, id: u16, colour: Option<Colour>) {
        if call::high_contrast().is_none() {
            PAINT.with_borrow_mut(|paint| match colour {
                Some(colour) => paint.inks.insert(id, colour),
                None => paint.inks.remove(&id),
            });
        }
    }

    /// Size of a control's text.
    pub(super) fn measure(&self, id: u16, face: Face, width: i32, dpi: i32) -> (i32, i32) {
        let text = self.controls.get(&id).map(|(_, said)| said.borrow().clone()).unwrap_or_default();
        call::measure(&text, self.font(face, dpi), width)
    }

    /// Width of the widest line of a control's text.
    pub(super) fn widest_line(&self, id: u16, face: Face, dpi: i32) -> i32 {
        let text = self.controls.get(&id).map(|(_, said)| said.borrow().clone()).unwrap_or_default();
        text.lines().map(|line| call::measure(line, self.font(face, dpi), i32::MAX).0).max().unwrap_or(0)
    }

    /// Lays everything out in that width, smaller where the screen is too low for it, and says how large the window is then.
    pub(super) fn lay(&self, width: i32, draw: impl Fn(&mut Pen<'_>)) -> (i32, i32) {
        let most = call::work_area().h;
        let mut dpi = self.window.dpi();
        loop {
            let measure = |id, face, width| self.measure(id, face, width, dpi);
            let mut pen = Pen::new(width, dpi, &measure);
            draw(&mut pen);
            let laid = pen.finish();
            let size = self.window.around(laid.size.0, laid.size.1);
            if size.1 <= most || dpi <= 60 {
                self.obey(&laid, dpi);
                return size;
            }
            dpi = dpi * 15 / 16;
        }
    }

    /// Lays everything out in the middle of the main monitor; the first time also with the keyboard on one control.
    pub(super) fn appear(&self, width: i32, first: Option<u16>, draw: impl Fn(&mut Pen<'_>)) {
        let (w, h) = self.lay(width, draw);
        let area = call::work_area();
        let (x, y) = (area.x + (area.w - w).max(0) / 2, area.y + (area.h - h).max(0) / 2);
        self.window.put_on_top(Rect { x, y, w, h }, first.is_some());
        if let Some(control) = first {
            self.window.to_foreground();
            self.focus(control);
        }
    }

    /// Puts the controls where they belong.
    pub(super) fn obey(&self, laid: &Laid, dpi: i32) {
        for put in &laid.puts {
            if let Some(control) = self.control(put.id) {
                control.set_font(self.font(put.face, dpi));
                control.place(put.at);
            }
        }
        PAINT.with_borrow_mut(|paint| {
            paint.panels.clone_from(&laid.panels);
            let on = |at: Rect| laid.panels.iter().any(|panel| panel.holds(at.x, at.y));
            paint.on_panel = laid.puts.iter().map(|put| (put.id, on(put.at))).collect();
        });
        self.window.repaint();
    }

    fn font(&self, face: Face, dpi: i32) -> Font {
        let key = Face { pixels: face.pixels * dpi / 96, bold: face.bold };
        *self.fonts.borrow_mut().entry(key).or_insert_with(|| call::font(key.pixels, key.bold))
    }
}

/// Lets things happen to the content until it has nothing more to do or its window is gone.
pub(super) fn run(window: Window, content: Rc<RefCell<dyn Content>>) {
    CONTENT.set(Some(content));
    happened(Event::Tick);
    // SAFETY: the message outlives each call.
    unsafe {
        SetTimer(window.handle(), 1, TICK_MS, None);
        let mut message: MSG = std::mem::zeroed();
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            if matches!(message.message, WM_CHAR | WM_SYSCHAR) {
                // No letter is a shortcut: a name with an ampersand would make one. These three have done their work as keys.
                if !matches!(message.wParam, 9 | 13 | 27) {
                    DispatchMessageW(&raw const message);
                }
            } else if IsDialogMessageW(window.handle(), &raw const message) == 0 {
                TranslateMessage(&raw const message);
                DispatchMessageW(&raw const message);
            }
        }
    }
    CONTENT.set(None);
    window.destroy();
}

/// Queues it, and hands on what is queued unless that is being done already further up.
fn happened(event: Event) {
    EVENTS.with_borrow_mut(|events| {
        if event != Event::Tick || !events.contains(&event) {
            events.push_back(event);
        }
    });
    let Some(content) = CONTENT.with_borrow(Clone::clone) else { return };
    let Ok(mut content) = content.try_borrow_mut() else { return };
    while let Some(event) = EVENTS.with_borrow_mut(VecDeque::pop_front) {
        if !DONE.get() && content.happen(event) {
            DONE.set(true);
            // SAFETY: no argument of weight.
            unsafe { PostQuitMessage(0) };
        }
    }
}

unsafe extern "system" fn procedure(window: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> isize {
    let word = |at: u32| u16::try_from(wparam >> at & 0xffff).unwrap_or(0);
    match message {
        // The upper word is zero for a press; the rest is a field's news.
        WM_COMMAND if word(16) == 0 => happened(Event::Pressed { id: word(0), origin: origin() }),
        WM_CLOSE => happened(Event::Closed),
        WM_TIMER => happened(Event::Tick),
        HOTKEY_HIT => happened(Event::HotkeyHit),
        WM_HOTKEY => {
            if let Some(hotkey) = registered(wparam) {
                happened(Event::HotkeyTold(hotkey));
            }
        }
        WM_DPICHANGED => happened(Event::Scaled),
        // SAFETY: no argument of weight.
        WM_DESTROY => unsafe { PostQuitMessage(0) },
        WM_ERASEBKGND => {
            PAINT.with_borrow_mut(|paint| paint.erase(Window::new(window), wparam as HDC));
            return 1;
        }
        WM_CTLCOLORDLG | WM_CTLCOLORSTATIC | WM_CTLCOLORBTN => {
            let id = Window::new(lparam as HWND).id();
            return PAINT.with_borrow_mut(|paint| paint.of(id, wparam)).answer();
        }
        _ => return 0,
    }
    1
}

/// A text that scrolls: the dialog would select all of it with the focus, and show its end as if it had been read.
unsafe extern "system" fn unselected(
    window: HWND,
    message: u32,
    wparam: WPARAM,
    lparam: LPARAM,
    _: usize,
    _: usize,
) -> isize {
    // SAFETY: what came is passed on.
    let answer = unsafe { DefSubclassProc(window, message, wparam, lparam) };
    if message == WM_GETDLGCODE { answer & !(DLGC_HASSETSEL as isize) } else { answer }
}

// === impl Paint

impl Paint {
    fn brush(&mut self, colour: Colour) -> Brush {
        *self.brushes.entry(colour).or_insert_with(|| call::brush(colour))
    }

    /// The colours of one control.
    fn of(&mut self, id: u16, context: WPARAM) -> Brush {
        let on_panel = self.on_panel.get(&id).copied().unwrap_or(false);
        let ground = if on_panel { self.panel } else { self.ground };
        call::paint_with(context, self.inks.get(&id).copied().unwrap_or(self.ink), ground);
        self.brush(ground)
    }

    fn erase(&mut self, window: Window, context: HDC) {
        let inside = window.inside();
        self.fill(context, inside, self.ground);
        for at in self.panels.clone() {
            self.fill(context, at, self.edge);
            self.fill(context, Rect { x: at.x + 1, y: at.y + 1, w: at.w - 2, h: at.h - 2 }, self.panel);
        }
    }

    fn fill(&mut self, context: HDC, at: Rect, colour: Colour) {
        let rect = RECT { left: at.x, top: at.y, right: at.x + at.w, bottom: at.y + at.h };
        let brush = self.brush(colour).answer() as HBRUSH;
        // SAFETY: the rectangle outlives the call; the context lives as long as the message is handled.
        unsafe { FillRect(context, &raw const rect, brush) };
    }
}
