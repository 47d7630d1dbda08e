//! The client's keyboard layout: which key makes a symbol, and with which modifiers held.
//!
//! Read through XKB, whose key types say exactly which modifiers reach which level; the core protocol's table would leave that to
//! guesses about Mode_switch and AltGr.

use x11rb::errors::ReplyError;
use x11rb::protocol::xkb::{self, ConnectionExt as _, MapPart};
use x11rb::rust_connection::RustConnection;

use super::keysym;

/// The keyboard that X clients see.
pub(super) const CORE_KEYBOARD: u16 = 0x100;
/// Most layouts that can be switched between.
pub(super) const GROUPS: usize = 4;
pub(super) const SHIFT: u8 = 1;
pub(super) const CAPS_LOCK: u8 = 2;
pub(super) const CONTROL: u8 = 4;
pub(super) const ALT: u8 = 8;
pub(super) const SUPER: u8 = 64;
/// Keycode 8 is XKB's lowest and no key; some toolkits take it for none.
const FIRST_REAL: u8 = 9;

/// The layout in force.
#[derive(Debug, Default)]
pub(super) struct Keymap {
    first: u8,
    types: Vec<Type>,
    keys: Vec<Symbols>,
    /// Keycodes and the modifiers they set.
    modifiers: Vec<(u8, u8)>,
}

/// How modifiers choose a level of a key.
#[derive(Debug)]
struct Type {
    mask: u8,
    /// Modifiers exactly held among `mask`, and the level they give; anything else gives level 0.
    levels: Vec<(u8, u8)>,
}

/// What a key makes: groups of `width` levels.
#[derive(Debug)]
struct Symbols {
    types: [u8; 4],
    group_info: u8,
    width: u8,
    symbols: Vec<u32>,
}

/// A key, and the modifiers that must be held for its symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stroke {
    pub(super) keycode: u8,
    pub(super) hold: u8,
}

// === impl Keymap

impl Keymap {
    /// Asks the server.
    pub(super) fn load(connection: &RustConnection) -> Result<Self, ReplyError> {
        let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
        let none = MapPart::from(0_u16);
        let vmods = xkb::VMod::from(0_u16);
        let reply = connection
            .xkb_get_map(CORE_KEYBOARD, parts, none, 0, 0, 0, 0, 0, 0, 0, 0, vmods, 0, 0, 0, 0, 0, 0)?
            .reply()?;
        let of_type = |kind: &xkb::KeyType| Type {
            mask: u8_of(kind.mods_mask),
            levels: kind
                .map
                .iter()
                .filter(|entry| entry.active)
                .map(|entry| (u8_of(entry.mods_mask), entry.level))
                .collect(),
        };
        let of_key = |key: xkb::KeySymMap| Symbols {
            types: key.kt_index,
            group_info: key.group_info,
            width: key.width,
            symbols: key.syms,
        };
        let modifiers = reply.map.modmap_rtrn.unwrap_or_default();
        Ok(Self {
            first: reply.first_key_sym,
            types: reply.map.types_rtrn.unwrap_or_default().iter().map(of_type).collect(),
            keys: reply.map.syms_rtrn.unwrap_or_default().into_iter().map(of_key).collect(),
            modifiers: modifiers.iter().map(|entry| (entry.keycode, u8_of(entry.mods))).collect(),
        })
    }

    /// The easiest way to make a symbol: `group` is the layout switched to, `locked` the modifiers locked at present (Caps Lock,
    /// which the caller lifts meanwhile, must not be among them).
    pub(super) fn find(&self, symbol: u32, group: usize, locked: u8) -> Option<Stroke> {
        let strokes = self.codes().flat_map(|(keycode, key)| {
            let (kind, symbols) = self.group(key, group)?;
            let levels = symbols.iter().enumerate().filter(|(_, found)| **found == symbol);
            levels
                .filter_map(|(level, _)| self.reach(kind, level, locked))
                .min_by_key(|hold| hold.count_ones())
                .map(|hold| Stroke { keycode, hold })
        });
        strokes.min_by_key(|stroke| stroke.hold.count_ones())
    }

    /// The key whose unshifted symbol this is.
    pub(super) fn base_key(&self, symbol: u32, group: usize) -> Option<u8> {
        let carries =
            |key| self.group(key, group).is_some_and(|(_, symbols)| symbols.first() == Some(&symbol));
        self.codes().find(|(_, key)| carries(key)).map(|(keycode, _)| keycode)
    }

    /// The modifiers a key sets while held.
    pub(super) fn modifiers_of(&self, keycode: u8) -> u8 {
        self.modifiers.iter().filter(|(code, _)| *code == keycode).fold(0, |mods, (_, more)| mods | more)
    }

    /// A key that sets one modifier and nothing else.
    pub(super) fn modifier_key(&self, modifier: u8) -> Option<u8> {
        let plain = |keycode: u8| {
            let symbol = self.symbols(keycode)?.symbols.first().copied()?;
            // Shift, Control, Alt, Meta, Super, Hyper, and the third and fifth level's; never the locks among them.
            let holds =
                matches!(symbol, 0xffe1..=0xffe4 | 0xffe7..=0xffee | keysym::LEVEL3 | 0xfe11 | 0xff7e);
            holds.then_some(if symbol == 0xff7e { 1 } else { 0 })
        };
        let candidates = self.modifiers.iter().filter(|(_, mods)| *mods == modifier);
        candidates
            .filter_map(|(keycode, _)| Some((plain(*keycode)?, *keycode)))
            .min()
            .map(|(_, keycode)| keycode)
    }

