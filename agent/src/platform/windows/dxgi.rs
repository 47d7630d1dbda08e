//! Desktop Duplication: the graphics card's own picture of each monitor, and what changed in it since it was last asked. Windows 8 and later
//! have it, with a driver, on a desktop that a monitor shows; its libraries are loaded when first wanted, so that the program starts without.
//!
//! Nobody has seen it work with a graphics card yet: Wine refuses at `DuplicateOutput`, and the tests bring a card of theirs. So it decides
//! nothing; [`Sight`](super::rules::sight) compares it with GDI. A driver that crashes ends this process, of which a [`Mark`] tells the
//! next; one that hangs in a copy freezes the technician's picture, while hands, banner and the end of the session go on. What a driver
//! keeps of a copied texture is freed, not wiped.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

use windows::Win32::Foundation::RECT;
use windows::Win32::Graphics::Direct3D::D3D_DRIVER_TYPE_UNKNOWN;
use windows::Win32::Graphics::Direct3D11::{
    D3D11_BOX, D3D11_CPU_ACCESS_READ, D3D11_MAP_READ, D3D11_MAPPED_SUBRESOURCE, D3D11_SDK_VERSION,
    D3D11_TEXTURE2D_DESC, D3D11_USAGE_STAGING, ID3D11Device, ID3D11DeviceContext, ID3D11Texture2D,
};
use windows::Win32::Graphics::Dxgi::Common::{
    DXGI_FORMAT_B8G8R8A8_UNORM, DXGI_FORMAT_R10G10B10A2_UNORM, DXGI_FORMAT_R16G16B16A16_FLOAT,
    DXGI_MODE_ROTATION, DXGI_MODE_ROTATION_ROTATE90, DXGI_MODE_ROTATION_ROTATE180,
    DXGI_MODE_ROTATION_ROTATE270, DXGI_SAMPLE_DESC,
};
use windows::Win32::Graphics::Dxgi::{
    DXGI_ERROR_WAIT_TIMEOUT, DXGI_OUTDUPL_FRAME_INFO, DXGI_OUTDUPL_MOVE_RECT, IDXGIAdapter1, IDXGIFactory1,
    IDXGIOutput1, IDXGIOutputDuplication, IDXGIResource,
};
use windows::core::{Error, GUID, HRESULT, Interface as _};
use windows_sys::Win32::Foundation::FARPROC;
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};
use windows_sys::core::{PCWSTR, w};

use super::gdi::PIXEL;
use super::rules::kept::{Kept, MANY, Move, Plan, Surface};
use super::rules::layout::{Area, Output, Turn, of_all};
use super::rules::mark::Mark;
use super::rules::path::Fault;
use super::rules::sight::Fast;
use super::system::Desktop;

/// Most graphics cards, and monitors of one, that are asked about.
const MOST: u32 = 16;
/// Most frames of one monitor that are taken at one look.
const FRAMES: usize = 3;
/// Looks after which a driver is no longer expected to crash: about as many as a comparison takes.
const WORKS: u8 = 10;

type CreateFactory = unsafe extern "system" fn(*const GUID, *mut *mut c_void) -> HRESULT;
type CreateDevice = unsafe extern "system" fn(
    *mut c_void,
    i32,
    *mut c_void,
    u32,
    *const i32,
    u32,
    u32,
    *mut *mut c_void,
    *mut i32,
    *mut *mut c_void,
) -> HRESULT;

/// All monitors, duplicated.
pub(super) struct Duplication {
    monitors: Vec<Monitor>,
    /// Until it has worked for a while.
    mark: Option<Mark>,
    pumped: u8,
}

struct Monitor {
    output: Output,
    duplication: IDXGIOutputDuplication,
    context: ID3D11DeviceContext,
    /// Of the surface's size, readable.
    staging: ID3D11Texture2D,
    seen: bool,
}

/// A monitor that the system names.
struct Found {
    card: usize,
    output: IDXGIOutput1,
    coordinates: Area,
    place: Option<Output>,
}

// SAFETY: objects of DXGI and Direct3D belong to no thread and no apartment; the device context may be used by one thread at a time, and
// this type, which nobody shares, hands it to one at a time.
unsafe impl Send for Duplication {}

