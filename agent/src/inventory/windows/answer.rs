//! In the child: asks WMI or the update service, and says what they told. It may hang, and is killed then.
#![allow(unsafe_code, reason = "COM is called here; each object counts its own references")]

use std::collections::HashMap;

use serde_json::{Value, json};
use windows::Win32::Foundation::VARIANT_FALSE;
use windows::Win32::System::Com::{
    CLSCTX_ALL, COINIT_MULTITHREADED, CoCreateInstance, CoInitializeEx, CoInitializeSecurity, EOAC_NONE,
    RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE,
};
use windows::Win32::System::UpdateAgent::{
    AutomaticUpdates, IAutomaticUpdates2, IUpdate, IUpdateSession, UpdateSession,
};
use windows::Win32::System::Variant::{VARIANT, VT_DATE};
use windows::core::{BSTR, Result};
use wmi::{AuthLevel, Variant, WMIConnection, WMIError};

use crate::inventory::wmi::{Question, Row, Told};

/// Most instances of a class, and most updates, that are told on.
const MOST: usize = 512;
/// Software that is neither installed nor put aside by the person; drivers are the makers' business.
const WAITING: &str = "IsInstalled=0 and IsHidden=0 and Type='Software'";
/// `E_FAIL`.
const FAIL: u32 = 0x8000_4005;

/// Asks, and says what it was told.
pub(super) fn answer(question: Question) -> Vec<Told> {
    // SAFETY: no pointer; COM stays as long as this process. Where that fails, each question below says so.
    let _ = unsafe { CoInitializeEx(None, COINIT_MULTITHREADED) };
    // Providers act with this process's rights; what they say to it is sealed, as BitLocker's asks for.
    // SAFETY: no pointer.
    let _ = unsafe {
        let (level, as_we) = (RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE);
        CoInitializeSecurity(None, -1, None, None, level, as_we, None, EOAC_NONE, None)
    };
    if question == Question::Updates {
        return vec![told(waiting()), told(moments())];
    }
    let asked = |(namespace, query): &(&str, &str)| match rows(namespace, query) {
        Ok(rows) => Told::Rows(rows),
        Err(WMIError::HResultError { hres }) => Told::Refused(hres.cast_unsigned()),
        Err(_) => Told::Refused(FAIL),
    };
    question.queries().iter().map(asked).collect()
}

fn rows(namespace: &str, query: &str) -> std::result::Result<Vec<Row>, WMIError> {
    let connection = WMIConnection::with_namespace_path(namespace)?;
    connection.set_proxy_blanket(AuthLevel::PktPrivacy)?;
    let rows: Vec<HashMap<String, Variant>> = connection.raw_query(query)?;
    let value = |value: Variant| serde_json::to_value(value).unwrap_or(Value::Null);
    let row = |row: HashMap<_, _>| row.into_iter().map(|(name, found)| (name, value(found))).collect();
    Ok(rows.into_iter().take(MOST).map(row).collect())
}

fn told(rows: Result<Vec<Row>>) -> Told {
    rows.map_or_else(|error| Told::Refused(error.code().0.cast_unsigned()), Told::Rows)
}

/// What the update service found when it last looked. Nothing is fetched, and no title is told.
fn waiting() -> Result<Vec<Row>> {
    // SAFETY: COM is there; what is created counts its own references.
    unsafe {
        let session: IUpdateSession = CoCreateInstance(&UpdateSession, None, CLSCTX_ALL)?;
        let searcher = session.CreateUpdateSearcher()?;
        searcher.SetOnline(VARIANT_FALSE)?;
        let found = searcher.Search(&BSTR::from(WAITING))?.Updates()?;
        let count = usize::try_from(found.Count()?).unwrap_or(0).min(MOST);
        (0..i32::try_from(count).unwrap_or(0)).map(|index| update(&found.get_Item(index)?)).collect()
    }
}

fn update(update: &IUpdate) -> Result<Row> {
    // SAFETY: as above.
    unsafe {
        let categories = update.Categories()?;
        let count = categories.Count()?.clamp(0, 64);
        let id = |index| Ok(categories.get_Item(index)?.CategoryID()?.to_string());
        let ids = (0..count).map(id).collect::<Result<Vec<_>>>()?;
        let severity = update.MsrcSeverity()?.to_string();
        Ok(Row::from([("categories".to_owned(), json!(ids)), ("severity".to_owned(), json!(severity))]))
    }
}

/// When it last looked, and last installed something.
fn moments() -> Result<Vec<Row>> {
    // SAFETY: as above.
    unsafe {
        let updates: IAutomaticUpdates2 = CoCreateInstance(&AutomaticUpdates, None, CLSCTX_ALL)?;
        let results = updates.Results()?;
        let (searched, installed) =
            (results.LastSearchSuccessDate()?, results.LastInstallationSuccessDate()?);
        let row = [("searched", date(&searched)), ("installed", date(&installed))];
        Ok(vec![row.into_iter().map(|(name, at)| (name.to_owned(), json!(at))).collect()])
    }
}

/// A moment, if it is one: nothing is there where it never happened.
fn date(found: &VARIANT) -> Option<f64> {
    // SAFETY: the kind says which of the union's values it is.
    unsafe {
        let inside = &found.Anonymous.Anonymous;
        (inside.vt == VT_DATE).then(|| inside.Anonymous.date)
    }
}
