//! Whether people with a screen reader, a keyboard or weak eyes can use a page: axe-core's rules, run inside it.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::Page;

/// Where `tests/ui/check` installs it; a tool of the tests, never shipped.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js");
const RUN: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
    .then(found => found.violations.flatMap(rule => rule.nodes.map(node => \
        `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${node.failureSummary}`)))";

/// One line for each barrier found.
pub(super) fn barriers(page: &Page) -> Result<Vec<String>> {
    let axe = std::fs::read_to_string(Path::new(AXE))
        .context("axe-core is not installed: run tests/ui/check, which installs it")?;
    page.eval(&format!("{axe}; true"))?;
    let found = page.eval(RUN)?;
    Ok(found.as_array().into_iter().flatten().filter_map(|line| line.as_str().map(str::to_owned)).collect())
}