/// Begins to duplicate every monitor of the desktop. The mark is kept until that has worked for a while.
pub(super) fn open(desktop: Desktop, mark: Mark) -> Result<Duplication, Fault> {
    let whole = Area::of(desktop.left, desktop.top, desktop.width, desktop.height);
    let cards = cards()?;
    let found = monitors(&cards, whole)?;
    let places: Vec<Option<Output>> = found.iter().map(|found| found.place).collect();
    let used = of_all(&places, (desktop.width, desktop.height)).ok_or(Fault::Unsupported)?;
    let mut devices: Vec<Option<(ID3D11Device, ID3D11DeviceContext)>> = vec![None; cards.len()];
    let mut monitors = Vec::new();
    for (found, _) in found.iter().zip(used).filter(|(_, used)| *used) {
        let (Some(card), Some(slot)) = (cards.get(found.card), devices.get_mut(found.card)) else {
            return Err(Fault::Other);
        };
        let (device, context) = match slot {
            Some(device) => device,
            None => slot.insert(device_of(card)?),
        };
        monitors.push(Monitor::open(found, whole, device, context)?);
    }
    Ok(Duplication { monitors, mark: Some(mark), pumped: 0 })
}

impl Fast for Duplication {
    fn pump(&mut self, kept: &mut Kept, changed: &mut Vec<Area>) -> Result<bool, Fault> {
        for monitor in &mut self.monitors {
            for _ in 0..FRAMES {
                if !monitor.frame(kept, changed)? {
                    break;
                }
            }
        }
        let whole = self.monitors.iter().all(|monitor| monitor.seen);
        self.pumped = self.pumped.saturating_add(u8::from(whole));
        if self.pumped >= WORKS {
            self.mark = None;
        }
        Ok(whole)
    }
}

// === impl Monitor

impl Monitor {
    fn open(
        found: &Found,
        desktop: Area,
        device: &ID3D11Device,
        context: &ID3D11DeviceContext,
    ) -> Result<Self, Fault> {
        // SAFETY: both are live objects.
        let duplication = unsafe { found.output.DuplicateOutput(device) }
            .map_err(|error| said("DuplicateOutput", &error))?;
        // SAFETY: it fills a structure of its own.
        let about = unsafe { duplication.GetDesc() };
        if [DXGI_FORMAT_R16G16B16A16_FLOAT, DXGI_FORMAT_R10G10B10A2_UNORM].contains(&about.ModeDesc.Format) {
            return Err(Fault::Format);
        }
        let output =
            Output::new(found.coordinates, desktop, turn(about.Rotation)).ok_or(Fault::Unsupported)?;
        let side = |length: i32| u32::try_from(length).unwrap_or(0);
        let wanted = D3D11_TEXTURE2D_DESC {
            Width: side(output.surface().width()),
            Height: side(output.surface().height()),
            MipLevels: 1,
            ArraySize: 1,
            Format: DXGI_FORMAT_B8G8R8A8_UNORM,
            SampleDesc: DXGI_SAMPLE_DESC { Count: 1, Quality: 0 },
            Usage: D3D11_USAGE_STAGING,
            CPUAccessFlags: D3D11_CPU_ACCESS_READ.0.cast_unsigned(),
            ..D3D11_TEXTURE2D_DESC::default()
        };
        let mut staging = None;
        // SAFETY: both pointers are to locals.
        unsafe { device.CreateTexture2D(&raw const wanted, None, Some(&raw mut staging)) }
            .map_err(|error| said("CreateTexture2D", &error))?;
        let staging = staging.ok_or(Fault::Other)?;
        Ok(Self { output, duplication, context: context.clone(), staging, seen: false })
    }

    /// Takes one frame, if there is one, and gives it back at once. Whether there was one.
    fn frame(&mut self, kept: &mut Kept, changed: &mut Vec<Area>) -> Result<bool, Fault> {
        let (mut info, mut resource) = (DXGI_OUTDUPL_FRAME_INFO::default(), None);
        // SAFETY: both pointers are to locals. It does not wait.
        match unsafe { self.duplication.AcquireNextFrame(0, &raw mut info, &raw mut resource) } {
            Ok(()) => {}
            Err(error) if error.code() == DXGI_ERROR_WAIT_TIMEOUT => return Ok(false),
            Err(error) => return Err(said("AcquireNextFrame", &error)),
        }
        // A frame without a time of its own is news of the pointer only.
        let taken =
            if info.LastPresentTime == 0 { Ok(()) } else { self.take(&info, resource, kept, changed) };
        // SAFETY: the frame that was acquired above.
        let released = unsafe { self.duplication.ReleaseFrame() };
        taken?;
        released.map_err(|error| said("ReleaseFrame", &error))?;
        Ok(true)
    }

