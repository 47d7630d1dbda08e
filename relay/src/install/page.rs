//! The page's HTML: written by hand, without script, readable aloud, on paper, on a telephone. Every text of others is escaped here.

use std::fmt::Write as _;

use aval_protocol::firm::FirmFile;
use aval_protocol::hex;
use aval_protocol::text::install::{self as text, CodeTrouble, PackageKind, System};
use aval_protocol::text::{Lang, keys};

use crate::gate::hours;
use crate::records::code::Code;
use crate::records::installs::{Acceptance, Package};

/// What is the same on every page of one relay.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) firm: FirmFile,
    /// The relay's address, as agents dial it.
    pub(super) relay: String,
}

/// What fills the page.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// What it is written for.
    pub(super) system: System,
    /// Those for it: what most people want first.
    pub(super) packages: &'a [&'a Package],
    /// The code as it came in.
    pub(super) code: &'a str,
    /// What was wrong with it.
    pub(super) trouble: Option<CodeTrouble>,
}

/// Slint's attribution, which its licence asks for on the page that people download the program from: ours, in words and one shape.
const BADGE: &str = "<a class=\"badge\" href=\"https://slint.dev\" rel=\"noopener\"><svg aria-hidden=\"true\" width=\"16\" height=\"16\" \
     viewBox=\"0 0 16 16\"><path d=\"M3 9.5 13 3 9 7.5l4-1L3 13l4-4.500z\" fill=\"currentColor\"/></svg> Made with Slint</a>";

// === impl Place

impl Place {
    /// Read this, agree, download.
    pub(super) fn invitation(&self, lang: Lang, shown: &Shown<'_>) -> String {
        let profile = self.firm.profile();
        let title = text::title(lang, &profile.name);
        let mut body = format!("<p class=\"lead\">{}</p>", esc(text::lead(lang)));
        if let Some(trouble) = shown.trouble {
            let said = text::code_trouble(lang, trouble, &profile.name, &profile.phone);
            let _ = write!(body, "<p class=\"trouble\" role=\"alert\">{}</p>", esc(&said));
        }
        section(&mut body, "qui", text::who(lang), &self.who(lang));
        let inside = systems(lang, shown) + &what(lang, shown);
        section(&mut body, "quoi", text::what(lang), &inside);
        section(&mut body, "envoi", text::sends(lang), &self.sends(lang));
        section(&mut body, "jamais", text::never(lang), &list(&text::never_list(lang)));
        let (how, way) = text::remove_how(lang, shown.system);
        section(&mut body, "retrait", text::remove(lang), &paragraph_and_command(how, way));
        let rights: String = text::rights_text(lang).iter().map(|said| paragraph(said)).collect();
        section(&mut body, "droits", text::rights(lang), &rights);
        section(&mut body, "accord", text::agree(lang), &self.form(lang, shown));
        let other = switch(lang, &format!("{}?system={}", here(shown.code), shown.system.word()));
        document(lang, &title, &body, &other, "")
    }

