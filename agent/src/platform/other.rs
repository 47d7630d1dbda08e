//! Systems without a back end: everything says so, nothing pretends.

use super::{Display, InputSink, OpenError, Platform, ScreenSource};

/// A system whose screens this version cannot show.
#[derive(Debug)]
pub(super) struct Other;

impl Platform for Other {
    fn open_screen(&self, _display: Option<&str>) -> Result<Box<dyn ScreenSource>, OpenError> {
        Err(OpenError::NotSupported)
    }

    fn open_input(&self, _display: Option<&str>) -> Result<Box<dyn InputSink>, OpenError> {
        Err(OpenError::NotSupported)
    }

    fn display_state(&self) -> Display {
        Display::None
    }
}