    fn take(
        &mut self,
        info: &DXGI_OUTDUPL_FRAME_INFO,
        resource: Option<IDXGIResource>,
        kept: &mut Kept,
        changed: &mut Vec<Area>,
    ) -> Result<(), Fault> {
        let surface = self.output.surface();
        let texture: ID3D11Texture2D =
            resource.ok_or(Fault::Unsound)?.cast().map_err(|error| said("QueryInterface", &error))?;
        let mut about = D3D11_TEXTURE2D_DESC::default();
        // SAFETY: the pointer is to a local.
        unsafe { texture.GetDesc(&raw mut about) };
        if about.Format != DXGI_FORMAT_B8G8R8A8_UNORM {
            return Err(Fault::Format);
        }
        let side = |length: u32| i32::try_from(length).unwrap_or(0);
        if (side(about.Width), side(about.Height)) != (surface.right, surface.bottom) {
            return Err(Fault::Unsound);
        }
        let plan = if self.seen { self.plan(info, surface) } else { Plan::whole(surface) };
        for part in &plan.copies {
            let edge = |at: i32| u32::try_from(at).unwrap_or(0);
            let part = D3D11_BOX {
                left: edge(part.left),
                top: edge(part.top),
                front: 0,
                right: edge(part.right),
                bottom: edge(part.bottom),
                back: 1,
            };
            // SAFETY: both textures are of this device, size and format, and a plan's parts lie inside them.
            unsafe {
                self.context.CopySubresourceRegion(
                    &self.staging,
                    0,
                    part.left,
                    part.top,
                    0,
                    &texture,
                    0,
                    Some(&raw const part),
                );
            }
        }
        self.read(&plan, kept, changed)?;
        self.seen = true;
        Ok(())
    }

    /// Reads what was copied from the card, and applies the plan.
    fn read(&self, plan: &Plan, kept: &mut Kept, changed: &mut Vec<Area>) -> Result<(), Fault> {
        if plan.copies.is_empty() {
            let none = Surface { stride: 0, bytes: &[] };
            return kept.apply(&self.output, plan, none, changed).map_err(|_| Fault::Unsound);
        }
        let surface = self.output.surface();
        let side = |length: i32| usize::try_from(length).unwrap_or(0);
        let mut mapped = D3D11_MAPPED_SUBRESOURCE::default();
        // SAFETY: the pointer is to a local; it waits until the copies are made.
        unsafe { self.context.Map(&self.staging, 0, D3D11_MAP_READ, 0, Some(&raw mut mapped)) }
            .map_err(|error| said("Map", &error))?;
        let (stride, row) = (usize::try_from(mapped.RowPitch).unwrap_or(0), side(surface.right) * PIXEL);
        let applied = if mapped.pData.is_null() || stride < row || surface.bottom < 1 {
            Err(Fault::Unsound)
        } else {
            let length = stride * (side(surface.bottom) - 1) + row;
            // SAFETY: a mapped texture of that size has that many rows of that many bytes, until it is unmapped below.
            let bytes = unsafe { std::slice::from_raw_parts(mapped.pData.cast::<u8>().cast_const(), length) };
            kept.apply(&self.output, plan, Surface { stride, bytes }, changed).map_err(|_| Fault::Unsound)
        };
        // SAFETY: mapped above, and nobody keeps the slice.
        unsafe { self.context.Unmap(&self.staging, 0) };
        applied
    }

    /// What the frame says changed; without a word, or with too many, everything.
    fn plan(&self, info: &DXGI_OUTDUPL_FRAME_INFO, surface: Area) -> Plan {
        let bytes = usize::try_from(info.TotalMetadataBufferSize).unwrap_or(usize::MAX);
        if bytes == 0 || bytes > MANY * size_of::<DXGI_OUTDUPL_MOVE_RECT>() {
            return Plan::whole(surface);
        }
        // Each list fits, were there only that one.
        let mut moves =
            vec![DXGI_OUTDUPL_MOVE_RECT::default(); bytes / size_of::<DXGI_OUTDUPL_MOVE_RECT>() + 1];
        let mut dirty = vec![RECT::default(); bytes / size_of::<RECT>() + 1];
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(0);
        let (mut moved, mut drawn) = (0, 0);
        // SAFETY: each buffer is as long as is said, and the frame is acquired.
        let told = unsafe {
            let room = length(size_of_val(moves.as_slice()));
            let told = self.duplication.GetFrameMoveRects(room, moves.as_mut_ptr(), &raw mut moved);
            let room = length(size_of_val(dirty.as_slice()));
            told.and_then(|()| self.duplication.GetFrameDirtyRects(room, dirty.as_mut_ptr(), &raw mut drawn))
        };
        let count = |bytes: u32, each: usize| usize::try_from(bytes).unwrap_or(0) / each;
        moves.truncate(count(moved, size_of::<DXGI_OUTDUPL_MOVE_RECT>()));
        dirty.truncate(count(drawn, size_of::<RECT>()));
        if told.is_err() || moves.is_empty() && dirty.is_empty() {
            return Plan::whole(surface);
        }
        let moves: Vec<Move> = moves
            .iter()
            .map(|moved| Move {
                from: (moved.SourcePoint.x, moved.SourcePoint.y),
                to: area(moved.DestinationRect),
            })
            .collect();
        Plan::new(surface, &moves, &dirty.into_iter().map(area).collect::<Vec<_>>())
    }
}