    /// What to do after agreeing.
    pub(super) fn next(
        &self,
        lang: Lang,
        token: &str,
        code: Option<&Code>,
        agreed: &Acceptance,
        package: &Package,
    ) -> String {
        let kind = package.kind();
        let known = code.map(|code| format!("?code={}", code.grouped())).unwrap_or_default();
        let other = switch(lang, &format!("/p/{token}{known}"));
        // Only what installs it on Windows takes its code from its name.
        let link = format!(
            "/p/{token}/{}{}",
            package.file,
            if kind.system() == System::Windows { known.as_str() } else { "" }
        );
        let [download, install, attach, then] = text::steps(lang, kind);
        let saved = package.saved_as(code);
        let code = code.map_or_else(|| text::your_code(lang).to_owned(), Code::grouped);
        let mut body = format!(
            "<p class=\"lead\">{}</p><ol class=\"steps\">",
            esc(&text::recorded(lang, &moment(lang, agreed), &agreed.version))
        );
        let (check, shows) = text::check(lang);
        let path = format!("{}/{}", text::downloads_folder(lang), package.file);
        let hash = |end: &str| {
            format!("(Get-FileHash (Get-ChildItem $HOME\\Downloads\\aval-agent*.{end})[-1]).Hash")
        };
        let (checked, installed, attached) = match kind {
            PackageKind::Deb => {
                let key: String = self.firm.firm().root_key_id().to_string().chars().take(32).collect();
                let enrol =
                    format!("sudo aval-agent enrol {code}@{}/{key}", self.relay.trim_end_matches(":4433"));
                (format!("sha256sum {path}"), command(&format!("sudo apt install {path}")), command(&enrol))
            }
            PackageKind::Setup => (hash("exe"), String::new(), command(&code)),
            PackageKind::Msi => (
                hash("msi"),
                command(&format!("msiexec /i \"$HOME\\Downloads\\{saved}\" /qn")),
                command(&format!(
                    "& \"C:\\Program Files\\Aval\\aval-agent.exe\" enrol --window --start {code}"
                )),
            ),
        };
        let _ = write!(
            body,
            "<li><p>{} <a href=\"{link}\" download>{}</a></p><p class=\"small\">{} {}</p>{}<p class=\"small\">{} <code>{}</code></p></li>",
            esc(download),
            esc(&package.file),
            esc(text::link_lasts(lang)),
            esc(check),
            command(&checked),
            esc(shows),
            hex::encode(&package.sha256),
        );
        for (said, typed) in [(install, installed), (attach, attached), (then, String::new())] {
            let _ = write!(body, "<li><p>{}</p>{typed}</li>", esc(said));
        }
        body.push_str("</ol>");
        section(&mut body, "qui", text::who(lang), &self.who(lang));
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"1; url={link}\">");
        document(lang, text::thanks(lang, kind), &body, &other, &refresh)
    }

    /// Nothing here.
    pub(super) fn not_found(&self, lang: Lang) -> String {
        let (title, why) = text::not_found(lang);
        let beginning = format!(
            "<p>{} <a href=\"{}\">{}</a></p>",
            esc(why),
            with_lang("/", lang),
            esc(text::beginning(lang))
        );
        let body = beginning + &self.who(lang);
        document(lang, title, &body, &switch(lang, "/"), "")
    }

    /// The server can't.
    pub(super) fn failed(&self, lang: Lang) -> String {
        let profile = self.firm.profile();
        let said = text::failed(lang, &profile.name, &profile.phone);
        document(lang, &said, "", &switch(lang, "/"), "")
    }

    fn who(&self, lang: Lang) -> String {
        let profile = self.firm.profile();
        let key = keys::fingerprint(self.firm.firm().root_key_id());
        format!(
            "<p class=\"firm\">{}</p><p>{}</p><dl><dt>{}</dt><dd><code>{}</code></dd></dl>",
            esc(&text::call(lang, &profile.name, &profile.phone)),
            esc(text::careful(lang)),
            esc(text::key(lang)),
            esc(&key)
        )
    }

    fn sends(&self, lang: Lang) -> String {
        let (end, command) = text::sheet_end(lang);
        [
            paragraph(&text::sends_to(lang, &self.relay)),
            list(&text::sheet(lang)),
            paragraph_and_command(end, command),
            paragraph(text::in_session(lang)),
        ]
        .concat()
    }

    fn form(&self, lang: Lang, shown: &Shown<'_>) -> String {
        let profile = self.firm.profile();
        if shown.packages.is_empty() {
            let said = text::no_package(lang, &profile.name, &profile.phone);
            return format!("<p class=\"trouble\" role=\"alert\">{}</p>", esc(&said));
        }
        let other = other(shown).map(|package| other_button(lang, package.kind())).unwrap_or_default();
        let (label, hint) = text::code(lang);
        let code = Code::from_typed(shown.code).map_or_else(|| shown.code.to_owned(), |code| code.grouped());
        let invalid = if shown.trouble.is_some() { " aria-invalid=\"true\"" } else { "" };
        format!(
            "<form method=\"post\" action=\"/accept\"><input type=\"hidden\" name=\"lang\" value=\"{}\">\
             <input type=\"hidden\" name=\"system\" value=\"{}\">\
             <label for=\"code\">{}</label><p id=\"hint\" class=\"small\">{}</p>\
             <input id=\"code\" name=\"code\" value=\"{}\" required maxlength=\"40\" size=\"18\" autocomplete=\"off\" \
             autocapitalize=\"characters\" spellcheck=\"false\" aria-describedby=\"hint\"{invalid}>\
             <p>{}</p><button type=\"submit\">{}</button>{other}</form>",
            lang.pick("fr", "en"),
            shown.system.word(),
            esc(label),
            esc(hint),
            esc(&code),
            esc(text::button_means(lang)),
            esc(text::button(lang)),
        )
    }
}

