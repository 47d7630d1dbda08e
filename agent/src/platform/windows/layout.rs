//! Where a monitor’s surface lies in the one picture of all monitors: their corners may be negative, a surface may be turned, and what a
//! driver says of either is checked before a byte is touched.

use aval_protocol::wire::screen::Rect;

/// A rectangle by its corners, right and bottom outside, as Windows tells it. Any numbers may come: empty, inverted, huge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct Area {
    pub(in crate::platform) left: i32,
    pub(in crate::platform) top: i32,
    pub(in crate::platform) right: i32,
    pub(in crate::platform) bottom: i32,
}

/// How far a monitor is turned, clockwise: its surface is as the graphics card scans it out, the desktop as people see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Turn {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

/// One monitor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct Output {
    /// Where it is in the picture.
    place: Area,
    turn: Turn,
}

impl Area {
    /// From a corner on.
    pub(in crate::platform) const fn of(left: i32, top: i32, width: i32, height: i32) -> Self {
        Self { left, top, right: left.saturating_add(width), bottom: top.saturating_add(height) }
    }

    /// 0 for what is empty or inverted.
    pub(in crate::platform) fn width(self) -> i32 {
        self.right.saturating_sub(self.left).max(0)
    }

    /// As [`width`](Self::width).
    pub(in crate::platform) fn height(self) -> i32 {
        self.bottom.saturating_sub(self.top).max(0)
    }

    /// What lies in both; `None` if nothing does.
    pub(in crate::platform) fn within(self, other: Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (both.left < both.right && both.top < both.bottom).then_some(both)
    }

    /// As it travels; `None` if it is not inside a picture.
    pub(in crate::platform) fn rect(self) -> Option<Rect> {
        let side = |length: i32| u16::try_from(length).ok();
        Some(Rect {
            x: side(self.left)?,
            y: side(self.top)?,
            width: side(self.width())?,
            height: side(self.height())?,
        })
    }
}

impl From<Rect> for Area {
    fn from(rect: Rect) -> Self {
        Self::of(rect.x.into(), rect.y.into(), rect.width.into(), rect.height.into())
    }
}

impl Output {
    /// A monitor at `coordinates` of the desktop. `None`: it is not wholly inside it, which it is only while the mode changes.
    pub(in crate::platform) fn new(coordinates: Area, desktop: Area, turn: Turn) -> Option<Self> {
        let whole = coordinates.within(desktop)? == coordinates;
        let place = Area {
            left: coordinates.left.checked_sub(desktop.left)?,
            top: coordinates.top.checked_sub(desktop.top)?,
            right: coordinates.right.checked_sub(desktop.left)?,
            bottom: coordinates.bottom.checked_sub(desktop.top)?,
        };
        whole.then_some(Self { place, turn })
    }

    /// How it is turned.
    pub(in crate::platform) const fn turn(&self) -> Turn {
        self.turn
    }

    /// Its surface, from (0, 0) on.
    pub(in crate::platform) fn surface(&self) -> Area {
        let (width, height) = (self.place.width(), self.place.height());
        match self.turn {
            Turn::None | Turn::Half => Area::of(0, 0, width, height),
            Turn::Quarter | Turn::ThreeQuarters => Area::of(0, 0, height, width),
        }
    }

    /// Where a part of the surface is in the picture; what lies outside the surface is left out.
    pub(in crate::platform) fn in_picture(&self, part: Area) -> Option<Area> {
        let surface = self.surface();
        let Area { left, top, right, bottom } = part.within(surface)?;
        let (width, height) = (surface.right, surface.bottom);
        let turned = match self.turn {
            Turn::None => Area { left, top, right, bottom },
            Turn::Quarter => Area { left: height - bottom, top: left, right: height - top, bottom: right },
            Turn::Half => {
                Area { left: width - right, top: height - bottom, right: width - left, bottom: height - top }
            }
            Turn::ThreeQuarters => {
                Area { left: top, top: width - right, right: bottom, bottom: width - left }
            }
        };
        Some(Area {
            left: turned.left + self.place.left,
            top: turned.top + self.place.top,
            right: turned.right + self.place.left,
            bottom: turned.bottom + self.place.top,
        })
    }
}