/// All graphics cards.
fn cards() -> Result<Vec<IDXGIAdapter1>, Fault> {
    let create = function(w!("dxgi.dll"), c"CreateDXGIFactory1").ok_or(Fault::Unsupported)?;
    // SAFETY: that function of that library has this signature.
    let create: CreateFactory = unsafe { std::mem::transmute(create) };
    let mut factory = null_mut();
    let wanted = IDXGIFactory1::IID;
    // SAFETY: both pointers are to locals.
    unsafe { create(&raw const wanted, &raw mut factory) }
        .ok()
        .map_err(|error| said("CreateDXGIFactory1", &error))?;
    if factory.is_null() {
        return Err(Fault::Unsupported);
    }
    // SAFETY: it succeeded, so this is a factory, and the only reference to it.
    let factory = unsafe { IDXGIFactory1::from_raw(factory) };
    // SAFETY: a live object; beyond the last it says so.
    Ok((0..MOST).map_while(|index| unsafe { factory.EnumAdapters1(index) }.ok()).collect())
}

/// All monitors that are part of the desktop.
fn monitors(cards: &[IDXGIAdapter1], desktop: Area) -> Result<Vec<Found>, Fault> {
    let mut found = Vec::new();
    for (card, adapter) in cards.iter().enumerate() {
        // SAFETY: a live object; beyond the last it says so.
        for output in (0..MOST).map_while(|index| unsafe { adapter.EnumOutputs(index) }.ok()) {
            // SAFETY: it fills a structure of its own.
            let about = unsafe { output.GetDesc() }.map_err(|error| said("GetDesc", &error))?;
            if !about.AttachedToDesktop.as_bool() {
                continue;
            }
            let output: IDXGIOutput1 = output.cast().map_err(|error| said("IDXGIOutput1", &error))?;
            let coordinates = area(about.DesktopCoordinates);
            let place = Output::new(coordinates, desktop, turn(about.Rotation));
            found.push(Found { card, output, coordinates, place });
        }
    }
    Ok(found)
}

fn device_of(card: &IDXGIAdapter1) -> Result<(ID3D11Device, ID3D11DeviceContext), Fault> {
    let create = function(w!("d3d11.dll"), c"D3D11CreateDevice").ok_or(Fault::Unsupported)?;
    // SAFETY: that function of that library has this signature.
    let create: CreateDevice = unsafe { std::mem::transmute(create) };
    let (mut device, mut context) = (null_mut(), null_mut());
    let kind = D3D_DRIVER_TYPE_UNKNOWN.0;
    // SAFETY: a live adapter, pointers to locals; what is null may be.
    let made = unsafe {
        create(
            card.as_raw(),
            kind,
            null_mut(),
            0,
            std::ptr::null(),
            0,
            D3D11_SDK_VERSION,
            &raw mut device,
            null_mut(),
            &raw mut context,
        )
    };
    made.ok().map_err(|error| said("D3D11CreateDevice", &error))?;
    if device.is_null() || context.is_null() {
        return Err(Fault::Unsupported);
    }
    // SAFETY: it succeeded, so these are a device and its context, and the only references to them.
    Ok(unsafe { (ID3D11Device::from_raw(device), ID3D11DeviceContext::from_raw(context)) })
}

/// A function of a library in Windows' own folder, which stays loaded from then on. `None`: there is none.
fn function(library: PCWSTR, name: &CStr) -> FARPROC {
    // SAFETY: both names end with 0. A Windows 7 that does not know the flag refuses it, and has no Desktop Duplication either.
    unsafe {
        let library = LoadLibraryExW(library, null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32);
        if library.is_null() { None } else { GetProcAddress(library, name.as_ptr().cast()) }
    }
}

fn turn(rotation: DXGI_MODE_ROTATION) -> Turn {
    match rotation {
        DXGI_MODE_ROTATION_ROTATE90 => Turn::Quarter,
        DXGI_MODE_ROTATION_ROTATE180 => Turn::Half,
        DXGI_MODE_ROTATION_ROTATE270 => Turn::ThreeQuarters,
        _ => Turn::None,
    }
}

fn area(rect: RECT) -> Area {
    Area { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom }
}

/// What a call answered goes to the log, by its number.
fn said(call: &str, error: &Error) -> Fault {
    tracing::info!(call, code = format_args!("{:#010x}", error.code().0), "DXGI refuses");
    Fault::of(error.code().0)
}