    /// Keys without any symbol or modifier.
    pub(super) fn unused(&self) -> Vec<u8> {
        let empty = |key: &Symbols| key.symbols.iter().all(|symbol| *symbol == 0);
        self.codes()
            .filter(|(code, key)| *code >= FIRST_REAL && empty(key) && self.modifiers_of(*code) == 0)
            .map(|(code, _)| code)
            .collect()
    }

    /// Whether a key makes this symbol and no other.
    pub(super) fn makes_only(&self, keycode: u8, symbol: u32) -> bool {
        self.symbols(keycode).is_some_and(|key| {
            key.symbols.contains(&symbol) && key.symbols.iter().all(|found| *found == symbol || *found == 0)
        })
    }

    fn codes(&self) -> impl Iterator<Item = (u8, &Symbols)> {
        (self.first..=u8::MAX).zip(&self.keys)
    }

    fn symbols(&self, keycode: u8) -> Option<&Symbols> {
        self.keys.get(usize::from(keycode.checked_sub(self.first)?))
    }

    /// A key's type and symbols in a group, by XKB's rule for groups it does not have.
    fn group<'a>(&'a self, key: &'a Symbols, group: usize) -> Option<(&'a Type, &'a [u32])> {
        let count = usize::from(key.group_info & 0x0f);
        if count == 0 {
            return None;
        }
        let group = match key.group_info & 0xc0 {
            _ if group < count => group,
            0x40 => count - 1,
            0x80 => usize::from(key.group_info >> 4 & 3).min(count - 1),
            _ => group % count,
        };
        let kind = self.types.get(usize::from(*key.types.get(group)?))?;
        let width = usize::from(key.width);
        Some((kind, key.symbols.get(group * width..(group + 1) * width)?))
    }

    /// The modifiers to hold for a level of a type, if there are keys for them.
    fn reach(&self, kind: &Type, level: usize, locked: u8) -> Option<u8> {
        let mut ways: Vec<u8> = kind
            .levels
            .iter()
            .filter(|(_, reached)| usize::from(*reached) == level)
            .map(|(mods, _)| *mods)
            .collect();
        if level == 0 && !kind.levels.iter().any(|(mods, _)| *mods == 0) {
            ways.push(0);
        }
        let locked = locked & kind.mask;
        let possible = |mods: &u8| {
            let hold = *mods & !locked;
            locked & !*mods == 0 && bits(hold).all(|bit| self.modifier_key(bit).is_some())
        };
        ways.into_iter().filter(possible).map(|mods| mods & !locked).min_by_key(|hold| hold.count_ones())
    }
}

/// The single modifiers in a mask.
pub(super) fn bits(mask: u8) -> impl Iterator<Item = u8> {
    (0..8).map(|bit| 1 << bit).filter(move |bit| mask & bit != 0)
}

/// A mask of real modifiers, which are eight.
pub(super) fn u8_of(mask: x11rb::protocol::xproto::ModMask) -> u8 {
    u16::from(mask).to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL3_BIT: u8 = 128;

    /// One four-level group as in `fr`: keycode 9 makes e E €, 10 is Shift, 11 is AltGr, 12 nothing.
    fn keymap() -> Keymap {
        let four = Type {
            mask: SHIFT | LEVEL3_BIT,
            levels: vec![(SHIFT, 1), (LEVEL3_BIT, 2), (SHIFT | LEVEL3_BIT, 3)],
        };
        let one = Type { mask: 0, levels: vec![] };
        let key = |kind: u8, width: u8, symbols: &[u32]| Symbols {
            types: [kind; 4],
            group_info: u8::from(width > 0),
            width,
            symbols: symbols.to_vec(),
        };
        Keymap {
            first: 8,
            types: vec![one, four],
            keys: vec![
                key(0, 0, &[]),
                key(1, 4, &[0x65, 0x45, 0x20ac, 0]),
                key(0, 1, &[0xffe1]),
                key(0, 1, &[keysym::LEVEL3]),
                key(0, 0, &[]),
            ],
            modifiers: vec![(10, SHIFT), (11, LEVEL3_BIT)],
        }
    }

    #[test]
    fn each_level_needs_its_modifiers() {
        let map = keymap();
        let found = |symbol| map.find(symbol, 0, 0).map(|stroke| (stroke.keycode, stroke.hold));
        assert_eq!(found(0x65), Some((9, 0)));
        assert_eq!(found(0x45), Some((9, SHIFT)));
        assert_eq!(found(0x20ac), Some((9, LEVEL3_BIT)));
        assert_eq!(found(0x66), None);
        assert_eq!(
            map.find(0x65, 3, 0).map(|stroke| stroke.keycode),
            Some(9),
            "a group that is not there wraps"
        );
        assert_eq!(map.find(0x65, 0, SHIFT), None, "a locked shift cannot be unheld");
        assert_eq!(map.base_key(0x65, 0), Some(9));
        assert_eq!(map.base_key(0x45, 0), None);
    }

    #[test]
    fn keys_without_symbols_are_spare() {
        assert_eq!(keymap().unused(), [12]);
    }
}