/// Which system this is for, and the way to the others.
fn systems(lang: Lang, shown: &Shown<'_>) -> String {
    let mut out = format!("<p class=\"systems\">{} ", esc(text::for_system(lang)));
    for system in System::ALL {
        let name = esc(system.name());
        if system == shown.system {
            let _ = write!(out, "<strong aria-current=\"true\">{name}</strong> ");
        } else {
            let to = with_lang(&format!("{}?system={}", here(shown.code), system.word()), lang);
            let _ = write!(out, "<a href=\"{to}\">{name}</a> ");
        }
    }
    out + "</p>"
}

/// What else there is for this system: of two packages for Windows, Windows Installer's.
fn other<'a>(shown: &Shown<'a>) -> Option<&'a Package> {
    shown.packages.get(1).copied()
}

/// A second button: Enter in the form's field presses the first.
fn other_button(lang: Lang, kind: PackageKind) -> String {
    let (_, said) = text::msi(lang);
    format!(
        "<button type=\"submit\" class=\"second\" name=\"kind\" value=\"{}\">{}</button>",
        kind.word(),
        esc(said)
    )
}

fn what(lang: Lang, shown: &Shown<'_>) -> String {
    let mut out = String::from("<dl>");
    for (name, means) in text::parts(lang, shown.system) {
        let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", esc(name), esc(means));
    }
    if let Some(package) = shown.packages.first() {
        let values = [
            esc(&package.version),
            esc(&format!("{} ({})", package.file, text::size(lang, package.size))),
            esc(&text::size(lang, package.installed_kib.saturating_mul(1024))),
            format!("<code>{}</code>", hex::encode(&package.sha256)),
        ];
        for (label, value) in text::labels(lang).iter().zip(values) {
            let _ = write!(out, "<dt>{}</dt><dd>{value}</dd>", esc(label));
        }
    }
    if let Some(package) = other(shown) {
        let _ = write!(
            out,
            "<dt>{}</dt><dd>{}</dd><dd>SHA-256 <code>{}</code></dd>",
            esc(text::msi(lang).0),
            esc(&format!("{} ({})", package.file, text::size(lang, package.size))),
            hex::encode(&package.sha256),
        );
    }
    out + "</dl>" + &paragraph(text::same_for_all(lang))
}

fn document(lang: Lang, title: &str, body: &str, switch: &str, head: &str) -> String {
    let code = lang.pick("fr", "en");
    format!(
        "<!doctype html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/style.css\">{head}</head>\
         <body><header><p class=\"brand\">Aval</p>{switch}</header><main><h1>{title}</h1>{body}</main>\
         <footer><p>{}</p><p>{BADGE}</p></footer></body></html>\n",
        esc(text::made_with(lang)),
        title = esc(title),
    )
}

fn switch(lang: Lang, path: &str) -> String {
    let (other, name) = (lang.other(), lang.pick("English", "Français"));
    let code = other.pick("fr", "en");
    format!(
        "<a class=\"lang\" lang=\"{code}\" hreflang=\"{code}\" href=\"{}\">{name}</a>",
        with_lang(path, other)
    )
}

fn with_lang(path: &str, lang: Lang) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    lang.pick(None, Some("lang=en")).map_or_else(|| esc(path), |lang| esc(&format!("{path}{joint}{lang}")))
}

/// The page's own path with this code, if it is one.
fn here(code: &str) -> String {
    Code::from_typed(code).map_or_else(|| "/".to_owned(), |code| format!("/i/{}", code.grouped()))
}

fn section(out: &mut String, id: &str, title: &str, inside: &str) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{}</h2>{inside}</section>",
        esc(title)
    );
}

fn list(items: &[&str]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>", esc(item))).collect();
    format!("<ul>{items}</ul>")
}

fn paragraph(said: &str) -> String {
    format!("<p>{}</p>", esc(said))
}

fn paragraph_and_command(said: &str, typed: &str) -> String {
    paragraph(said) + &command(typed)
}

fn command(typed: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>", esc(typed))
}

/// In Paris, as the contract counts (4.2).
fn moment(lang: Lang, agreed: &Acceptance) -> String {
    let format = lang.pick("%d/%m/%Y à %H\u{a0}h\u{a0}%M (heure de Paris)", "%Y-%m-%d %H:%M (Paris time)");
    hours::paris(agreed.at).strftime(format).to_string()
}

/// Text as HTML, in content and in quoted attributes.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
