//! The one compression context of a screen lane.

use aval_protocol::wire::screen::WINDOW_LOG;
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

use super::EncodeError;

/// zstd's fastest ordinary level: on recorded sessions level 3 saves 3 % of the bytes for twice the work.
const LEVEL: i32 = 1;
/// Room made for output before each step.
const STEP: usize = 64 * 1024;

/// Compresses pixels; what was sent before serves as the dictionary of what follows.
pub(super) struct Stream {
    zstd: Encoder<'static>,
    used: bool,
}

impl Stream {
    /// A context with an empty history.
    pub(super) fn new() -> Result<Self, EncodeError> {
        let mut zstd = Encoder::new(LEVEL).map_err(failed)?;
        zstd.set_parameter(CParameter::WindowLog(WINDOW_LOG)).map_err(failed)?;
        Ok(Self { zstd, used: false })
    }

    /// Adds bytes; a part of their compressed form may stay inside until [`flush`](Self::flush).
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.used = true;
        let mut input = InBuffer::around(bytes);
        while input.pos() < bytes.len() {
            out.reserve(STEP);
            let at = out.len();
            self.zstd.run(&mut input, &mut OutBuffer::around_pos(out, at)).map_err(failed)?;
        }
        Ok(())
    }

    /// Brings out everything added so far.
    pub(super) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        loop {
            out.reserve(STEP);
            let at = out.len();
            if self.zstd.flush(&mut OutBuffer::around_pos(out, at)).map_err(failed)? == 0 {
                break Ok(());
            }
        }
    }
}

impl Drop for Stream {
    /// zstd's history still holds what was on the screen: black pushes it out.
    fn drop(&mut self) {
        if self.used {
            let black = vec![0; 1 << 20];
            let mut out = Vec::new();
            for _ in 0..=(1_usize << WINDOW_LOG >> 20) {
                let _ = self.push(&black, &mut out);
            }
            let _ = self.flush(&mut out);
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn failed(error: std::io::Error) -> EncodeError {
    EncodeError::Compression(error.to_string())
}
