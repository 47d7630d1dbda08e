//! When updates leave, in moments that the tests choose.

use super::*;
use crate::platform::{Pixels, ScreenLost};
use aval_protocol::wire::screen::{Cursor, Rect};

const EPOCH: Epoch = Epoch(1);
const SIDE: u16 = 128;

/// A screen of one colour, or of noise.
struct Still(Vec<u8>);

impl ScreenSource for Still {
    fn size(&self) -> (u16, u16) {
        (SIDE, SIDE)
    }

    fn wait(&mut self, _: Duration) -> Result<Change, ScreenLost> {
        Ok(Change::default())
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        let stride = usize::from(SIDE) * 4;
        Ok(Pixels { stride, bytes: &self.0[usize::from(rect.y) * stride + usize::from(rect.x) * 4..] })
    }
}

struct Scene {
    flow: Flow,
    screen: Still,
    start: Instant,
    seq: u32,
}

impl Scene {
    fn new() -> Self {
        let screen = Still(vec![0; usize::from(SIDE) * usize::from(SIDE) * 4]);
        let start = aval_transport::Clock::system().monotonic();
        Self { flow: Flow::new(SIDE, SIDE).unwrap(), screen, start, seq: 0 }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// Everything takes another colour; how many updates leave.
    fn change(&mut self, ms: u64, colour: u8) -> usize {
        self.screen.0.fill(colour);
        self.take(
            ms,
            Change { damage: vec![Rect { x: 0, y: 0, width: SIDE, height: SIDE }], ..Change::default() },
        )
    }

    fn take(&mut self, ms: u64, change: Change) -> usize {
        let messages = self.flow.take(self.at(ms), change, &mut self.screen, EPOCH).unwrap();
        let seqs = messages.iter().filter_map(|message| match message {
            ScreenDown::Update { seq, .. } => Some(*seq),
            _ => None,
        });
        self.seq = seqs.clone().max().unwrap_or(self.seq);
        seqs.count()
    }

    fn painted(&mut self, ms: u64) {
        self.flow.painted(self.at(ms), self.seq).unwrap();
    }
}

#[test]
fn the_first_changes_leave_at_once_and_the_following_sixty_a_second() {
    let mut scene = Scene::new();
    let mut left = 0;
    for ms in 0..1000 {
        let sent = scene.change(ms, u8::try_from(ms % 251 + 1).unwrap());
        assert!(ms > 2 || sent == 1, "the first ones wait for nothing");
        left += sent;
        scene.painted(ms);
    }
    assert!((58..=64).contains(&left), "{left}");
    assert!(scene.flow.is_pending(), "what came since the last one waits");
    let due = scene.flow.due(scene.at(1000)).unwrap();
    assert!(due <= scene.at(1017));
    assert_eq!(scene.take(1017, Change::default()), 1);
    assert_eq!((scene.flow.is_pending(), scene.flow.due(scene.at(1018))), (false, None));
}

#[test]
fn nothing_leaves_while_three_are_unpainted_and_then_the_newest() {
    let mut scene = Scene::new();
    for ms in [1, 101, 201] {
        assert_eq!(scene.change(ms, u8::try_from(ms).unwrap()), 1);
    }
    assert!(scene.flow.is_full());
    assert_eq!((scene.change(300, 9), scene.change(310, 10)), (0, 0));
    assert_eq!(scene.flow.due(scene.at(400)), None);
    scene.painted(400);
    assert_eq!(scene.flow.due(scene.at(400)), Some(scene.at(400)));
    assert_eq!(scene.take(400, Change::default()), 1);
    assert!(!scene.flow.is_pending(), "one update holds everything since");
}

#[test]
fn photographs_become_exact_when_nothing_else_waits() {
    let mut scene = Scene::new();
    let mut dice = 7_u32;
    scene.screen.0.fill_with(|| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        dice.to_be_bytes()[0]
    });
    assert_eq!(scene.take(0, Change::default()), 1);
    assert!(scene.flow.is_lossy());
    assert_eq!(scene.flow.due(scene.at(100)), None, "it is not painted yet");
    scene.painted(100);
    assert_eq!(scene.flow.due(scene.at(100)), Some(scene.at(200)));
    assert_eq!(scene.take(199, Change::default()), 0);
    let mut ms = 200;
    while scene.flow.is_lossy() {
        assert_eq!(scene.take(ms, Change::default()), 1);
        assert_eq!(scene.take(ms, Change::default()), 0, "one piece at a time");
        scene.painted(ms + 1);
        ms += 1;
    }
    assert!(ms < 220, "{ms}");
}

#[test]
fn the_pointer_leaves_whatever_waits() {
    let mut scene = Scene::new();
    let shape = Cursor { width: 1, height: 1, hot_x: 0, hot_y: 0, rgba: vec![1; 4] };
    let change = Change { cursor: Some(shape.clone()), ..Change::default() };
    let messages = scene.flow.take(scene.at(0), change, &mut scene.screen, EPOCH).unwrap();
    assert_eq!(messages.last(), Some(&ScreenDown::Cursor { epoch: EPOCH, shape }));
}
