//! One tab: where it is, what can be read and clicked on it, what it looks like.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::cdp::{Wire, word};
use super::{keys, rules, until};

/// Whether an element is what a click on that point of the window reaches.
const REACHED: &str = "function (x, y) { const at = document.elementFromPoint(x, y); \
                       return at !== null && (this === at || this.contains(at) || at.contains(this)); }";

/// A tab.
#[derive(Debug)]
pub struct Page {
    wire: Rc<RefCell<Wire>>,
    session: String,
    target: String,
}

// === impl Page

impl Page {
    pub(super) fn attach(wire: &Rc<RefCell<Wire>>, target: &str) -> Result<Self> {
        let attach = json!({ "targetId": target, "flatten": true });
        let session = word(&wire.borrow_mut().call(None, "Target.attachToTarget", attach)?, "sessionId")?;
        let page = Self { wire: Rc::clone(wire), session, target: target.to_owned() };
        for domain in ["Page", "Runtime", "Log", "DOM", "Accessibility", "Audits", "Inspector"] {
            page.call(&format!("{domain}.enable"), json!({}))?;
        }
        // Workers are listened to from their first line on.
        let workers = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
        page.call("Target.setAutoAttach", workers)?;
        page.size(1280, 800, false)?;
        Ok(page)
    }

