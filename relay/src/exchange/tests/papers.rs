//! The spreadsheet and the annex.

use super::*;
