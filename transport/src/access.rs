//! Access lists of Windows in their text form (Security Descriptor Definition Language): whom one lets in.
#![cfg_attr(not(windows), allow(dead_code, reason = "its callers are on Windows"))]

/// The system's own account (`LocalSystem`), as a string.
pub(crate) const SYSTEM: &str = "S-1-5-18";
/// The group of administrators.
pub(crate) const ADMINISTRATORS: &str = "S-1-5-32-544";

/// An access list that leaves something to one account, the system and the administrators, and takes nothing from the folder above.
pub(crate) fn private_list(account: &str, folder: bool) -> String {
    let inherited = if folder { "OICI" } else { "" };
    format!("D:P(A;{inherited};FA;;;SY)(A;{inherited};FA;;;BA)(A;{inherited};FA;;;{account})")
}

/// Whether an access list in its text form lets another account in. Who is denied does not count, so that it rather says yes.
pub(crate) fn lets_others(list: &str, account: &str) -> bool {
    let Some(entries) = list.strip_prefix("D:") else { return true };
    let mut entries = entries.split('(').skip(1).map(|entry| entry.trim_end_matches(')')).peekable();
    // No list at all lets everybody in (NO_ACCESS_CONTROL); an empty one nobody.
    if entries.peek().is_none() {
        return list.contains("NO_ACCESS_CONTROL");
    }
    entries.any(|entry| {
        let fields: Vec<&str> = entry.split(';').collect();
        let allows = fields.first().is_some_and(|kind| kind.starts_with('A') || *kind == "XA");
        let ours = |who: &str| [account, SYSTEM, ADMINISTRATORS, "SY", "BA", "OW", "CO", "LA"].contains(&who);
        allows && !fields.get(5).is_some_and(|who| ours(who))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "S-1-5-21-1-2-3-1001";

    #[test]
    fn a_private_list_lets_nobody_else_in() {
        assert!(!lets_others(&private_list(ME, false), ME) && !lets_others(&private_list(ME, true), ME));
        assert!(lets_others(&private_list("S-1-5-21-1-2-3-1002", false), ME));
        assert!(lets_others("D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", ME), "users of the machine");
        assert!(lets_others("D:NO_ACCESS_CONTROL", ME) && lets_others("O:SY", ME) && !lets_others("D:P", ME));
        assert!(!lets_others("D:(D;;FA;;;WD)(A;;FA;;;SY)", ME), "who is denied is not let in");
    }
}