    /// Any DevTools method on this tab.
    ///
    /// # Errors
    /// The browser's own.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.wire.borrow_mut().call(Some(&self.session), method, params)
    }

    /// Goes to an address and waits until it is loaded.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn goto(&self, address: &str) -> Result<()> {
        let gone = self.call("Page.navigate", json!({ "url": address }))?;
        ensure!(gone.get("errorText").is_none(), "{address}: {}", gone["errorText"]);
        until(address, || self.now("document.readyState === 'complete' && location.href !== 'about:blank'"))
    }

    /// Opens a file, as a program hands one to the browser.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self, file: &Path) -> Result<()> {
        self.goto(&format!("file://{}", std::path::absolute(file)?.display()))
    }

    /// The value of an expression; a promise is waited for.
    ///
    /// # Errors
    /// When it throws.
    pub fn eval(&self, expression: &str) -> Result<Value> {
        let evaluate = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let said = self.call("Runtime.evaluate", evaluate)?;
        if let Some(thrown) = said.get("exceptionDetails") {
            bail!("{expression}: {thrown}");
        }
        Ok(said["result"]["value"].clone())
    }

    /// What can be read on the page.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn text(&self) -> Result<String> {
        Ok(self.eval("document.body.innerText")?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until something can be read on the page.
    ///
    /// # Errors
    /// With what is read instead, when it never comes.
    pub fn reads(&self, part: &str) -> Result<()> {
        let seen = until(part, || Ok(self.text()?.contains(part).then_some(())));
        seen.with_context(|| format!("the page says: {}", self.text().unwrap_or_default()))
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it never is.
    pub fn holds(&self, expression: &str) -> Result<()> {
        until(expression, || self.now(expression))
            .with_context(|| format!("the page says: {}", self.text().unwrap_or_default()))
    }

    /// Whether something of that role and accessible name is there now.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn has_named(&self, role: &str, name: &str) -> Result<bool> {
        self.front()?;
        Ok(self.find(role, name)?.is_some())
    }

    /// Clicks what has that role and accessible name, once it is there and nothing covers it.
    ///
    /// # Errors
    /// When it never comes, or never can be reached.
    pub fn click_named(&self, role: &str, name: &str) -> Result<()> {
        // A tab in the background draws nothing, and has nothing to click.
        self.front()?;
        let reached = until(&format!("{role} {name:?}"), || {
            let Some(node) = self.find(role, name)? else { return Ok(None) };
            self.reach(node)
        });
        let (x, y) =
            reached.with_context(|| format!("the page says: {}", self.text().unwrap_or_default()))?;
        self.click(x, y)
    }

    /// Puts text into the field of that accessible name, in place of what it held.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn fill(&self, role: &str, name: &str, text: &str) -> Result<()> {
        self.click_named(role, name)?;
        self.eval("document.activeElement.select?.()")?;
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    /// Presses and releases a key by its W3C name, or types one character; modifiers: 1 Alt, 2 Ctrl, 4 Meta, 8 Shift.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn press(&self, name: &str, modifiers: u8) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let mut event = keys::key(name, modifiers);
            event["type"] = json!(kind);
            self.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// Types each character with a key of its own.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn press_each(&self, text: &str) -> Result<()> {
        text.chars().try_for_each(|character| self.press(&character.to_string(), 0))
    }

    /// The technician selects all and copies it: Ctrl held, A, C, behind whatever was typed before.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn copy_all(&self) -> Result<()> {
        self.with_control(&["a", "c"])
    }

    /// Presses these keys, one after the other, while Ctrl is held.
    ///
    /// # Errors
    /// When a key cannot be pressed.
    pub fn with_control(&self, letters: &[&str]) -> Result<()> {
        const CTRL: u8 = 2;
        let mut strokes = vec![("keyDown", "Control", CTRL)];
        for letter in letters {
            strokes.extend([("keyDown", *letter, CTRL), ("keyUp", *letter, CTRL)]);
        }
        strokes.push(("keyUp", "Control", 0));
        for (kind, name, held) in strokes {
            let mut event = keys::key(name, held);
            event["type"] = json!(kind);
            self.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// Clicks a point of the page.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn click(&self, x: f64, y: f64) -> Result<()> {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let count = i32::from(kind != "mouseMoved");
            let button = if count == 1 { "left" } else { "none" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.call("Input.dispatchMouseEvent", event)?;
        }
        Ok(())
    }

    /// The size of the window's inside in CSS pixels, and whether the system prefers dark. Motion is reduced, so that nothing is
    /// pictured half-way.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn size(&self, width: u32, height: u32, dark: bool) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics)?;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).map(drop)
    }

    /// What the page looks like, as a PNG file.
    ///
    /// # Errors
    /// When it cannot be pictured or written.
    pub fn screenshot(&self, to: &Path) -> Result<()> {
        let shot = word(&self.call("Page.captureScreenshot", json!({ "format": "png" }))?, "data")?;
        Ok(std::fs::write(to, STANDARD.decode(shot)?)?)
    }

    /// What the page and its workers complained about and no test expected, so far.
    pub fn errors(&self) -> Vec<String> {
        self.wire.borrow_mut().errors_of(&self.session)
    }

    /// A complaint that holds this is expected: the browser writes one whenever a request is refused, rightly or not.
    pub fn expect_error(&self, part: &str) {
        self.wire.borrow_mut().expect(part);
    }

    /// What keeps people with a screen reader, a keyboard or weak eyes from using the page, by axe-core's rules of WCAG 2.2 AA.
    ///
    /// # Errors
    /// When axe-core was not installed (`tests/ui/check` does it).
    pub fn barriers(&self) -> Result<Vec<String>> {
        rules::barriers(self)
    }

    /// Brings the tab to the front, where its keys are.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn front(&self) -> Result<()> {
        self.call("Page.bringToFront", json!({})).map(drop)
    }

    /// The same page in another tab, as a person duplicates one: it starts with a copy of the tab's memory.
    ///
    /// # Errors
    /// When no tab comes.
    pub fn duplicate(&self) -> Result<Self> {
        let targets = || -> Result<Vec<String>> {
            let said = self.wire.borrow_mut().call(None, "Target.getTargets", json!({}))?;
            let pages = said["targetInfos"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|target| target["type"] == "page");
            Ok(pages.filter_map(|target| target["targetId"].as_str().map(str::to_owned)).collect())
        };
        let before = targets()?;
        let open =
            json!({ "expression": "open(location.href), true", "userGesture": true, "returnByValue": true });
        self.call("Runtime.evaluate", open)?;
        let target =
            until("another tab", || Ok(targets()?.into_iter().find(|target| !before.contains(target))))?;
        Self::attach(&self.wire, &target)
    }

    /// Closes the tab.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn close(self) -> Result<()> {
        self.wire.borrow_mut().call(None, "Target.closeTarget", json!({ "targetId": self.target })).map(drop)
    }

    /// Whether an expression is true now. A page that is just being left for another one says nothing yet.
    fn now(&self, expression: &str) -> Result<Option<()>> {
        match self.eval(expression) {
            Ok(value) => Ok((value == true).then_some(())),
            Err(error) if error.to_string().contains("Inspected target navigated") => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn find(&self, role: &str, name: &str) -> Result<Option<i64>> {
        let document = self.call("DOM.getDocument", json!({ "depth": 0 }))?;
        let query = json!({ "nodeId": document["root"]["nodeId"], "role": role, "accessibleName": name });
        let found = self.call("Accessibility.queryAXTree", query)?;
        let nodes = found["nodes"].as_array().into_iter().flatten();
        Ok(nodes.filter(|node| node["ignored"] == false).find_map(|node| node["backendDOMNodeId"].as_i64()))
    }

    /// The middle of an element, scrolled into view, if a click there reaches it.
    fn reach(&self, node: i64) -> Result<Option<(f64, f64)>> {
        // A page that redraws may have replaced it since: then it is looked for again.
        if self.call("DOM.scrollIntoViewIfNeeded", json!({ "backendNodeId": node })).is_err() {
            return Ok(None);
        }
        let Ok(quads) = self.call("DOM.getContentQuads", json!({ "backendNodeId": node })) else {
            return Ok(None);
        };
        let corner = |at: usize| quads["quads"][0][at].as_f64();
        let (Some(left), Some(top), Some(right), Some(bottom)) = (corner(0), corner(1), corner(4), corner(5))
        else {
            return Ok(None);
        };
        let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        let Ok(object) = self.call("DOM.resolveNode", json!({ "backendNodeId": node })) else {
            return Ok(None);
        };
        let ask = json!({
            "objectId": object["object"]["objectId"], "functionDeclaration": REACHED, "returnByValue": true,
            "arguments": [{ "value": x }, { "value": y }],
        });
        let reached = self.call("Runtime.callFunctionOn", ask)?;
        Ok((reached["result"]["value"] == true).then_some((x, y)))
    }
}