/// The monitors that make a picture of that size: of those that show the same, one. `None`: they overlap otherwise, or reach less far than
/// the picture, so that some monitor is missing.
pub(in crate::platform) fn of_all(
    found: &[Option<Output>],
    (width, height): (i32, i32),
) -> Option<Vec<bool>> {
    let (mut used, mut places): (Vec<bool>, Vec<Area>) = (Vec::new(), Vec::new());
    for output in found {
        let place = (*output)?.place;
        let same = places.contains(&place);
        if !same && places.iter().any(|other| other.within(place).is_some()) {
            return None;
        }
        if !same {
            places.push(place);
        }
        used.push(!same);
    }
    let reaches = places.iter().any(|place| place.left == 0)
        && places.iter().any(|place| place.top == 0)
        && places.iter().any(|place| place.right == width)
        && places.iter().any(|place| place.bottom == height);
    reaches.then_some(used)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TURNS: [Turn; 4] = [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters];

    #[test]
    fn a_monitor_left_of_the_main_one_starts_the_picture() {
        let desktop = Area::of(-1280, -200, 1280 + 1920, 1280);
        let left = Output::new(Area::of(-1280, -200, 1280, 1024), desktop, Turn::None);
        let main = Output::new(Area::of(0, 0, 1920, 1080), desktop, Turn::None);
        assert_eq!(left.map(|output| output.place), Some(Area::of(0, 0, 1280, 1024)));
        assert_eq!(main.map(|output| output.place), Some(Area::of(1280, 200, 1920, 1080)));
        assert_eq!(
            main.and_then(|main| main.in_picture(Area::of(5, 6, 7, 8))),
            Some(Area::of(1285, 206, 7, 8))
        );
        assert_eq!(of_all(&[left, main], (3200, 1280)), Some(vec![true, true]));
        assert_eq!(of_all(&[main, left, main], (3200, 1280)), Some(vec![true, true, false]), "shown twice");
        assert_eq!(of_all(&[main], (3200, 1280)), None, "one is missing");
        let over = Output::new(Area::of(-1, 0, 1920, 1080), desktop, Turn::None);
        assert_eq!(of_all(&[left, main, over], (3200, 1280)), None, "they overlap");
        assert_eq!(Output::new(Area::of(1300, 0, 1920, 1080), desktop, Turn::None), None, "outside");
        assert_eq!(of_all(&[left, None], (3200, 1280)), None);
    }

    #[test]
    fn a_turned_monitor_shows_its_surface_turned() {
        // A surface of 4 × 2, its first pixel marked: clockwise it goes right, down, left.
        let at = |turn, (width, height)| {
            let output = Output::new(Area::of(0, 0, width, height), Area::of(0, 0, width, height), turn);
            output.and_then(|output| {
                assert_eq!(output.surface(), Area::of(0, 0, 4, 2));
                output.in_picture(Area::of(0, 0, 1, 1))
            })
        };
        assert_eq!(at(Turn::None, (4, 2)), Some(Area::of(0, 0, 1, 1)));
        assert_eq!(at(Turn::Quarter, (2, 4)), Some(Area::of(1, 0, 1, 1)));
        assert_eq!(at(Turn::Half, (4, 2)), Some(Area::of(3, 1, 1, 1)));
        assert_eq!(at(Turn::ThreeQuarters, (2, 4)), Some(Area::of(0, 3, 1, 1)));
    }

    proptest! {
        #[test]
        fn whatever_a_driver_says_stays_inside_its_monitor(
            turn in proptest::sample::select(&TURNS[..]),
            (left, top) in (-3000..3000, -3000..3000),
            (width, height) in (1..2000, 1..2000),
            wild in any::<(i32, i32, i32, i32)>(),
            near in (-50..2050, -50..2050, -50..2050, -50..2050),
        ) {
            let desktop = Area::of(-3000, -3000, 8000, 8000);
            let output = Output::new(Area::of(left, top, width, height), desktop, turn);
            prop_assert!(output.is_some());
            let Some(output) = output else { return Ok(()) };
            for (left, top, right, bottom) in [wild, near] {
                let part = Area { left, top, right, bottom };
                if let Some(shown) = output.in_picture(part) {
                    prop_assert_eq!(shown.within(output.place), Some(shown));
                    let part = part.within(output.surface());
                    let area = |area: Area| (area.width() * area.height(), area.width().min(area.height()));
                    prop_assert_eq!(part.map(area), Some(area(shown)));
                }
            }
        }

        #[test]
        fn a_wild_monitor_is_none(wild in any::<(i32, i32, i32, i32)>(), turn in proptest::sample::select(&TURNS[..])) {
            let (left, top, right, bottom) = wild;
            let desktop = Area::of(-100, -100, 500, 500);
            if let Some(output) = Output::new(Area { left, top, right, bottom }, desktop, turn) {
                prop_assert_eq!(output.place.within(Area::of(0, 0, 500, 500)), Some(output.place));
            }
        }
    }
}
